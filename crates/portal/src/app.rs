//! The running portal: everything that handlers and jobs need, built once. No globals besides.

use crate::config::Config;
use crate::ctx::{Caller, Ctx, Place};
use crate::devices::Geo;
use crate::documents::judge::Judges;
use crate::error::Result;
use crate::keys::Keys;
use crate::passwords::Passwords;
use crate::web::cookies::Jar;
use crate::web::legal;
use crate::web::stream::Streams;
use crate::web::templates::Templates;
use crate::{sessions, signin};
use gateway::addresses::Directory;
use gateway::antivirus::Scanner;
use gateway::mail::MailGateway;
use gateway::objects::Objects;
use gateway::push::PushGateway;
use gateway::register::{Connector, Register, webhook};
use gateway::sms::SmsGateway;
use gateway::voice::VoiceGateway;
use kernel::{Clock, RngSource};
use std::sync::Arc;
use store::{Db, Engine, StoreError, Tx};

/// The ways out of the portal. A way that is not configured is `None`, and the pages do not offer it.
#[derive(Clone, Default)]
pub struct Gateways {
    /// Text messages.
    pub sms: Option<Arc<dyn SmsGateway>>,
    /// Voice calls.
    pub voice: Option<Arc<dyn VoiceGateway>>,
    /// Letters.
    pub mail: Option<Arc<dyn MailGateway>>,
    /// Notifications of browsers.
    pub push: Option<Arc<dyn PushGateway>>,
    /// Registers that are asked about people.
    pub registers: Vec<Arc<dyn Connector>>,
    /// What their webhooks are checked with.
    pub register_keys: Vec<Arc<webhook::Keys>>,
    /// Where files are kept.
    pub objects: Option<Arc<dyn Objects>>,
    /// What looks for viruses in uploads.
    pub antivirus: Option<Arc<dyn Scanner>>,
    /// What suggests addresses.
    pub addresses: Option<Arc<dyn Directory>>,
}

impl Gateways {
    /// The way to a register, when one is configured.
    pub fn register(&self, register: Register) -> Option<&Arc<dyn Connector>> {
        self.registers.iter().find(|connector| connector.register() == register)
    }
}

/// The parts that a portal is made of.
pub struct Parts {
    /// The checked configuration.
    pub config: Config,
    /// The storage.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub rng: RngSource,
    /// The key ring.
    pub keys: Keys,
    /// The password service.
    pub passwords: Passwords,
    /// The ways out.
    pub gateways: Gateways,
}

/// A handle on the running portal; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Arc<Config>,
    parts: Parts,
    place: Place,
    jar: Jar,
    sessions: sessions::Cache,
    streams: Streams,
    legal: legal::Texts,
    turns: signin::Turns,
    judges: Judges,
    started: kernel::Time,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> App {
        let public_url = parts.config.server.public_url.trim_end_matches('/');
        let zone = parts.config.brand.zone().unwrap_or(jiff::tz::TimeZone::UTC);
        // As with legal texts: a file that cannot be read was told when the configuration was checked.
        let geo = match &parts.config.geo.file {
            None if parts.config.demo => Geo::demo(),
            _ => Geo::load(&parts.config.geo).unwrap_or_default(),
        };
        let geo = Arc::new(geo);
        let not_me_days = parts.config.notifications.not_me_days;
        // As with legal texts.
        let templates = Templates::load(parts.config.notifications.templates.as_deref()).unwrap_or_default();
        let templates = Arc::new(templates);
        let brand = Arc::new(parts.config.brand.clone());
        let place = Place { public_url: public_url.into(), brand, zone, geo, templates, not_me_days };
        let jar = Jar { secure: public_url.starts_with("https://") };
        let shared = parts.db.engine() == Engine::Postgres;
        let streams = Streams::new(&parts.config.live);
        let sessions = sessions::Cache::new(&parts.config.sessions, shared).telling(&streams);
        // Files that cannot be read were told when the configuration was checked.
        let legal = legal::Texts::load(&parts.config.legal).unwrap_or_default();
        let config = Arc::new(parts.config.clone());
        let judges = Judges::new(&config.documents);
        let (turns, started) = (signin::Turns::default(), parts.clock.now());
        App(Arc::new(Inner { config, parts, place, jar, sessions, streams, legal, turns, judges, started }))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The configuration, to be handed to a closure that outlives a borrow.
    pub fn config_arc(&self) -> Arc<Config> {
        self.0.config.clone()
    }

    /// The storage.
    pub fn db(&self) -> &Db {
        &self.0.parts.db
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.parts.clock
    }

    /// The clock, to be handed to what outlives a borrow.
    pub fn clock_arc(&self) -> Arc<dyn Clock> {
        self.0.parts.clock.clone()
    }

    /// The source of chance.
    pub fn rng(&self) -> &RngSource {
        &self.0.parts.rng
    }

    /// The key ring.
    pub fn keys(&self) -> &Keys {
        &self.0.parts.keys
    }

    /// The password service.
    pub fn passwords(&self) -> &Passwords {
        &self.0.parts.passwords
    }

    /// The ways out.
    pub fn gateways(&self) -> &Gateways {
        &self.0.parts.gateways
    }

    /// The sessions kept in memory.
    pub fn sessions(&self) -> &sessions::Cache {
        &self.0.sessions
    }

    /// The streams that keep pages fresh; [`sessions::Cache::forget`] pokes those of its account.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The public address without a slash at its end.
    pub fn public_url(&self) -> &str {
        &self.0.place.public_url
    }

    /// The deployment's address and face.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The zone in which times are shown.
    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.0.place.zone
    }

    /// The legal texts in force.
    pub fn legal(&self) -> &legal::Texts {
        &self.0.legal
    }

    /// The tries to sign in that are being compared.
    pub fn turns(&self) -> &signin::Turns {
        &self.0.turns
    }

    /// The places for judging scans.
    pub fn judges(&self) -> &Judges {
        &self.0.judges
    }

    /// When this process began its work.
    pub fn started(&self) -> kernel::Time {
        self.0.started
    }

    /// How cookies are written.
    pub fn jar(&self) -> Jar {
        self.0.jar
    }

    /// The context of a request.
    pub fn ctx(&self, caller: Caller) -> Ctx {
        Ctx::of_request(
            self.clock().now(),
            self.keys().clone(),
            self.place().clone(),
            self.rng().clone(),
            caller,
        )
    }

    /// The context of a job.
    pub fn job_ctx(&self) -> Ctx {
        Ctx::of_job(self.clock().now(), self.keys().clone(), self.place().clone(), self.rng().clone())
    }

    /// Runs a closure as one writing transaction; it may run more than once, so it changes nothing else.
    ///
    /// # Errors
    /// What the closure or the storage answers.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db().write(f).await
    }

    /// Runs a closure as one reading transaction.
    ///
    /// # Errors
    /// What the closure or the storage answers.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db().read(f).await
    }

    /// Whether the storage answers; asked by `/health/ready`.
    ///
    /// # Errors
    /// The storage is away.
    pub async fn ping(&self) -> std::result::Result<(), StoreError> {
        self.db().read(|tx| tx.one("SELECT 1", &[], |row| row.get::<i64>(0)).map(drop)).await
    }
}
