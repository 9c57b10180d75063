//! Builds the parts of a portal from its configuration: storage, keys, password pool, gateways.

use anyhow::{Context as _, anyhow};
use gateway::ConfigProblem;
use gateway::mail::MailGateway;
use gateway::mail::smtp::SmtpMail;
use gateway::push::http::HttpPush;
use gateway::push::{PushGateway, Vapid};
use gateway::register::Register;
use gateway::register::http::HttpRegister;
use gateway::register::webhook::Keys;
use gateway::sms::SmsGateway;
use gateway::sms::{Receipts, SmsRouter};
use gateway::voice::VoiceGateway;
use gateway::voice::http::HttpVoice;
use kernel::{Clock, RngSource, SystemClock};
use portal::app::{Gateways, Parts};
use portal::config::Config;
use portal::passwords::{Passwords, Pool};
use std::path::Path;
use std::sync::Arc;
use store::keys::KeyRing;
use store::{Db, Options};

/// A runtime for asynchronous work: `threads` for requests (0: one per core).
///
/// Stacks are small: handlers keep their data on the heap, and slow work has threads of its own.
pub fn runtime(threads: u32) -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_name("pristan").thread_stack_size(1024 * 1024).max_blocking_threads(64);
    if threads > 0 {
        builder.worker_threads(threads as usize);
    }
    builder.build().context("threads cannot be started")
}

/// Opens the storage and runs the migrations.
pub async fn open_db(config: &Config) -> anyhow::Result<Db> {
    make_data_dir(&config.data_dir)?;
    let options = Options {
        readers: config.database.readers as usize,
        pg_connections: config.database.connections as usize,
        write_queue: config.database.write_queue as usize,
        pg_ca: config.database.ca.clone(),
        ..Options::default()
    };
    // The address may hold a password, so it is not told.
    Db::open(&config.database_url(), options)
        .await
        .map_err(|error| anyhow!("the database cannot be opened: {error}"))
}

/// Opens the key ring; the first start makes it.
pub fn open_keys(config: &Config, rng: &RngSource) -> anyhow::Result<KeyRing> {
    make_data_dir(&config.data_dir)?;
    let file = config.keys_file();
    KeyRing::load_or_create(&file, &mut rng.fork()).with_context(|| format!("{}", file.display()))
}

/// Everything a portal is made of, gateways not yet included.
pub async fn build(config: Config) -> anyhow::Result<Parts> {
    let rng = RngSource::os();
    let keys = open_keys(&config, &rng)?;
    let pool = Pool::start(&config.passwords).map_err(|error| anyhow!("password hashing: {error}"))?;
    let passwords = Passwords::new(&config.passwords, pool, keys.clone());
    let db = open_db(&config).await?;
    Ok(Parts {
        config,
        db,
        clock: Arc::new(SystemClock),
        rng,
        keys,
        passwords,
        gateways: Gateways::default(),
    })
}

/// The open ways out of the portal, and what must be told goodbye at the end.
pub struct Outside {
    /// For the portal.
    pub gateways: Gateways,
    /// What the SMS centres say about messages sent before.
    pub receipts: Option<Receipts>,
    router: Option<Arc<SmsRouter>>,
}

impl Outside {
    /// Starts every configured gateway; connections are made in the background.
    pub fn open(config: &Config, clock: &Arc<dyn Clock>, rng: &RngSource) -> anyhow::Result<Outside> {
        let mut outside = Outside { gateways: Gateways::default(), receipts: None, router: None };
        if !config.sms.smpp.is_empty() {
            let (router, receipts) =
                SmsRouter::start(&config.sms, Arc::clone(clock), rng).map_err(|p| told("sms", p))?;
            let router = Arc::new(router);
            outside.router = Some(Arc::clone(&router));
            outside.gateways.sms = Some(router as Arc<dyn SmsGateway>);
            outside.receipts = Some(receipts);
        }
        if config.voice.is_on() {
            let voice = HttpVoice::new(&config.voice).map_err(|p| told("voice", p))?;
            outside.gateways.voice = Some(Arc::new(voice) as Arc<dyn VoiceGateway>);
        }
        if config.mail.is_on() {
            let mail = SmtpMail::new(&config.mail, Arc::clone(clock)).map_err(|p| told("mail", p))?;
            outside.gateways.mail = Some(Arc::new(mail) as Arc<dyn MailGateway>);
        }
        let files = &config.documents;
        let storage = gateway::objects::open(&files.storage, &config.data_dir, Arc::clone(clock));
        outside.gateways.objects = Some(storage.map_err(|p| told("documents.storage", p))?);
        outside.gateways.antivirus =
            gateway::antivirus::open(&files.antivirus).map_err(|p| told("documents.antivirus", p))?;
        let places = &config.addresses;
        let directory = gateway::addresses::open(places.table.as_deref(), places.most_places);
        outside.gateways.addresses =
            Some(directory.map_err(|why| told("addresses", vec![ConfigProblem::new("table", why)]))?);
        if config.push.is_on() {
            let file = config.push_key_file();
            make_data_dir(&config.data_dir)?;
            let vapid = Vapid::load_or_create(&config.push, &file).map_err(|p| told("push", vec![p]))?;
            let push = HttpPush::new(&config.push, vapid, Arc::clone(clock)).map_err(|p| told("push", p))?;
            outside.gateways.push = Some(Arc::new(push) as Arc<dyn PushGateway>);
        }
        for register in Register::ALL {
            let settings = config.registers.of(register);
            if !settings.is_on() {
                continue;
            }
            let below = |p| told(&format!("registers.{}", register.word()), p);
            let connector =
                HttpRegister::new(register, settings, Arc::clone(clock), rng.clone()).map_err(below)?;
            outside.gateways.registers.push(Arc::new(connector));
            outside.gateways.register_keys.push(Arc::new(Keys::new(register, settings).map_err(below)?));
        }
        Ok(outside)
    }

    /// Says goodbye to the SMS centres.
    pub async fn close(self) {
        if let Some(router) = self.router {
            router.shutdown().await;
        }
    }
}

fn told(table: &str, problems: Vec<ConfigProblem>) -> anyhow::Error {
    let lines: Vec<String> =
        problems.into_iter().map(|p| p.below(table)).map(|p| format!("{}: {}", p.path, p.message)).collect();
    anyhow!("gateways cannot be opened: {}", lines.join("; "))
}

/// Makes the data folder, for its owner only.
fn make_data_dir(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("{} cannot be made", folder.display()))
}
