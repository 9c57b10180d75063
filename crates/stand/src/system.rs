//! What a played system is, and what all of them share.

use crate::StandConfig;
use crate::faults::Faults;
use crate::messages::Messages;
use crate::systems::registers::Registers;
use async_trait::async_trait;
use axum::Router;
use kernel::{Clock, Lang, RngSource};
use std::sync::Arc;
use tokio::net::TcpListener;

/// What every system may use; cheap to clone.
#[derive(Clone)]
pub struct World {
    /// Where messages to people are put.
    pub messages: Messages,
    /// What is to go wrong.
    pub faults: Faults,
    /// What the registers share.
    pub registers: Registers,
    /// The stand's settings.
    pub config: Arc<StandConfig>,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub rng: RngSource,
}

/// Where a system listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a port of its own: the main port plus this.
    Port(u16),
    /// On the main port, below this path.
    Path(&'static str),
}

/// One system of the outside world. A new one is a folder below `systems/` and a line in [`crate::systems::all`].
#[async_trait]
pub trait System: Send + Sync {
    /// The name in addresses, such as `sms_centre_a`.
    fn name(&self) -> &'static str;

    /// The name on the page.
    fn title(&self, lang: Lang) -> &'static str;

    /// The protocol it speaks, such as `SMPP 3.4`.
    fn protocol(&self) -> &'static str;

    /// Where it listens.
    fn place(&self) -> Place;

    /// Its addresses on the main port.
    fn routes(&self, _world: &World) -> Router {
        Router::new()
    }

    /// Serves a port of its own until it is dropped.
    async fn serve(&self, _world: World, _listener: TcpListener) {}
}
