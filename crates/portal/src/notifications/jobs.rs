//! Sending queued messages, and taking receipts.

use super::store::{self, State};
use super::{Channel, MessageKind, Notice, NoticeId, delivery, push, spend};
use crate::accounts::AccountId;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome};
use gateway::mail::OutgoingMail;
use gateway::sms::{DeliveryState, OutgoingSms, Receipt};
use gateway::voice::OutgoingCall;
use gateway::{SendOutcome, sms::Receipts};
use kernel::{Id, Span, Time};
use serde_json::json;
use std::collections::VecDeque;

/// The kind of the jobs that send.
pub const SEND: &str = "message.send";

/// Enqueues the sending of a message; its id is the key, so a message is sent by one job only.
pub(super) fn enqueue_send(tx: &mut Tx<'_>, ctx: &Ctx, id: &Id<MessageKind>, channel: Channel) -> Result<()> {
    let payload = json!({ "message": id.as_str(), "channel": channel.word() });
    let job = NewJob { kind: SEND, key: Some(id.as_str()), payload, run_at: ctx.now, max_attempts: 40 };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// Hands a message to its gateway.
pub struct Send(pub App);

#[async_trait::async_trait]
impl Handler for Send {
    async fn run(&self, job: &Job) -> Outcome {
        let id = job.payload.get("message").and_then(|id| id.as_str()).and_then(Id::<MessageKind>::parse);
        let Some(id) = id else { return Outcome::fail("no message id") };
        match self.send(&id, job.attempts).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(message.id = %id, %error, "a message could not be read or written");
                Outcome::retry("storage")
            }
        }
    }
}

impl Send {
    async fn send(&self, id: &Id<MessageKind>, attempts: u32) -> Result<Outcome> {
        let (ctx, asked) = (self.0.job_ctx(), id.clone());
        let now = ctx.now;
        // Sent already, or ended: the job came twice.
        let Some(waiting) = self.0.read(move |tx| store::waiting(tx, &ctx, &asked)).await? else {
            return Ok(Outcome::Done);
        };
        let ending = Ending::new(id, &waiting);
        if waiting.expires_at <= now {
            let reason = "too late to be of use";
            return self.end(ending, State::Expired, reason, now).await.map(|()| Outcome::Done);
        }
        if attempts <= 1 {
            match self.spend(&waiting).await? {
                spend::Spend::Fine => {}
                spend::Spend::Later(at) => return Ok(Outcome::RetryAt(at)),
                spend::Spend::Refused(reason) => {
                    return self.end(ending, State::Failed, reason, now).await.map(|()| Outcome::Done);
                }
            }
        }
        let outcome = self.hand_over(id, waiting).await?;
        let now = self.0.clock().now();
        match outcome {
            SendOutcome::Accepted { gateway, remote_id } => {
                self.sent(ending, gateway, remote_id, now).await?;
                Ok(Outcome::Done)
            }
            SendOutcome::Permanent { reason } => {
                self.end(ending, State::Failed, &reason, now).await?;
                Ok(Outcome::fail(reason))
            }
            SendOutcome::Temporary { reason }
                if i64::from(attempts) >= self.0.config().notifications.attempts =>
            {
                self.end(ending, State::Failed, &reason, now).await?;
                Ok(Outcome::fail(reason))
            }
            SendOutcome::Temporary { reason } => Ok(Outcome::retry(reason)),
        }
    }

    /// Takes a paid message of a notice from the allowances; codes were taken from them when they were asked for.
    async fn spend(&self, waiting: &store::Waiting) -> Result<spend::Spend> {
        let paid = matches!(waiting.channel, Channel::Sms | Channel::Call);
        let Some(account) = waiting.account.clone().filter(|_| paid && waiting.notice.is_some()) else {
            return Ok(spend::Spend::Fine);
        };
        let (ctx, config) = (self.0.job_ctx(), self.0.config_arc());
        let (to, group) = (waiting.body.to.clone(), Notice::from_word(&waiting.kind).map(Notice::group));
        self.0.write(move |tx| spend::take(tx, &ctx, &config, &account, &to, group)).await
    }

    /// Calls the gateway, outside any transaction.
    async fn hand_over(&self, id: &Id<MessageKind>, waiting: store::Waiting) -> Result<SendOutcome> {
        let gateways = self.0.gateways();
        let (id, body) = (id.to_string(), waiting.body);
        let away = || SendOutcome::permanent("no such gateway is configured");
        Ok(match waiting.channel {
            Channel::Push => push::send(&self.0, id, waiting.account, body, waiting.expires_at).await?,
            Channel::Sms => match &gateways.sms {
                Some(sms) => {
                    let valid_for = waiting.expires_at - self.0.clock().now();
                    sms.send(&OutgoingSms { id, to: body.to, text: body.text, valid_for }).await
                }
                None => away(),
            },
            Channel::Call => match &gateways.voice {
                Some(voice) => {
                    let call = OutgoingCall {
                        id,
                        to: body.to,
                        lang: body.lang,
                        text: body.text,
                        digits: body.digits,
                    };
                    voice.call(&call).await
                }
                None => away(),
            },
            Channel::Email => match &gateways.mail {
                Some(mail) => {
                    let (subject, text, html, lang) = (body.subject, body.text, body.html, body.lang);
                    mail.send(&OutgoingMail { id, to: body.to, subject, text, html, lang }).await
                }
                None => away(),
            },
        })
    }

    /// The gateway took it; a text message of a notice is looked at again when its receipt should be there.
    async fn sent(&self, ending: Ending, gateway: String, remote_id: String, now: Time) -> Result<()> {
        let ctx = self.0.job_ctx();
        let wait = Span::seconds(self.0.config().notifications.receipt_wait_seconds);
        let account = ending.account.clone();
        self.0
            .write(move |tx| {
                store::mark_sent(tx, &ending.id, &gateway, &remote_id, now)?;
                match &ending.notice {
                    // What is about safety believes that a text arrived until it is told otherwise.
                    Some(notice) if ending.channel == Channel::Sms && ending.waits_for_receipt => {
                        delivery::look(tx, &ctx, notice, &format!("{}/receipt", ending.id), now + wait)
                    }
                    _ => Ok(()),
                }
            })
            .await?;
        self.poke(account);
        Ok(())
    }

    async fn end(&self, ending: Ending, state: State, reason: &str, now: Time) -> Result<()> {
        metrics::counter!("messages_ended_total", "state" => state.word()).increment(1);
        let (ctx, reason, account) = (self.0.job_ctx(), reason.to_owned(), ending.account.clone());
        self.0
            .write(move |tx| {
                store::mark_ended(tx, &ending.id, state, &reason, now)?;
                match &ending.notice {
                    Some(notice) => delivery::look(tx, &ctx, notice, &format!("{}/end", ending.id), now),
                    None => Ok(()),
                }
            })
            .await?;
        self.poke(account);
        Ok(())
    }

    fn poke(&self, account: Option<AccountId>) {
        if let Some(account) = account {
            self.0.streams().poke(&account);
        }
    }
}

/// What is needed to write down what became of a message.
struct Ending {
    id: Id<MessageKind>,
    channel: Channel,
    account: Option<AccountId>,
    notice: Option<NoticeId>,
    waits_for_receipt: bool,
}

impl Ending {
    fn new(id: &Id<MessageKind>, waiting: &store::Waiting) -> Ending {
        let (account, notice) = (waiting.account.clone(), waiting.notice.clone());
        let waits_for_receipt = Notice::from_word(&waiting.kind).is_some_and(|kind| kind.group().is_free());
        Ending { id: id.clone(), channel: waiting.channel, account, notice, waits_for_receipt }
    }
}

/// Receipts that wait for their message to be written down as sent; more are let go, the oldest first.
const EARLY: usize = 1_000;
/// How often such a receipt is tried again, once a second.
const EARLY_TRIES: u8 = 10;

/// Writes down receipts until the gateways close; one that comes twice changes nothing.
///
/// A receipt may overtake the answer of its own message: it is tried again while the message is still being
/// written down as sent.
pub async fn take_receipts(app: App, mut receipts: Receipts) {
    let mut early: VecDeque<(Receipt, u8)> = VecDeque::new();
    let mut again = tokio::time::interval(std::time::Duration::from_secs(1));
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            receipt = receipts.recv() => match receipt {
                Some(receipt) if receipt.state.is_final() => {
                    if !taken(&app, &receipt).await {
                        early.push_back((receipt, EARLY_TRIES));
                    }
                }
                Some(_) => {}
                None => return,
            },
            _ = again.tick(), if !early.is_empty() => {
                for (receipt, tries) in std::mem::take(&mut early) {
                    if !taken(&app, &receipt).await && tries > 1 {
                        early.push_back((receipt, tries - 1));
                    }
                }
            }
        }
        while early.len() > EARLY {
            early.pop_front();
        }
    }
}

/// Whether the receipt found its message.
async fn taken(app: &App, receipt: &Receipt) -> bool {
    match take(app, receipt.clone()).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "a receipt could not be written down");
            false
        }
    }
}

async fn take(app: &App, receipt: Receipt) -> Result<bool> {
    let (state, reason) = match receipt.state {
        DeliveryState::Delivered => (State::Delivered, String::new()),
        DeliveryState::Failed { reason } => (State::Failed, reason),
        DeliveryState::Expired => (State::Expired, "the gateway gave up".into()),
        DeliveryState::Unknown | DeliveryState::Buffered => return Ok(true),
    };
    let (ctx, now) = (app.job_ctx(), app.clock().now());
    let (gateway, remote_id) = (receipt.gateway, receipt.remote_id);
    let found = app
        .write(move |tx| {
            let found = store::mark_receipt(tx, (&gateway, &remote_id), state, &reason, now)?;
            if let Some(store::Receipted { id, notice: Some(notice), .. }) = &found
                && state != State::Delivered
            {
                delivery::look(tx, &ctx, notice, &format!("{id}/end"), now)?;
            }
            Ok(found)
        })
        .await?;
    if let Some(found) = &found {
        metrics::counter!("sms_receipts_total", "state" => state.word()).increment(1);
        if let Some(account) = &found.account {
            app.streams().poke(account);
        }
    }
    Ok(found.is_some())
}
