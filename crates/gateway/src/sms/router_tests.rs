//! The router over gateways in memory, with a clock that stands still unless it is moved.

use super::memory::MemorySms;
use super::router::{RouterConfig, SmsRouter};
use super::smpp::SmppConfig;
use super::{OutgoingSms, SmsConfig, SmsGateway};
use crate::{Health, SendOutcome};
use kernel::{Clock, Rng, Span, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Default)]
struct Hand(AtomicI64);

impl Hand {
    fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

struct Scene {
    router: SmsRouter,
    gateways: Vec<Arc<MemorySms>>,
    clock: Arc<Hand>,
    sent: u32,
}

impl Scene {
    fn new(weights: &[u32]) -> Scene {
        let clock = Arc::new(Hand::default());
        let gateways: Vec<_> =
            (0..weights.len()).map(|n| Arc::new(MemorySms::new(&format!("g{n}")).0)).collect();
        let routes =
            gateways.iter().zip(weights).map(|(g, w)| (g.clone() as Arc<dyn SmsGateway>, *w)).collect();
        let router = SmsRouter::new(routes, RouterConfig::DEFAULT, clock.clone(), Rng::seeded(9));
        Scene { router, gateways, clock, sent: 0 }
    }

    async fn send(&mut self) -> SendOutcome {
        self.sent += 1;
        let (id, to) = (self.sent.to_string(), "+79990000000".to_owned());
        self.router.send(&OutgoingSms { id, to, text: "x".into(), valid_for: Span::seconds(300) }).await
    }

    fn accepted(&self, gateway: usize) -> usize {
        self.gateways[gateway].accepted().len()
    }
}

#[tokio::test]
async fn messages_are_shared_by_weight() {
    let mut scene = Scene::new(&[70, 30, 0]);
    for _ in 0..1000 {
        assert!(scene.send().await.is_accepted());
    }
    assert!((640..760).contains(&scene.accepted(0)), "{}", scene.accepted(0));
    assert_eq!(scene.accepted(2), 0, "a reserve stays idle");
}

#[tokio::test]
async fn a_failing_gateway_loses_its_share_at_once_and_is_asked_again_later() {
    let mut scene = Scene::new(&[90, 10]);
    scene.gateways[0].set_down(Some("away"));
    for _ in 0..200 {
        assert!(scene.send().await.is_accepted());
    }
    assert_eq!(scene.accepted(1), 200);
    assert!(
        scene.gateways[0].attempts() < 10,
        "the breaker keeps messages away: {}",
        scene.gateways[0].attempts()
    );
    assert!(matches!(scene.router.health(), Health::Down { .. } | Health::Degraded { .. }));
    scene.gateways[0].set_down(None);
    scene.clock.advance(Span::seconds(RouterConfig::DEFAULT.breaker_pause_seconds.into()));
    for _ in 0..50 {
        assert!(scene.send().await.is_accepted());
    }
    assert!(scene.accepted(0) > 30, "{}", scene.accepted(0));
    assert_eq!(scene.router.health(), Health::Up);
}

#[tokio::test]
async fn a_high_error_rate_lowers_the_weight_by_itself() {
    let mut scene = Scene::new(&[50, 50]);
    // Every second answer of the first is a failure: never enough in a row for the breaker.
    for _ in 0..120 {
        scene.gateways[0].plan(SendOutcome::temporary("now and then"));
        scene.gateways[0].plan(SendOutcome::Accepted { gateway: String::new(), remote_id: String::new() });
    }
    for _ in 0..60 {
        assert!(scene.send().await.is_accepted());
    }
    let status = scene.router.status();
    assert_eq!((status[0].effective_weight, status[1].effective_weight), (5, 50));
    assert!(!status[0].breaker_open);
}

#[tokio::test]
async fn a_permanent_refusal_is_final_and_says_nothing_against_the_gateway() {
    let mut scene = Scene::new(&[100, 0]);
    for _ in 0..20 {
        scene.gateways[0].plan(SendOutcome::permanent("no such number"));
        assert_eq!(scene.send().await, SendOutcome::permanent("no such number"));
    }
    assert_eq!(scene.gateways[1].attempts(), 0);
    assert!(!scene.router.status()[0].breaker_open);
}

#[tokio::test]
async fn without_a_gateway_the_answer_is_temporary() {
    let mut scene = Scene::new(&[]);
    assert_eq!(scene.send().await, SendOutcome::temporary("no SMS gateway is configured"));
    assert!(matches!(scene.router.health(), Health::Down { .. }));
    let mut scene = Scene::new(&[1, 1, 1]);
    for gateway in &scene.gateways {
        gateway.set_down(Some("away"));
    }
    let outcome = scene.send().await;
    let SendOutcome::Temporary { reason } = outcome else { panic!("{outcome:?}") };
    assert_eq!(reason.matches(": away").count(), 2, "attempts are limited, and each is named");
}

#[test]
fn every_problem_of_a_configuration_is_told_with_its_place() {
    let mut config = SmsConfig::default();
    assert!(config.problems().is_empty());
    let bad = SmppConfig { window: 0, source: "слишком".into(), weight: 0, ..SmppConfig::default() };
    config.smpp.insert("main".into(), bad);
    config.router.error_percent = 0;
    let paths: Vec<_> = config.problems().into_iter().map(|problem| problem.path).collect();
    assert_eq!(
        paths,
        ["router.error_percent", "smpp.main.system_id", "smpp.main.source", "smpp.main.window", "smpp"]
    );
}
