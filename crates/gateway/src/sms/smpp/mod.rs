//! SMPP 3.4 over TCP or TLS: one bound transceiver a gateway, our own session loop over the `rusmpp` codec.
//!
//! * [`text`] chooses the coding and cuts long texts, [`udh`] joins the parts again on the phone;
//! * `session` is one bound connection, `link` keeps one alive;
//! * `ledger` makes repeats harmless and turns the receipts of parts into one of the message;
//! * `pace` is the token bucket; the window is a semaphore.
//!
//! [`text`], [`udh`], [`receipt`] and [`pdu`] do no I/O and are public for fuzzing.

mod config;
mod ledger;
mod link;
mod pace;
pub mod pdu;
pub mod receipt;
mod session;
mod status;
pub mod text;
pub mod udh;

pub use config::SmppConfig;

use crate::sms::{OutgoingSms, Receipt, SmsGateway};
use crate::{ConfigProblem, Health, SendOutcome, tls};
use async_trait::async_trait;
use kernel::Rng;
use ledger::{Claim, Ledger};
use pace::Pace;
use session::{Answer, Submission};
use status::Verdict;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// The first pause after `ESME_RTHROTTLED`; doubles with each repeat.
const THROTTLE_PAUSE: Duration = Duration::from_millis(100);

/// How long a failed submission counts as a sign that the centre is not well; an accepted one ends it at once.
const TROUBLE_LASTS: Duration = Duration::from_secs(60);

/// One SMPP connection to one SMS centre.
pub struct SmppGateway {
    shared: Arc<Shared>,
    submissions: mpsc::Sender<Submission>,
    stop: watch::Sender<bool>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

/// What the senders and the connection's task both use.
struct Shared {
    name: String,
    config: SmppConfig,
    ledger: Mutex<Ledger>,
    link: Mutex<LinkState>,
    pace: Pace,
    window: Semaphore,
    queued: AtomicUsize,
    receipts: mpsc::Sender<Receipt>,
    rng: Mutex<Rng>,
    trouble: Mutex<Option<(Instant, String)>>,
}

#[derive(Clone)]
enum LinkState {
    Bound,
    Away(String),
}

impl Shared {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> LinkState {
        self.link.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_link(&self, state: LinkState) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn set_link_if_bound_away(&self, reason: &str) {
        if matches!(self.link(), LinkState::Bound) {
            self.set_link(LinkState::Away(reason.to_owned()));
        }
    }

    fn draw(&self, bound: u64) -> u64 {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).below(bound)
    }

    /// Half to all of a pause, so that many instances do not come back at the same moment.
    fn jittered(&self, pause: Duration) -> Duration {
        let half = pause / 2;
        half + Duration::from_micros(self.draw(half.as_micros().min(u128::from(u64::MAX)) as u64 + 1))
    }

    /// Remembers whether the last submission went well.
    fn note(&self, outcome: &Result<(), SendOutcome>) {
        let trouble = match outcome {
            Ok(()) => None,
            Err(SendOutcome::Temporary { reason }) => Some((Instant::now(), reason.clone())),
            Err(_) => return, // a refused recipient says nothing about the centre
        };
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble
            .as_ref()
            .filter(|(since, _)| since.elapsed() < TROUBLE_LASTS)
            .map(|(_, reason)| reason.clone())
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.config.response_timeout_seconds.into())
    }
}

impl SmppGateway {
    /// Starts the connection's task; must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The first problem of the configuration, or a certificate file that cannot be read.
    pub fn start(
        name: &str,
        config: SmppConfig,
        receipts: mpsc::Sender<Receipt>,
        rng: Rng,
    ) -> Result<SmppGateway, ConfigProblem> {
        if let Some(problem) = config.problems().into_iter().next() {
            return Err(problem);
        }
        let tls = match config.tls {
            true => Some(tls::connector(config.tls_ca_file.as_deref())?),
            false => None,
        };
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            ledger: Mutex::default(),
            link: Mutex::new(LinkState::Away("not connected yet".to_owned())),
            pace: Pace::new(config.parts_per_second),
            window: Semaphore::new(config.window as usize),
            queued: AtomicUsize::new(0),
            receipts,
            rng: Mutex::new(rng),
            trouble: Mutex::default(),
            config,
        });
        let (submissions, reader) = mpsc::channel(shared.config.window as usize);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(link::run(shared.clone(), tls, reader, stopped));
        Ok(SmppGateway { shared, submissions, stop, task: tokio::sync::Mutex::new(Some(task)) })
    }

    /// Waits for answers under way, says goodbye to the centre and closes the connection.
    pub async fn shutdown(&self) {
        let _ = self.stop.send(true);
        if let Some(task) = self.task.lock().await.take() {
            let _ = task.await;
        }
    }

    /// Submits one part until it is settled, slowing down when the centre asks for it.
    async fn send_part(&self, message: (&str, usize), part: &pdu::Part<'_>) -> Result<(), SendOutcome> {
        let shared = &self.shared;
        let mut throttled = 0;
        loop {
            match self.submit_once(message, part).await? {
                Answer::Accepted => return Ok(()),
                Answer::Unreadable => {
                    return Err(SendOutcome::temporary("the answer made no sense; outcome unknown"));
                }
                Answer::Refused(number) => match status::verdict(number) {
                    Verdict::Permanent => return Err(SendOutcome::permanent(status::name(number))),
                    Verdict::Temporary => return Err(SendOutcome::temporary(status::name(number))),
                    Verdict::Throttled => {
                        shared.pace.slow_down();
                        if throttled >= shared.config.throttle_retries {
                            return Err(SendOutcome::temporary(status::name(number)));
                        }
                        let pause = THROTTLE_PAUSE * 2u32.saturating_pow(throttled).min(64);
                        throttled += 1;
                        tokio::time::sleep(shared.jittered(pause)).await;
                    }
                },
            }
        }
    }

    async fn submit_once(&self, message: (&str, usize), part: &pdu::Part<'_>) -> Result<Answer, SendOutcome> {
        let shared = &self.shared;
        self.check_link()?;
        let place = timeout(shared.patience(), shared.window.acquire()).await;
        let Ok(Ok(_place)) = place else {
            return Err(SendOutcome::temporary("the window stayed full"));
        };
        shared.pace.take().await;
        self.check_link()?;
        let (answer, answered) = oneshot::channel();
        let submission = Submission {
            message: (message.0.to_owned(), message.1),
            pdu: pdu::submit(&shared.config, part),
            answer,
        };
        if self.submissions.send(submission).await.is_err() {
            return Err(SendOutcome::temporary("the gateway is closed"));
        }
        match timeout(shared.patience(), answered).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(SendOutcome::temporary("connection lost before the answer; outcome unknown")),
            Err(_) => Err(SendOutcome::temporary("no answer in time; outcome unknown")),
        }
    }

    fn check_link(&self) -> Result<(), SendOutcome> {
        match self.shared.link() {
            LinkState::Bound => Ok(()),
            LinkState::Away(reason) => Err(SendOutcome::temporary(format!("not connected: {reason}"))),
        }
    }

    fn accepted(&self, remote_id: String) -> SendOutcome {
        SendOutcome::Accepted { gateway: self.shared.name.clone(), remote_id }
    }

    async fn send_claimed(
        &self,
        message: &OutgoingSms,
        to: &str,
        parts: &text::Parts,
        claim: Claim,
    ) -> SendOutcome {
        let (reference, missing) = match claim {
            Claim::Done(remote_id) => return self.accepted(remote_id),
            Claim::Busy => return SendOutcome::temporary("the same message is being sent"),
            Claim::Send { reference, missing } => (reference, missing),
        };
        let _release = Release { shared: &self.shared, id: &message.id };
        let total = parts.parts.len() as u8;
        for index in missing {
            let part = pdu::Part {
                to,
                coding: parts.coding,
                octets: &parts.parts[index],
                joined: (total > 1).then_some((reference, total, index as u8 + 1)),
                valid_for: message.valid_for,
            };
            let sent = self.send_part((&message.id, index), &part).await;
            self.shared.note(&sent);
            if let Err(outcome) = sent {
                return outcome;
            }
        }
        let remote_id = self.shared.ledger().remote_id(&message.id);
        self.accepted(remote_id.unwrap_or_default())
    }
}

#[async_trait]
impl SmsGateway for SmppGateway {
    fn name(&self) -> &str {
        &self.shared.name
    }

    async fn send(&self, message: &OutgoingSms) -> SendOutcome {
        let Some(to) = digits(&message.to) else {
            return SendOutcome::permanent("the recipient is not a number in E.164");
        };
        let parts = match text::split(&message.text, self.shared.config.max_parts.into()) {
            Ok(parts) => parts,
            Err(too_long) => {
                return SendOutcome::permanent(format!("the text needs {} parts", too_long.parts));
            }
        };
        let queued = Queued::enter(&self.shared.queued);
        if queued.place > self.shared.config.queue as usize {
            return SendOutcome::temporary("the queue is full");
        }
        let fresh = self.shared.draw(256) as u8;
        let claim = self.shared.ledger().claim(&message.id, parts.parts.len(), fresh);
        self.send_claimed(message, to, &parts, claim).await
    }

    fn health(&self) -> Health {
        match (self.shared.link(), self.shared.trouble()) {
            (LinkState::Away(reason), _) => Health::Down { reason },
            (LinkState::Bound, Some(reason)) => Health::Degraded { reason },
            (LinkState::Bound, None) if self.shared.pace.is_slowed() => {
                Health::Degraded { reason: "the centre asks to slow down".to_owned() }
            }
            (LinkState::Bound, None) => Health::Up,
        }
    }
}

impl Drop for SmppGateway {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Gives a claimed message back, also when the sender was cancelled.
struct Release<'a> {
    shared: &'a Shared,
    id: &'a str,
}

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.shared.ledger().release(self.id);
    }
}

/// Counts a waiting message in and, however it ends, out.
struct Queued<'a> {
    count: &'a AtomicUsize,
    place: usize,
}

impl Queued<'_> {
    fn enter(count: &AtomicUsize) -> Queued<'_> {
        Queued { count, place: count.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The digits of an E.164 number: a plus and 7 to 15 digits.
fn digits(number: &str) -> Option<&str> {
    let digits = number.strip_prefix('+')?;
    ((7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}
