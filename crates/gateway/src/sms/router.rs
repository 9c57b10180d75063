//! Several gateways as one: shared out by weight, with automatic fail-over.
//!
//! A message goes to a gateway drawn by weight. A temporary failure sends it on to the next one at once,
//! because a code that comes late is worth nothing; when the first gateway's answer was lost, the person may
//! in rare cases get the same text twice. A permanent refusal is final. A gateway whose error rate is high
//! gets a smaller share by itself; one that fails several times in a row is left alone for a while and then
//! probed with one message (circuit breaker).

use super::smpp::SmppGateway;
use super::standing::Standing;
use super::{OutgoingSms, Receipt, Receipts, SmsConfig, SmsGateway};
use crate::{ConfigProblem, Health, SendOutcome, breaker};
use async_trait::async_trait;
use kernel::{Clock, Rng, RngSource, Span, Time};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// How many receipts wait for the portal before the gateways are made to wait (SMPP then answers later).
const RECEIPTS_WAITING: usize = 4096;

/// The `[sms.router]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouterConfig {
    /// How many gateways are tried for one message.
    pub attempts: u32,
    /// A share of failures above this many percent lowers a gateway's weight.
    pub error_percent: u32,
    /// How far back failures count, in seconds.
    pub error_window_seconds: u32,
    /// How many outcomes are needed before the share of failures means something.
    pub error_samples: u32,
    /// What remains of the weight then, in percent.
    pub lowered_to_percent: u32,
    /// This many failures in a row open the circuit breaker.
    pub breaker_failures: u32,
    /// The first pause of an open breaker before a probe, in seconds; doubles after each failed probe.
    pub breaker_pause_seconds: u32,
    /// The longest such pause, in seconds.
    pub breaker_pause_max_seconds: u32,
    /// A probe without a result is given up after this many seconds.
    pub probe_limit_seconds: u32,
}

impl RouterConfig {
    /// The defaults as a constant.
    pub const DEFAULT: RouterConfig = RouterConfig {
        attempts: 2,
        error_percent: 30,
        error_window_seconds: 120,
        error_samples: 10,
        lowered_to_percent: 10,
        breaker_failures: 5,
        breaker_pause_seconds: 10,
        breaker_pause_max_seconds: 300,
        probe_limit_seconds: 60,
    };

    /// Every problem of these values, paths below `[sms.router]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let mut range = |value: u32, low: u32, high: u32, path: &str| {
            if !(low..=high).contains(&value) {
                found.push(ConfigProblem::new(path, format!("expected {low} to {high}")));
            }
        };
        range(self.attempts, 1, 10, "attempts");
        range(self.error_percent, 1, 100, "error_percent");
        range(self.error_window_seconds, 1, 86_400, "error_window_seconds");
        range(self.error_samples, 1, 200, "error_samples");
        range(self.lowered_to_percent, 1, 100, "lowered_to_percent");
        range(self.breaker_failures, 1, 1000, "breaker_failures");
        range(self.breaker_pause_seconds, 1, 86_400, "breaker_pause_seconds");
        range(
            self.breaker_pause_max_seconds,
            self.breaker_pause_seconds.max(1),
            86_400,
            "breaker_pause_max_seconds",
        );
        range(self.probe_limit_seconds, 1, 3600, "probe_limit_seconds");
        found
    }

    pub(super) fn breaker(&self) -> breaker::Rules {
        breaker::Rules {
            failures: self.breaker_failures,
            first_pause: Span::seconds(self.breaker_pause_seconds.into()),
            longest_pause: Span::seconds(self.breaker_pause_max_seconds.into()),
            probe_limit: Span::seconds(self.probe_limit_seconds.into()),
        }
    }

    pub(super) fn remembered_for(&self) -> Span {
        Span::seconds(self.error_window_seconds.into())
    }
}

impl Default for RouterConfig {
    fn default() -> RouterConfig {
        RouterConfig::DEFAULT
    }
}

/// One line of the operator's view of the gateways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GatewayStatus {
    /// The configured name.
    pub name: String,
    /// The configured weight.
    pub weight: u32,
    /// The weight with which it takes part now.
    pub effective_weight: u32,
    /// Whether the circuit breaker keeps messages away from it.
    pub breaker_open: bool,
    /// What the gateway says of itself.
    pub health: Health,
}

/// Shares messages out among gateways; is itself an [`SmsGateway`].
pub struct SmsRouter {
    routes: Vec<Route>,
    rules: RouterConfig,
    clock: Arc<dyn Clock>,
    rng: Mutex<Rng>,
    connections: Vec<Arc<SmppGateway>>,
}

struct Route {
    gateway: Arc<dyn SmsGateway>,
    weight: u32,
    standing: Mutex<Standing>,
}

impl Route {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SmsRouter {
    /// Opens every configured gateway; their receipts all arrive at the returned end.
    /// Must be called inside a tokio runtime. Connections are made in the background.
    ///
    /// # Errors
    /// Every problem of the configuration, and certificate files that cannot be read.
    pub fn start(
        config: &SmsConfig,
        clock: Arc<dyn Clock>,
        rng: &RngSource,
    ) -> Result<(SmsRouter, Receipts), Vec<ConfigProblem>> {
        let mut problems = config.problems();
        let (receipts, reader) = mpsc::channel::<Receipt>(RECEIPTS_WAITING);
        let mut gateways: Vec<(Arc<dyn SmsGateway>, u32)> = Vec::new();
        let mut connections = Vec::new();
        if problems.is_empty() {
            for (name, smpp) in &config.smpp {
                match SmppGateway::start(name, smpp.clone(), receipts.clone(), rng.fork()) {
                    Ok(gateway) => {
                        let gateway = Arc::new(gateway);
                        connections.push(gateway.clone());
                        gateways.push((gateway, smpp.weight));
                    }
                    Err(problem) => problems.push(problem.below(&format!("smpp.{name}"))),
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut router = SmsRouter::new(gateways, config.router.clone(), clock, rng.fork());
        router.connections = connections;
        Ok((router, reader))
    }

    /// A router over gateways that exist already, each with its weight.
    pub fn new(
        gateways: Vec<(Arc<dyn SmsGateway>, u32)>,
        rules: RouterConfig,
        clock: Arc<dyn Clock>,
        rng: Rng,
    ) -> SmsRouter {
        let routes = gateways
            .into_iter()
            .map(|(gateway, weight)| Route { gateway, weight, standing: Mutex::default() })
            .collect();
        SmsRouter { routes, rules, clock, rng: Mutex::new(rng), connections: Vec::new() }
    }

    /// Says goodbye to every centre and closes the connections; waits for answers that are under way.
    pub async fn shutdown(&self) {
        for connection in &self.connections {
            connection.shutdown().await;
        }
    }

    /// Draws the next gateway by weight among those not tried yet. Gateways that can send come first, then
    /// reserves (weight 0), and as a last resort anything untried, so that an outage that is over is noticed.
    fn draw(&self, tried: &[usize], now: Time) -> Option<usize> {
        let untried = || (0..self.routes.len()).filter(|index| !tried.contains(index));
        let ready = |index: &usize| {
            self.routes[*index].standing().admits(now) && self.routes[*index].gateway.health().can_send()
        };
        let weights: Vec<(usize, u32)> = untried()
            .filter(ready)
            .map(|index| {
                let route = &self.routes[index];
                (index, route.standing().effective_weight(route.weight, now, &self.rules))
            })
            .collect();
        let total: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if total == 0 {
            return weights.first().map(|(index, _)| *index).or_else(|| untried().next());
        }
        let mut drawn = self.rng.lock().unwrap_or_else(PoisonError::into_inner).below(total);
        for (index, weight) in weights {
            if drawn < u64::from(weight) {
                return Some(index);
            }
            drawn -= u64::from(weight);
        }
        None
    }
}

#[async_trait]
impl SmsGateway for SmsRouter {
    fn name(&self) -> &str {
        "router"
    }

    async fn send(&self, message: &OutgoingSms) -> SendOutcome {
        let mut tried = Vec::new();
        let mut reasons = Vec::new();
        while tried.len() < self.rules.attempts as usize {
            let now = self.clock.now();
            let Some(index) = self.draw(&tried, now) else { break };
            tried.push(index);
            let route = &self.routes[index];
            route.standing().begin(now, &self.rules);
            let outcome = route.gateway.send(message).await;
            // A refusal of this recipient or text says nothing against the gateway.
            let good = !matches!(outcome, SendOutcome::Temporary { .. });
            route.standing().end(self.clock.now(), good, &self.rules);
            match outcome {
                SendOutcome::Temporary { reason } => {
                    reasons.push(format!("{}: {reason}", route.gateway.name()))
                }
                settled => return settled,
            }
        }
        if reasons.is_empty() {
            return SendOutcome::temporary("no SMS gateway is configured");
        }
        SendOutcome::temporary(reasons.join("; "))
    }

    fn status(&self) -> Vec<GatewayStatus> {
        let now = self.clock.now();
        self.routes
            .iter()
            .map(|route| {
                let mut standing = route.standing();
                GatewayStatus {
                    name: route.gateway.name().to_owned(),
                    weight: route.weight,
                    effective_weight: standing.effective_weight(route.weight, now, &self.rules),
                    breaker_open: standing.is_open(),
                    health: route.gateway.health(),
                }
            })
            .collect()
    }

    fn health(&self) -> Health {
        let all = self.routes.len();
        let (mut well, mut able) = (0, 0);
        for route in &self.routes {
            let (health, open) = (route.gateway.health(), route.standing().is_open());
            well += usize::from(health == Health::Up && !open);
            able += usize::from(health.can_send() && !open);
        }
        match (well, able) {
            _ if all == 0 => Health::Down { reason: "no SMS gateway is configured".to_owned() },
            (_, 0) => Health::Down { reason: "no SMS gateway can send".to_owned() },
            (well, _) if well == all => Health::Up,
            (well, _) => Health::Degraded { reason: format!("{well} of {all} SMS gateways are well") },
        }
    }
}
