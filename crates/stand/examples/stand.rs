//! The stand alone: `cargo run -p stand --example stand -- 127.0.0.1:8090`.

use stand::{StandConfig, run};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut config = StandConfig::default();
    if let Some(listen) = std::env::args().nth(1) {
        config.listen = listen.parse().map_err(std::io::Error::other)?;
    }
    let stand = run(config).await?;
    println!("{}", stand.url());
    tokio::signal::ctrl_c().await
}
