//! `pristan serve`: the portal, from the first socket to the last log line.

use crate::parts::{self, Outside};
use anyhow::Context as _;
use portal::admin::demo_staff;
use portal::app::App;
use portal::config::Config;
use portal::observe::{self, MetricsPage};
use portal::server::{Bound, Gate, Readiness, Stop, Stopper};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Runs until a signal asks to stop.
pub fn run(config: Config) -> anyhow::Result<()> {
    let runtime = parts::runtime(config.server.threads)?;
    // The guard outlives everything that logs.
    let _logs = observe::start_logs(&config.log, &config.traces).context("logs cannot be started")?;
    let result = runtime.block_on(serve(config));
    runtime.shutdown_timeout(Duration::from_secs(2));
    if let Err(error) = &result {
        tracing::error!("the portal ends: {error:#}");
    }
    result
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let metrics = MetricsPage::install(config.metrics.token.clone())?;
    let readiness = Readiness::default();
    let (stopper, stop) = Stopper::new();
    // Listening comes first: who asks while the storage opens is told to come again at once, not refused.
    let bound = Bound::bind(&config.server).await?;
    let address = bound.address();
    let gate = Gate::new(&config.server, readiness.clone(), config.demo.then(|| metrics.clone()));
    let server = tokio::spawn(bound.serve(gate.clone(), stop.clone()));
    serve_metrics(&config, &metrics, &readiness, stop.clone()).await?;
    watch_signals(stopper.clone(), readiness.clone())?;

    let mut built = parts::build(config).await?;
    let mut outside = Outside::open(&built.config, &built.clock, &built.rng)?;
    built.gateways = outside.gateways.clone();
    let app = App::new(built);
    if !app.config().demo && demo_staff::are_here(&app).await? {
        anyhow::bail!(
            "this database has the staff of a demonstration, whose password and codes are public: begin with another one, or set demo = true"
        );
    }
    gate.open(portal::web::router(app.clone()));
    readiness.ready();
    announce(&app, address);
    if portal::admin::configuration::note(&app).await? {
        tracing::info!("the configuration is another than at the last start");
    }
    let watched = app.clone();
    metrics.before_rendering(move || note_figures(&watched));
    let worker = tokio::spawn(work(app.clone(), stop.clone(), outside.receipts.take()));
    let helpers = [
        tokio::spawn(app.keys().clone().watch(kernel::Span::seconds(5))),
        tokio::spawn(keep_watch(app.clone(), readiness, metrics)),
    ];
    if app.config().demo {
        tokio::spawn(seed_demonstration(app.clone()));
    }

    let served = server.await;
    stopper.ask(); // also when the server ended for another reason
    let worked = worker.await;
    helpers.iter().for_each(JoinHandle::abort);
    outside.close().await;
    app.db().close().await;
    tracing::info!("stopped");
    served.context("the server broke")?;
    worked.context("the worker broke")
}

/// Runs the jobs until a stop is asked for; those that run then are finished or handed back.
async fn work(app: App, stop: Stop, receipts: Option<gateway::sms::Receipts>) {
    match portal::jobs::take_over(&app).await {
        Ok(0) => {}
        Ok(jobs) => tracing::info!(jobs, "took over what a process that ended badly had begun"),
        Err(error) => {
            tracing::warn!(%error, "jobs of a process that ended badly wait for their lease to run out")
        }
    }
    let [general, asking] = portal::jobs::workers(&app);
    let (mut first, mut second, mut third) = (stop.clone(), stop.clone(), stop);
    let streams = app.streams().clone();
    let jobs = general.run(async move {
        first.asked().await;
        streams.close(); // live pages would hold the stop up
    });
    let checks = asking.run(async move { third.asked().await });
    let receipts = async move {
        if let Some(receipts) = receipts {
            tokio::select! {
                () = portal::jobs::take_receipts(app, receipts) => {}
                () = second.asked() => {}
            }
        }
    };
    tokio::join!(jobs, checks, receipts);
}

/// The separate address of the metrics, when there is one.
async fn serve_metrics(
    config: &Config,
    metrics: &MetricsPage,
    readiness: &Readiness,
    stop: Stop,
) -> anyhow::Result<()> {
    let Some(listen) = config.metrics.listen else { return Ok(()) };
    let settings =
        portal::config::Server { listen, tls: None, connections: 64, requests: 16, ..config.server.clone() };
    let bound = Bound::bind(&settings).await.context("metrics")?;
    let gate = Gate::new(&settings, readiness.clone(), Some(metrics.clone()));
    tokio::spawn(bound.serve(gate, stop));
    Ok(())
}

/// SIGTERM or SIGINT asks for an orderly stop; a second one ends the process at once.
fn watch_signals(stopper: Stopper, readiness: Readiness) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    tokio::spawn(async move {
        for asked_before in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if asked_before {
                std::process::exit(130);
            }
            readiness.stopping();
            stopper.ask();
        }
    });
    Ok(())
}

/// Every few seconds: whether the storage answers; and the histograms take in what was recorded.
async fn keep_watch(app: App, readiness: Readiness, metrics: MetricsPage) {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        let answers = app.ping().await;
        if let Err(error) = &answers {
            tracing::error!(error = %error, "the storage does not answer");
        }
        readiness.storage_answers(answers.is_ok());
        metrics.tidy();
    }
}

fn note_figures(app: &App) {
    use std::sync::atomic::Ordering;
    let (reads, writes) = app.db().waiting();
    metrics_gauge("database_queue", "reads", reads);
    metrics_gauge("database_queue", "writes", writes);
    let stats = app.db().stats();
    portal::observe::set_counter("database_commits_total", stats.commits.load(Ordering::Relaxed));
    portal::observe::set_counter("database_writes_total", stats.writes.load(Ordering::Relaxed));
    portal::observe::set_gauge("password_queue", &[], app.passwords().waiting() as f64);
    let ways = app.gateways();
    let files = ways.objects.iter().map(|files| ("files", files.health()));
    let antivirus = ways.antivirus.iter().map(|scanner| ("antivirus", scanner.health()));
    for (gateway, health) in files.chain(antivirus) {
        let up = if health.can_send() { 1.0 } else { 0.0 };
        portal::observe::set_gauge("gateway_up", &[("gateway", gateway)], up);
    }
}

fn metrics_gauge(name: &'static str, queue: &'static str, value: usize) {
    portal::observe::set_gauge(name, &[("queue", queue)], value as f64);
}

fn announce(app: &App, address: std::net::SocketAddr) {
    let config = app.config();
    let engine = match app.db().engine() {
        store::Engine::Sqlite => "sqlite",
        store::Engine::Postgres => "postgres",
    };
    let ways = app.gateways();
    tracing::info!(
        %address,
        public_url = config.server.public_url,
        engine,
        demo = config.demo,
        sms = ways.sms.is_some(),
        voice = ways.voice.is_some(),
        mail = ways.mail.is_some(),
        version = env!("CARGO_PKG_VERSION"),
        "the portal is ready"
    );
    if ways.sms.is_none() && ways.mail.is_none() {
        tracing::warn!("neither SMS nor e-mail is configured: nobody can register or recover a password");
    }
}

/// Demonstration mode begins with a few accounts (spec 09: «demonstration data present»).
async fn seed_demonstration(app: App) {
    const ACCOUNTS: u32 = 10;
    let ctx = app.job_ctx();
    let level = kernel::Level::Simplified;
    match portal::admin::seed::seed(app.config(), app.db(), app.passwords(), &ctx, ACCOUNTS, level).await {
        Ok(Ok(done)) => tracing::info!(
            accounts = done.accounts,
            created = done.created,
            "demonstration accounts are there"
        ),
        Ok(Err(_)) => {}
        Err(error) => tracing::error!(error = %error, "demonstration accounts cannot be made"),
    }
}
