//! Challenges against real storage, and their addresses through a router.

use super::*;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use kernel::{Clock, Span};
use std::sync::Arc;
use testkit::db::each_engine;
use tower::ServiceExt;

const ASKED: Asked<'static> = Asked { visitor: "visitor", purpose: "sign-in" };

/// A clock that stands still.
struct Still(Time);
impl Clock for Still {
    fn now(&self) -> Time {
        self.0
    }
}

struct Scene {
    db: ::store::Db,
    keys: Keys,
    rng: Rng,
    now: Time,
}

impl Scene {
    fn on(db: ::store::Db) -> Scene {
        let mut rng = Rng::seeded(11);
        Scene { db, keys: Keys::in_memory(&mut rng), rng, now: Time(1_000_000_000) }
    }

    fn challenge(&mut self) -> View {
        new(&Settings::default(), &self.keys, self.now, ASKED, Lang::Ru, &mut self.rng)
    }

    fn opened(&self, view: &View) -> Challenge {
        opened(&self.keys, &view.token).unwrap()
    }

    async fn verify(&self, asked: Asked<'static>, answer: Answer) -> Verdict {
        let (keys, now) = (self.keys.clone(), self.now);
        self.db.write(move |tx| verify(tx, &keys, now, asked, &answer)).await.unwrap()
    }
}

fn typed(view: &View, text: &str) -> Answer {
    Answer { token: view.token.clone(), text: text.into(), nonce: String::new() }
}

#[tokio::test]
async fn each_of_the_three_ways_passes_once() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let view = scene.challenge();
        let read = scene.opened(&view).picture_answer().to_lowercase();
        assert_eq!(scene.verify(ASKED, typed(&view, &format!(" {read} "))).await, Verdict::Passed);
        assert_eq!(scene.verify(ASKED, typed(&view, &read)).await, Verdict::Spent);

        let view = scene.challenge();
        let heard = scene.opened(&view).sound_answer();
        assert_eq!(scene.verify(ASKED, typed(&view, &heard)).await, Verdict::Passed);

        let settings = Settings { work_bits: 8, ..Settings::default() };
        let view = new(&settings, &scene.keys, scene.now, ASKED, Lang::En, &mut scene.rng);
        let solves = |n: &u64| work::solves(&view.work.puzzle, &n.to_string(), view.work.bits);
        let nonce = (0_u64..).find(solves).unwrap().to_string();
        let answer = Answer { token: view.token.clone(), text: "a wrong reading".into(), nonce };
        assert_eq!(scene.verify(ASKED, answer.clone()).await, Verdict::Passed);
        assert_eq!(scene.verify(ASKED, answer).await, Verdict::Spent);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_answer_burns_the_challenge() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let view = scene.challenge();
        assert_eq!(scene.verify(ASKED, typed(&view, "222222")).await, Verdict::Wrong);
        let read = scene.opened(&view).picture_answer();
        assert_eq!(scene.verify(ASKED, typed(&view, &read)).await, Verdict::Spent);
        let view = scene.challenge();
        assert_eq!(scene.verify(ASKED, typed(&view, "")).await, Verdict::Wrong);
    })
    .await;
}

#[tokio::test]
async fn strangers_and_other_forms_neither_pass_nor_burn() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let view = scene.challenge();
        let read = scene.opened(&view).picture_answer();
        for asked in [Asked { visitor: "another", ..ASKED }, Asked { purpose: "recovery", ..ASKED }] {
            assert_eq!(scene.verify(asked, typed(&view, &read)).await, Verdict::Wrong);
        }
        assert_eq!(scene.verify(ASKED, Answer::default()).await, Verdict::Wrong);
        assert_eq!(scene.verify(ASKED, typed(&view, &read)).await, Verdict::Passed);
    })
    .await;
}

#[tokio::test]
async fn its_life_ends_and_then_it_is_forgotten() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let (kept, spent) = (scene.challenge(), scene.challenge());
        let read = scene.opened(&spent).picture_answer();
        assert_eq!(scene.verify(ASKED, typed(&spent, &read)).await, Verdict::Passed);
        scene.now = scene.now + Span::seconds(601);
        let read = scene.opened(&kept).picture_answer();
        assert_eq!(scene.verify(ASKED, typed(&kept, &read)).await, Verdict::Expired);
        let now = scene.now;
        assert_eq!(scene.db.write(move |tx| forget_expired(tx, now, 100)).await.unwrap(), 1);
        assert_eq!(scene.db.write(move |tx| forget_expired(tx, now, 100)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn of_many_simultaneous_answers_one_passes() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let view = scene.challenge();
        let read = scene.opened(&view).picture_answer();
        let scene = Arc::new(scene);
        let tries: Vec<_> = (0..50)
            .map(|_| {
                let (scene, answer) = (scene.clone(), typed(&view, &read));
                tokio::spawn(async move { scene.verify(ASKED, answer).await })
            })
            .collect();
        let mut passed = 0;
        for one in tries {
            passed += usize::from(one.await.unwrap() == Verdict::Passed);
        }
        assert_eq!(passed, 1);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_outlives_the_rotation_of_keys() {
    each_engine(async |db| {
        let mut scene = Scene::on(db.db());
        let view = scene.challenge();
        let read = scene.opened(&view).picture_answer();
        let rotated = scene.keys.rotate(::store::keys::Use::Token, &mut scene.rng);
        assert!(rotated.is_ok());
        assert_eq!(scene.verify(ASKED, typed(&view, &read)).await, Verdict::Passed);
    })
    .await;
}

async fn fetched(scene: &Scene, at: Time, path: &str, range: Option<&str>) -> (StatusCode, String, Vec<u8>) {
    fetched_under(&Settings::default(), scene, at, path, range).await
}

async fn fetched_under(
    settings: &Settings,
    scene: &Scene,
    at: Time,
    path: &str,
    range: Option<&str>,
) -> (StatusCode, String, Vec<u8>) {
    let renders = web::Renders::new(settings, scene.keys.clone(), Arc::new(Still(at)));
    let mut request = Request::get(path);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = web::routes::<()>(renders).oneshot(request).await.unwrap();
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let seen = format!("{} {}", header("content-type"), header("cache-control"));
    let status = response.status();
    (status, seen, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn picture_and_sound_are_served_alike_each_time_and_never_kept() {
    let db = testkit::db::sqlite().await;
    let mut scene = Scene::on(db.db());
    let view = scene.challenge();
    let (status, seen, picture) = fetched(&scene, scene.now, &view.picture_url, None).await;
    assert_eq!((status, seen.as_str()), (StatusCode::OK, "image/png no-store"));
    assert_eq!(fetched(&scene, scene.now, &view.picture_url, None).await.2, picture);
    let (status, seen, sound) = fetched(&scene, scene.now, &view.sound_url, None).await;
    assert_eq!((status, seen.as_str()), (StatusCode::OK, "audio/wav no-store"));
    let (status, _, part) = fetched(&scene, scene.now, &view.sound_url, Some("bytes=4-7")).await;
    assert_eq!((status, part.as_slice()), (StatusCode::PARTIAL_CONTENT, &sound[4..8]));
    let (status, _, whole) = fetched(&scene, scene.now, &view.sound_url, Some("bytes=9-3")).await;
    assert_eq!((status, whole.len()), (StatusCode::OK, sound.len()));
}

#[tokio::test]
async fn no_token_no_picture() {
    let db = testkit::db::sqlite().await;
    let mut scene = Scene::on(db.db());
    let view = scene.challenge();
    let late = scene.now + Span::seconds(601);
    assert_eq!(fetched(&scene, late, &view.picture_url, None).await.0, StatusCode::NOT_FOUND);
    let changed = view.picture_url.replacen("/challenge/", "/challenge/A", 1);
    assert_eq!(fetched(&scene, scene.now, &changed, None).await.0, StatusCode::NOT_FOUND);
    let other = view.picture_url.replace("picture.png", "answer.txt");
    assert_eq!(fetched(&scene, scene.now, &other, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn when_too_many_wait_the_rest_is_sent_away() {
    let db = testkit::db::sqlite().await;
    let mut scene = Scene::on(db.db());
    let view = scene.challenge();
    let full = Settings { renders_waiting: 0, ..Settings::default() };
    let (status, _, body) = fetched_under(&full, &scene, scene.now, &view.picture_url, None).await;
    assert_eq!((status, body.len()), (StatusCode::SERVICE_UNAVAILABLE, 0));
    let one = Settings { renders_waiting: 1, renders_at_once: 1, ..Settings::default() };
    for _ in 0..3 {
        let (status, ..) = fetched_under(&one, &scene, scene.now, &view.picture_url, None).await;
        assert_eq!(status, StatusCode::OK);
    }
}

#[test]
fn settings_out_of_bounds_are_named() {
    assert_eq!(Settings::default().problems(), []);
    let wild = Settings { work_bits: 31, lifetime_seconds: 1, ..Settings::default() };
    let named: Vec<_> = wild.problems().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, ["lifetime_seconds", "work_bits"]);
}
