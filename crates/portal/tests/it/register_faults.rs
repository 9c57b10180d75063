//! Each register with each fault, over its real protocol, against the stand: the page and the state are right, nothing is
//! worked or told twice, and everything drains when the system is well again.

use crate::people::{PASSWORD, Person, registered, sign_in, words};
use crate::profile::{PERSONAL, PROFILE};
use gateway::register::http::HttpRegister;
use gateway::register::{Connector, Register, RegisterConfig, webhook};
use kernel::{Lang, RngSource, Secret, Span};
use portal::app::Gateways;
use stand::faults::{Fault, Mode};
use stand::systems::registers::{self as played, Kind, Outcome, RegisterTimes};
use stand::{Stand, StandConfig};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use testkit::app::{Browser, TestApp};
use testkit::db::{TestDb, each_engine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SEND: &str = "/cabinet/profile/send";

/// What goes wrong, and how.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// A switch of the stand, for one register.
    Switched(Mode, Option<f64>),
    /// Answers break off in the middle, for one register.
    Half,
    /// What the stand does to a person, at every register.
    OfPerson(Outcome),
}

const TROUBLES: [(&str, Trouble); 9] = [
    ("down", Trouble::Switched(Mode::Outage, None)),
    ("slow, 30 s", Trouble::Switched(Mode::Delay, Some(30.0))),
    ("refuses", Trouble::Switched(Mode::Refuse, None)),
    ("garbage", Trouble::Switched(Mode::Garbage, None)),
    ("half an answer", Trouble::Half),
    ("duplicate", Trouble::OfPerson(Outcome::Twice)),
    ("out of order", Trouble::OfPerson(Outcome::OutOfOrder)),
    ("after the time-out", Trouble::OfPerson(Outcome::Late)),
    ("flapping", Trouble::OfPerson(Outcome::Flapping)),
];

/// A portal that asks the stand, and the stand, which sends it webhooks.
struct World {
    portal: TestApp,
    stand: Stand,
    /// How many bytes of an answer pass, by register; negative: all.
    cuts: [Arc<AtomicI64>; 3],
}

impl World {
    async fn new(db: TestDb) -> World {
        let app = TestApp::new(db).await;
        let clock = Arc::new(app.world.clock.clone());
        let config = StandConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: clock.clone(),
            rng: RngSource::seeded(7),
            registers: RegisterTimes {
                usual: Span::ZERO,
                slow: Span::millis(30),
                late: Span::seconds(600),
                ..RegisterTimes::default()
            },
            ..StandConfig::default()
        };
        let stand = stand::run(config).await.expect("a stand");
        let mut cuts = Vec::new();
        let mut registers: Vec<Arc<dyn Connector>> = Vec::new();
        let mut keys = Vec::new();
        for register in Register::ALL {
            let cut = Arc::new(AtomicI64::new(-1));
            let url = through_a_cut(stand.address, cut.clone()).await;
            let config = register_config(&url, register);
            let rng = RngSource::seeded(register as u64);
            let connector = HttpRegister::new(register, &config, clock.clone(), rng).expect("a connector");
            registers.push(Arc::new(connector));
            keys.push(Arc::new(webhook::Keys::new(register, &config).expect("keys")));
            cuts.push(cut);
        }
        let over = move |gateways: &mut Gateways| {
            gateways.registers = registers;
            gateways.register_keys = keys;
        };
        let portal = app.again_over(over).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let router = portal::web::router(portal.app.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        stand.registers().set_portal(Some(&url));
        World { portal, stand, cuts: cuts.try_into().expect("three") }
    }

    /// Switches a trouble on or off.
    fn trouble(&self, register: Register, trouble: Trouble, on: bool) {
        match trouble {
            Trouble::Switched(mode, seconds) => {
                let fault = if on { Fault { mode, seconds, share: None } } else { Fault::NONE };
                self.stand.faults().set(register.word(), fault);
            }
            Trouble::Half => {
                let cut = Register::ALL.iter().position(|other| *other == register).expect("one of three");
                self.cuts[cut].store(if on { 150 } else { -1 }, Ordering::SeqCst);
            }
            Trouble::OfPerson(_) => {}
        }
    }

    /// One more turn of the jobs, some time later.
    async fn turn(&self) {
        self.portal.run_jobs().await;
        self.portal.advance(Span::minutes(1));
    }

    /// Webhooks come in their own time: waits until none is on its way.
    async fn webhooks_done(&self) {
        for _ in 0..2_000 {
            if self.stand.registers().webhooks().0 == 0 {
                return;
            }
            self.portal.advance(Span::seconds(1));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("webhooks are on their way for ever");
    }

    fn worked(&self) -> [u64; 3] {
        [Kind::Pension, Kind::Interior, Kind::Tax].map(|kind| self.stand.registers().worked(kind))
    }
}

/// The configuration for one of the stand's registers, with a patience of fractions of a second.
fn register_config(url: &str, register: Register) -> RegisterConfig {
    let mut config = RegisterConfig {
        url: format!("{url}/registers/{}", register.word()),
        register_name: register.word().to_owned(),
        sign_key: Secret::new(played::PORTAL_PRIVATE_KEY.to_owned()),
        sign_key_id: played::PORTAL_KEY_ID.to_owned(),
        register_keys: BTreeMap::from([(
            played::REGISTER_KEY_ID.to_owned(),
            played::REGISTER_PUBLIC_KEY.to_owned(),
        )]),
        first_byte_millis: 2_000,
        body_millis: 2_000,
        total_millis: 2_000,
        ..RegisterConfig::default()
    };
    config.breaker.failures = 3;
    config
}

/// An address that leads to the stand; answers break off after so many bytes while the cut says so.
async fn through_a_cut(stand: SocketAddr, cut: Arc<AtomicI64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let cut = cut.clone();
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(stand).await else { return };
                let ((mut near_in, mut near_out), (mut far_in, mut far_out)) =
                    (near.into_split(), far.into_split());
                let there = tokio::spawn(async move { tokio::io::copy(&mut near_in, &mut far_out).await });
                let mut bytes = [0; 16 * 1024];
                while let Ok(read @ 1..) = far_in.read(&mut bytes).await {
                    let left = usize::try_from(cut.load(Ordering::SeqCst)).unwrap_or(read).min(read);
                    if near_out.write_all(&bytes[..left]).await.is_err() || left < read {
                        break;
                    }
                }
                there.abort();
            });
        }
    });
    url
}

/// The `n`-th person of an outcome, registered here with the profile filled in as the stand shows it.
async fn ready(world: &World, phone: String, of: &played::Person) -> (Browser, &'static str) {
    let phone: &'static str = phone.leak();
    let person = Person { surname: "Проверкина", first_name: "Ия", phone, email: "" };
    let mut browser = registered(&world.portal, &person).await;
    let (born, issued) = (of.birth_date.iso(), of.issued_on.iso());
    let day = |iso: &str| iso.split('-').rev().collect::<Vec<_>>().join(".");
    let mut personal = vec![
        ("surname", of.surname.clone()),
        ("first_name", of.first_name.clone()),
        ("patronymic", of.patronymic.clone().unwrap_or_default()),
        ("sex", (if of.sex == played::Sex::Male { "m" } else { "f" }).to_owned()),
        ("birth_date", day(&born)),
        ("birth_place", "гор. Тверь".to_owned()),
        ("citizenship", "rus".to_owned()),
    ];
    if of.patronymic.is_none() {
        personal.push(("no_patronymic", "yes".to_owned()));
    }
    let document = vec![
        ("document_kind", "passport_rf".to_owned()),
        ("document_number", of.passport()),
        ("issued_on", day(&issued)),
        ("issued_by", of.issued_by.clone()),
        ("division", of.division_code.as_str().to_owned()),
    ];
    let numbers = vec![("snils", of.snils.as_str().to_owned())];
    let sections = [
        (PERSONAL, personal),
        ("/cabinet/profile/section/document", document),
        ("/cabinet/profile/section/numbers", numbers),
    ];
    for (path, fields) in sections {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.get(path).await;
        let page = browser.send(path, &fields).await;
        assert_eq!(page.path, PROFILE, "{}", page.text());
    }
    (browser, phone)
}

/// Plays every trouble at one register, one person each.
async fn every_trouble(db: TestDb, register: Register) {
    let world = World::new(db).await;
    for (n, (name, trouble)) in TROUBLES.into_iter().enumerate() {
        let outcome = match trouble {
            Trouble::OfPerson(outcome) => outcome,
            Trouble::Switched(..) | Trouble::Half => Outcome::Match,
        };
        let of = world.stand.registers().people().find(Some(outcome), "", 0, n + 1)[n].clone();
        let (mut browser, phone) = ready(&world, format!("+7912555{:02}{n:02}", register as u8), &of).await;
        let (worked, told) = (world.worked(), world.portal.world.sms.accepted().len());
        world.trouble(register, trouble, true);
        browser.send(SEND, &[]).await;
        for _ in 0..3 {
            world.turn().await;
        }
        if !matches!(trouble, Trouble::OfPerson(_)) {
            let page = browser.get(PROFILE).await;
            assert!(page.says(&words(Lang::Ru, "checks-state-asked")), "{name}: {}", page.text());
            assert!(
                page.says(&words(Lang::Ru, "checks-state-passed")),
                "{name}: the other registers answered"
            );
            assert_eq!(
                world.portal.world.sms.accepted().len(),
                told,
                "{name}: nothing is told before the end"
            );
        }
        world.trouble(register, trouble, false);
        drain(&world, name).await;
        world.webhooks_done().await;
        drain(&world, name).await;
        let after = world.worked();
        assert_eq!(after, worked.map(|count| count + 1), "{name}: each register worked one question");
        let texts = world.portal.world.sms.accepted();
        let texts: Vec<&str> =
            texts.iter().skip(told).filter(|sms| sms.to == phone).map(|sms| sms.text.as_str()).collect();
        assert_eq!(texts.len(), 1, "{name}: {texts:?}");
        assert!(texts[0].contains("стандартная"), "{name}: {}", texts[0]);
        let mut browser = world.portal.browser();
        sign_in(&mut browser, phone, PASSWORD).await;
        let page = browser.get(PROFILE).await;
        assert!(page.says("Реестры подтвердили данные"), "{name}: {}", page.text());
        assert!(page.says(&words(Lang::Ru, "checks-evidence")), "{name}: {}", page.text());
    }
    let app = &world.portal;
    let standard = "SELECT COUNT(*) FROM account WHERE level = 'standard'";
    assert_eq!(app.number(standard, &[]).await, 9);
    let open = "SELECT COUNT(*) FROM job WHERE kind = 'checks.ask' AND state <> 'done'";
    assert_eq!(app.number(open, &[]).await, 0, "nothing is left to do");
    assert_eq!(app.number("SELECT COUNT(*) FROM register_check", &[]).await, 27);
}

/// Goes on until no check waits.
async fn drain(world: &World, name: &str) {
    let open = "SELECT COUNT(*) FROM register_check WHERE ended_at IS NULL";
    for _ in 0..30 {
        world.turn().await;
        if world.portal.number(open, &[]).await == 0 {
            world.portal.run_jobs().await;
            return;
        }
    }
    panic!("{name}: the checks do not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pension_fund_in_every_trouble() {
    each_engine(|db| every_trouble(db, Register::Pension)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interior_ministry_in_every_trouble() {
    each_engine(|db| every_trouble(db, Register::Interior)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tax_service_in_every_trouble() {
    each_engine(|db| every_trouble(db, Register::Tax)).await;
}

/// A stranger cannot end anything; the stand's own webhook of an event can, over the wire.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_the_stand_lowers_the_level() {
    each_engine(|db| async {
        let world = World::new(db).await;
        let of = world.stand.registers().people().find(Some(Outcome::Match), "", 0, 1)[0].clone();
        let (mut browser, phone) = ready(&world, "+79125559999".into(), &of).await;
        browser.send(SEND, &[]).await;
        drain(&world, "event").await;
        let standard = "SELECT COUNT(*) FROM account WHERE level = 'standard'";
        assert_eq!(world.portal.number(standard, &[]).await, 1);
        world.stand.registers().happen(of.id, "document_invalid", Some("stolen")).expect("an event");
        world.webhooks_done().await;
        world.portal.run_jobs().await;
        assert_eq!(world.portal.number(standard, &[]).await, 0);
        assert!(world.portal.last_sms(phone).is_some_and(|text| text.contains("паспорт недействителен")));
    })
    .await;
}
