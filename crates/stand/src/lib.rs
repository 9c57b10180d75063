//! The outside world played, for development and tests: every system a portal talks to, over its real protocol,
//! with a page and a JSON API to read what arrived and to switch faults.
//!
//! # What a demonstration must be configured with
//! All places follow from the main port (8090 by default), so `PRISTAN_STAND_URL=http://localhost:8090` is enough
//! to derive them:
//!
//! | system | place | credentials |
//! | --- | --- | --- |
//! | `sms_centre_a` | SMPP 3.4, main port + 1 | `system_id` `pristan_a`, `password` `demo-a` |
//! | `sms_centre_b` | SMPP 3.4, main port + 2 | `system_id` `pristan_b`, `password` `demo-b` |
//! | `mail` | SMTP, main port + 3; plain or STARTTLS | none, or `pristan` / `demo-mail` |
//! | `voice` | `POST {PRISTAN_STAND_URL}/voice/calls` | bearer token `demo-voice` |
//! | `pension`, `interior`, `tax` | `{PRISTAN_STAND_URL}/registers/{name}` | tokens signed with [`PORTAL_PRIVATE_KEY`], and webhooks signed with the key of [`REGISTER_PUBLIC_KEY`] |
//! | `registers_mtls` | `https://…:main port + 4/registers/{name}` | the certificate of `GET /api/tls/client.pem` |
//!
//! [`PORTAL_PRIVATE_KEY`]: systems::registers::PORTAL_PRIVATE_KEY
//! [`REGISTER_PUBLIC_KEY`]: systems::registers::REGISTER_PUBLIC_KEY
//!
//! The authority that signs the STARTTLS certificate is new at every start; `GET /api/tls/ca.pem` gives it out. A
//! demonstration on one machine uses `tls = "none"` for mail. Set `reconnect_max_millis = 2000` for both SMS centres,
//! so that an outage that is switched off is over at once.
//!
//! # JSON API
//! * `GET /api/messages?channel=sms|call|email|letter|push&to=…&after=ID&limit=N&wait_seconds=N`: newest first;
//!   `channel` may name several with commas, `to` is compared however it is written; with `wait_seconds` the answer
//!   comes when at least one message is wanted, or after that time empty.
//! * `GET /api/messages/{id}`, `DELETE /api/messages`.
//! * `GET /api/systems`, `GET /api/faults`, `PUT /api/faults/{system}` with
//!   `{"mode": "none|outage|delay|refuse|duplicate|garbage", "seconds": …, "share": …}` (see [`faults::Fault`]).
//! * `GET /api/people?outcome=match&limit=N&from=NUMBER&text=…`, `GET /api/people/{number}`, `POST /api/people` with any
//!   of the person's fields and an `outcome`, `POST /api/people/{number}/events` with
//!   `{"type": "document_invalid|death|name_change", "reason": …}`.
//! * `GET /api/registers`, `GET /api/registers/{name}/checks?limit=N`, `PUT /api/registers/portal` with
//!   `{"url": "http://localhost:8080"}`: where webhooks go.
//! * `GET /api/changes?since=VERSION&wait_seconds=N`: `{"version": N}`, for pages that follow.
//!
//! # Adding a system
//! A folder below `systems/` with a type that implements [`system::System`], and a line in [`systems::all`].

pub mod connection;
pub mod faults;
pub mod listen;
pub mod messages;
pub mod system;
pub mod systems;
pub mod tls;
mod web;

use faults::Faults;
use kernel::{Clock, RngSource, Span, SystemClock};
use messages::Messages;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use system::{Place, System, World};
use systems::registers::{RegisterTimes, Registers};
use tls::Certificates;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The stand's settings.
#[derive(Clone)]
pub struct StandConfig {
    /// Where the page and the API listen; systems take the next ports. Port 0 takes free ports, for tests.
    pub listen: SocketAddr,
    /// How long after a message its receipt comes.
    pub receipt_after: Span,
    /// More parts per second than this are refused with `ESME_RTHROTTLED` by each SMS centre; no limit when absent.
    pub sms_parts_per_second: Option<u32>,
    /// How the registers behave in time.
    pub registers: RegisterTimes,
    /// Where the registers send webhooks: the portal's address without a path; nowhere when absent.
    pub portal_url: Option<String>,
    /// The time zone of the page.
    pub zone: String,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub rng: RngSource,
}

impl Default for StandConfig {
    fn default() -> StandConfig {
        StandConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            receipt_after: Span::millis(700),
            sms_parts_per_second: None,
            registers: RegisterTimes::default(),
            portal_url: None,
            zone: "Europe/Moscow".to_owned(),
            clock: Arc::new(SystemClock),
            rng: RngSource::os(),
        }
    }
}

/// A running stand; everything ends when it is dropped.
pub struct Stand {
    /// Where the page and the API listen.
    pub address: SocketAddr,
    /// The authority to trust for STARTTLS and HTTPS, as PEM.
    pub ca_pem: String,
    /// A certificate of that authority and its key, for mutual TLS, as PEM.
    pub client_pem: String,
    world: World,
    places: Vec<Running>,
    tasks: JoinSet<()>,
}

/// A system and where it listens.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) system: Arc<dyn System>,
    pub(crate) address: SocketAddr,
}

/// Starts the stand and returns once every port is open.
///
/// # Errors
/// When a port is taken or cannot be opened.
pub async fn run(config: StandConfig) -> io::Result<Stand> {
    let certificates = Certificates::make()?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let faults = Faults::new(config.clock.clone(), config.rng.clone());
    let world = World {
        messages: Messages::new(config.clock.clone()),
        registers: Registers::new(&config, faults.clone())?,
        faults,
        clock: config.clock.clone(),
        rng: config.rng.clone(),
        config: Arc::new(config),
    };
    let mut tasks = JoinSet::new();
    let mut places = Vec::new();
    for system in systems::all(&certificates) {
        let address = match system.place() {
            Place::Path(_) => address,
            Place::Port(offset) => {
                let port =
                    if world.config.listen.port() == 0 { 0 } else { address.port().saturating_add(offset) };
                let listener = TcpListener::bind(SocketAddr::new(address.ip(), port)).await?;
                let address = listener.local_addr()?;
                let (system, world) = (system.clone(), world.clone());
                tasks.spawn(async move { system.serve(world, listener).await });
                address
            }
        };
        places.push(Running { system, address });
    }
    tasks.spawn(world.registers.clone().deliver());
    let app = web::app(&world, &places, &certificates);
    // The page itself has no faults: "web" names no system.
    let (open, served) = (world.clone(), app);
    tasks.spawn(async move {
        listen::accept(open, "web", listener, move |stream, _| connection::serve(served.clone(), stream))
            .await
    });
    tracing::info!(%address, "the stand is open");
    Ok(Stand {
        address,
        ca_pem: certificates.ca_pem,
        client_pem: certificates.client_pem,
        world,
        places,
        tasks,
    })
}

impl Stand {
    /// The address of the page and the API, such as `http://127.0.0.1:8090`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where a system listens.
    pub fn address_of(&self, system: &str) -> Option<SocketAddr> {
        self.places.iter().find(|place| place.system.name() == system).map(|place| place.address)
    }

    /// What arrived; the same that the API shows.
    pub fn messages(&self) -> &Messages {
        &self.world.messages
    }

    /// The switches; the same that the API sets.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// The registers and their people; the same that the API shows.
    pub fn registers(&self) -> &Registers {
        &self.world.registers
    }

    /// Closes every port and waits until all is over.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}
