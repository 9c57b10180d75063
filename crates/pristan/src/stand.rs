//! `pristan stand`: the outside world played, for demonstrations and tests.

use anyhow::Context as _;
use portal::config::{Log, LogFormat, Traces};
use std::net::SocketAddr;

#[derive(clap::Args)]
pub struct StandOptions {
    /// Where the page and the JSON API listen; the other systems take the ports after it.
    #[arg(long, env = "PRISTAN_STAND_LISTEN", default_value = "127.0.0.1:8090", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Where the portal answers: the played registers send their webhooks there.
    #[arg(
        long,
        env = "PRISTAN_STAND_PORTAL_URL",
        default_value = "http://localhost:8080",
        value_name = "URL"
    )]
    pub portal_url: String,
}

/// Runs until a signal asks to stop.
pub fn run(options: &StandOptions) -> anyhow::Result<()> {
    let runtime = crate::parts::runtime(2)?;
    let lines = Log { format: LogFormat::Text, ..Log::default() };
    let _logs = portal::observe::start_logs(&lines, &Traces::default()).context("logs cannot be started")?;
    let portal_url = Some(options.portal_url.trim_end_matches('/').to_owned());
    let settings = stand::StandConfig { listen: options.listen, portal_url, ..Default::default() };
    runtime.block_on(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("signals")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
        let stand = stand::run(settings)
            .await
            .with_context(|| format!("the stand cannot listen on {}", options.listen))?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stand.stop().await;
        Ok(())
    })
}
