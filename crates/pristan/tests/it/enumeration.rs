//! Nobody learns from outside who has an account: known and unknown people get the same bytes in the same time.

use crate::browser::{Browser, Page};
use crate::statistics::compare;
use crate::world::World;
use std::time::Instant;

/// Samples of each kind (checklist 1.1: 300, interleaved).
const SAMPLES: u32 = 300;

/// A difference counts when all three are exceeded (checklist 1.1).
const P: f64 = 0.001;
const EFFECT: f64 = 0.2;
const APART_MS: f64 = 3.0;

/// Each known person is tried this often: few enough that no throttle shows.
const TRIES_EACH: u32 = 2;

fn known(number: u32) -> String {
    format!("+7900{number:07}")
}

fn unknown(number: u32) -> String {
    format!("+7900{:07}", 5_000_000 + number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_tells_nothing() {
    let db = testkit::db::sqlite().await;
    let world = World::with_accounts(db.url(), SAMPLES / TRIES_EACH).await;
    let mut times = [Vec::new(), Vec::new()];
    for sample in 0..SAMPLES {
        let number = sample / TRIES_EACH;
        // Which one goes first changes, so that neither profits from a warm cache.
        for which in if sample % 2 == 0 { [0, 1] } else { [1, 0] } {
            let login = if which == 0 { known(number) } else { unknown(number) };
            times[which].push(timed_sign_in(&world, &login).await.1);
        }
    }
    let difference = compare(&times[0], &times[1]);
    println!("known against unknown: {difference:?}");
    let differs = difference.p < P && difference.effect > EFFECT && difference.medians_apart > APART_MS;
    assert!(!differs, "the time tells who has an account: {difference:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_the_same_for_known_and_unknown_people() {
    let db = testkit::db::sqlite().await;
    let world = World::with_accounts(db.url(), 10).await;
    let signed_in = (timed_sign_in(&world, &known(1)).await.0, timed_sign_in(&world, &unknown(1)).await.0);
    same("sign-in", &signed_in.0, &known(1), &signed_in.1, &unknown(1));
    let recovered = (recover(&world, &known(2)).await, recover(&world, &unknown(2)).await);
    same("recovery", &recovered.0, &known(2), &recovered.1, &unknown(2));
    let registered = (register(&world, &known(3)).await, register(&world, &unknown(3)).await);
    same("registration", &registered.0, &known(3), &registered.1, &unknown(3));
}

/// The answer to a wrong password and its time in milliseconds, from a fresh browser.
#[expect(clippy::disallowed_methods)] // the measurement itself
async fn timed_sign_in(world: &World, login: &str) -> (Page, f64) {
    let mut browser = Browser::new(&world.portal_url());
    let page = browser.get("/sign-in").await.expect("the sign-in page");
    let values = [("login", login), ("password", "Sovsem-ne-tot-1!")];
    let start = Instant::now();
    let answer = browser.submit(&page, "password", &values).await.expect("an answer");
    (answer, start.elapsed().as_secs_f64() * 1_000.0)
}

async fn recover(world: &World, login: &str) -> Page {
    let mut browser = Browser::new(&world.portal_url());
    let page = browser.get("/recover").await.expect("the recovery page");
    browser.submit(&page, "login", &[("login", login)]).await.expect("an answer")
}

async fn register(world: &World, phone: &str) -> Page {
    let mut browser = Browser::new(&world.portal_url());
    let page = browser.get("/register").await.expect("the registration page");
    let values = [
        ("surname", "Якорева"),
        ("first_name", "Анна"),
        ("phone", phone),
        ("consent_terms", "on"),
        ("consent_data", "on"),
    ];
    browser.submit(&page, "surname", &values).await.expect("an answer")
}

/// Status, path, headers and body are equal once what differs for any two visitors is masked.
fn same(what: &str, a: &Page, login_a: &str, b: &Page, login_b: &str) {
    assert_eq!((a.status, &a.path), (b.status, &b.path), "{what}");
    let names = |page: &Page| page.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(a), names(b), "headers of {what}");
    assert_eq!(masked(&a.body, login_a), masked(&b.body, login_b), "{what}");
}

/// Tokens (16 and more letters or digits in a row), digits (clocks, masked numbers) and the login become marks.
fn masked(body: &str, login: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for sign in body.replace(login, "LOGIN").chars().chain(['\n']) {
        if sign.is_ascii_alphanumeric() || sign == '_' || sign == '-' {
            run.push(sign);
            continue;
        }
        if run.len() >= 16 && run.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            out.push_str("TOKEN");
        } else {
            out.extend(run.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }));
        }
        run.clear();
        out.push(sign);
    }
    out
}
