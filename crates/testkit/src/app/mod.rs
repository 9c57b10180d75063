//! The whole portal inside a test: real router, cookies, forms and templates; a clock that the test moves, chance
//! from a seed, gateways that keep messages in memory, a database of the test's own.

mod browser;
mod clock;
mod page;

pub use browser::{Browser, encode};
pub use clock::{MockClock, START};
pub use page::Page;

use crate::db::TestDb;
use axum::Router;
use gateway::addresses::Directory;
use gateway::antivirus::{Scanner, memory::MemoryScanner};
use gateway::mail::{OutgoingMail, memory::MemoryMail};
use gateway::objects::{Objects, memory::MemoryObjects};
use gateway::push::memory::MemoryPush;
use gateway::register::memory::{MemoryRegister, Plan};
use gateway::register::{Answer, Connector, Register};
use gateway::sms::memory::MemorySms;
use gateway::voice::memory::MemoryVoice;
use kernel::{Rng, RngSource, Span, Time};
use portal::app::{App, Gateways, Parts};
use portal::config::Config;
use portal::passwords::{Passwords, Pool};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use store::keys::KeyRing;
use store::{Db, Value};

/// The sample of addresses, put together once for all tests.
static SAMPLE: LazyLock<Arc<dyn Directory>> =
    LazyLock::new(|| gateway::addresses::open(None, 0).expect("the sample of addresses"));

/// The outside of a portal: what survives when an instance goes down.
#[derive(Clone)]
pub struct World {
    /// The clock of every instance and browser.
    pub clock: MockClock,
    /// Where text messages arrive.
    pub sms: Arc<MemorySms>,
    /// Where calls arrive.
    pub voice: Arc<MemoryVoice>,
    /// Where letters arrive.
    pub mail: Arc<MemoryMail>,
    /// Where notifications of browsers arrive.
    pub push: Arc<MemoryPush>,
    /// The registers; they confirm everybody until a test plans something else.
    pub registers: Vec<Arc<MemoryRegister>>,
    /// Where files are kept.
    pub objects: Arc<MemoryObjects>,
    /// The virus scanner.
    pub antivirus: Arc<MemoryScanner>,
    /// The directory of addresses: the sample.
    pub addresses: Arc<dyn Directory>,
    /// The key ring; in memory.
    pub keys: KeyRing,
    /// Chance for everything.
    pub rng: RngSource,
    db: Arc<TestDb>,
    config: Config,
    urls: Arc<Mutex<Vec<String>>>,
}

/// A running instance in its world.
pub struct TestApp {
    /// The portal.
    pub app: App,
    /// What is around it.
    pub world: World,
    pub(crate) router: Router,
}

/// The configuration of tests: the product's defaults, but for cheap hashes, an easy proof of work, and no limits by
/// address for loopback, where the browsers of a test are at home.
pub fn config() -> Config {
    let mut config = Config::default();
    config.passwords.memory_kib = 64;
    config.passwords.passes = 1;
    config.passwords.threads = 2;
    config.challenge.work_bits = 8;
    // Tests let hours pass for other reasons; those of the quiet hours set them.
    config.notifications.quiet_until = config.notifications.quiet_from.clone();
    // Most tests read an answer to its end; a stream then looks once.
    config.live.life_seconds = 0;
    config.limits.exempt_networks = vec!["127.0.0.0/8".parse().expect("a network")];
    config
}

impl TestApp {
    /// A portal over this database, seed 1.
    pub async fn new(db: TestDb) -> TestApp {
        TestApp::with(db, 1, config()).await
    }

    /// A portal with its seed and a configuration of the test's own.
    pub async fn with(db: TestDb, seed: u64, config: Config) -> TestApp {
        let (sms, receipts) = MemorySms::new("memory");
        let clock = MockClock::default();
        let world = World {
            registers: Register::ALL.map(|register| Arc::new(confirming(register, &clock))).to_vec(),
            clock,
            objects: Arc::default(),
            antivirus: Arc::default(),
            addresses: SAMPLE.clone(),
            sms: Arc::new(sms),
            voice: Arc::new(MemoryVoice::new()),
            mail: Arc::new(MemoryMail::new()),
            push: Arc::new(MemoryPush::new()),
            keys: KeyRing::in_memory(&mut Rng::seeded(seed)),
            rng: RngSource::seeded(seed),
            db: Arc::new(db),
            config,
            urls: Arc::default(),
        };
        let db = world.db.db();
        let made = world.instance(db);
        tokio::spawn(portal::jobs::take_receipts(made.app.clone(), receipts));
        made
    }

    /// One more instance over the same database, as after a restart or on a second machine.
    pub async fn again(&self) -> TestApp {
        let db = self.world.db.again(crate::db::options()).await.expect("the database opens again");
        self.world.instance(db)
    }

    /// One more instance with another configuration.
    pub async fn again_with(&self, change: impl FnOnce(&mut Config)) -> TestApp {
        let mut world = self.world.clone();
        change(&mut world.config);
        let db = world.db.again(crate::db::options()).await.expect("the database opens again");
        world.instance(db)
    }

    /// One more instance with other gateways.
    pub async fn again_over(&self, change: impl FnOnce(&mut Gateways)) -> TestApp {
        let db = self.world.db.again(crate::db::options()).await.expect("the database opens again");
        let mut gateways = self.world.gateways();
        change(&mut gateways);
        self.world.instance_over(db, gateways)
    }

    /// A visitor who was never here.
    pub fn browser(&self) -> Browser {
        let world = &self.world;
        Browser::new(self.router.clone(), world.clock.clone(), world.urls.clone(), self.app.public_url())
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.app.db()
    }

    /// The address of the database.
    pub fn db_url(&self) -> &str {
        self.world.db.url()
    }

    /// Lets time pass.
    pub fn advance(&self, span: Span) {
        self.world.clock.advance(span);
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.app.clock().now()
    }

    /// Runs every job that is due, and what those enqueue; answers how many ran.
    pub async fn run_jobs(&self) -> usize {
        let workers = portal::jobs::workers(&self.app);
        let mut total = 0;
        loop {
            let mut ran = 0;
            for worker in &workers {
                ran += worker.run_until_idle().await.expect("jobs run");
            }
            if ran == 0 {
                return total;
            }
            total += ran;
        }
    }

    /// The code in the newest text message to a number; due jobs run first.
    pub async fn sms_code(&self, to: &str) -> String {
        self.run_jobs().await;
        let texts = self.world.sms.accepted().into_iter().rev().filter(|message| message.to == to);
        texts.filter_map(|message| code_in(&message.text)).next().expect("a text message with a code")
    }

    /// The newest text message to a number, as delivered so far.
    pub fn last_sms(&self, to: &str) -> Option<String> {
        self.world.sms.last_text_to(to)
    }

    /// The digits of the newest call to a number; due jobs run first.
    pub async fn call_code(&self, to: &str) -> Option<String> {
        self.run_jobs().await;
        self.world.voice.accepted().into_iter().rev().find(|call| call.to == to).map(|call| call.digits)
    }

    /// The newest letter to an address; due jobs run first.
    pub async fn last_mail(&self, to: &str) -> Option<OutgoingMail> {
        self.run_jobs().await;
        self.world.mail.accepted().into_iter().rev().find(|mail| mail.to == to)
    }

    /// The code in the newest letter to an address.
    pub async fn mail_code(&self, to: &str) -> String {
        self.run_jobs().await;
        let letters = self.world.mail.accepted().into_iter().rev().filter(|mail| mail.to == to);
        letters.filter_map(|mail| code_in(&mail.text)).next().expect("a letter with a code")
    }

    /// The path of the link in the newest letter to an address.
    pub async fn mail_link(&self, to: &str) -> String {
        let mail = self.last_mail(to).await.unwrap_or_else(|| panic!("no letter came"));
        let at = mail.text.find("/register/link/").expect("a link in the letter");
        mail.text[at..].split_whitespace().next().expect("a link").to_owned()
    }

    /// Messages that reached a gateway: texts, calls and letters together.
    pub fn delivered(&self) -> usize {
        self.world.sms.accepted().len() + self.world.voice.accepted().len() + self.world.mail.accepted().len()
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &'static str, params: &[Value<'static>]) -> i64 {
        let params = params.to_vec();
        let read = self.app.read(move |tx| Ok(tx.one(sql, &params, |row| row.get(0))?)).await;
        read.expect("the database answers")
    }

    /// How many rows a table has.
    pub async fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        self.app.read(move |tx| Ok(tx.one(&sql, &[], |row| row.get(0))?)).await.expect("the database answers")
    }

    /// Every address that an answer sent a browser to.
    pub fn urls(&self) -> Vec<String> {
        self.world.urls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl World {
    fn gateways(&self) -> Gateways {
        Gateways {
            sms: Some(self.sms.clone()),
            voice: Some(self.voice.clone()),
            mail: Some(self.mail.clone()),
            push: Some(self.push.clone()),
            registers: self.registers.iter().map(|register| register.clone() as Arc<dyn Connector>).collect(),
            register_keys: Vec::new(),
            objects: Some(self.objects.clone() as Arc<dyn Objects>),
            antivirus: Some(self.antivirus.clone() as Arc<dyn Scanner>),
            addresses: Some(self.addresses.clone()),
        }
    }

    /// An instance over an open database.
    fn instance(&self, db: Db) -> TestApp {
        self.instance_over(db, self.gateways())
    }

    fn instance_over(&self, db: Db, gateways: Gateways) -> TestApp {
        let pool = Pool::start(&self.config.passwords).expect("a hashing pool");
        let app = App::new(Parts {
            config: self.config.clone(),
            db,
            clock: Arc::new(self.clock.clone()),
            rng: self.rng.clone(),
            keys: self.keys.clone(),
            passwords: Passwords::new(&self.config.passwords, pool, self.keys.clone()),
            gateways,
        });
        TestApp { router: portal::web::router(app.clone()), app, world: self.clone() }
    }
}

/// A register that confirms what it is asked, at once.
fn confirming(register: Register, clock: &MockClock) -> MemoryRegister {
    MemoryRegister::new(register, Arc::new(clock.clone()), move |_, _| {
        Plan::Now(match register {
            Register::Pension => Answer::Match,
            Register::Interior => Answer::Valid,
            Register::Tax => Answer::NoSuch,
        })
    })
}

/// The first run of exactly six digits.
pub fn code_in(text: &str) -> Option<String> {
    text.split(|sign: char| !sign.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}
