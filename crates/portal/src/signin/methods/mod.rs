//! Ways to give a second factor, one folder each. A new one is a folder with a [`Method`] and one line in [`ALL`].
//!
//! Invariants: [`check`] is the one function that compares and counts, whatever page asked; a try is counted before it
//! is compared; a kind that is not among the ways asked for is refused, so nobody chooses a weaker one than allowed;
//! wrong codes never touch the counters of the password, nor the other way round.

pub mod passkey;
mod recovery_codes;
mod sms;
mod totp;

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::codes::Sending;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, FactorId, Kind, Kinds};
use crate::limits::{self, Limit, Taken};
use crate::notifications::Channel;
use crate::web::form::Fields;
use crate::web::format;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Challenge, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use kernel::{Lang, Time};

/// The methods there are.
static ALL: [&(dyn Method + 'static); 4] =
    [&passkey::Passkey, &totp::Totp, &sms::Sms, &recovery_codes::RecoveryCodes];

/// The method of a kind.
pub fn of(kind: Kind) -> Option<&'static dyn Method> {
    ALL.into_iter().find(|method| method.kind() == kind)
}

/// The kinds for which there is a method in this portal.
pub fn offered() -> Kinds {
    ALL.iter().map(|method| method.kind()).collect()
}

/// What a factor is asked for. A code or challenge of one purpose is nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatFor {
    /// The second step of a sign-in.
    SignIn,
    /// A sensitive act of somebody who is signed in.
    StepUp,
    /// A recovery of access.
    Recover,
}

impl WhatFor {
    /// The word that codes and challenges are bound to.
    pub const fn word(self) -> &'static str {
        match self {
            WhatFor::SignIn => "sign-in",
            WhatFor::StepUp => "step-up",
            WhatFor::Recover => "recover",
        }
    }

    /// The words of the button that gives the factor.
    pub const fn submit_key(self) -> &'static str {
        match self {
            WhatFor::SignIn => "signin-second-submit",
            WhatFor::StepUp => "signin-confirm-submit",
            WhatFor::Recover => "signin-recover-submit",
        }
    }

    /// The page with the form.
    pub const fn page(self) -> &'static str {
        match self {
            WhatFor::SignIn => "/sign-in/second",
            WhatFor::StepUp => "/confirm",
            WhatFor::Recover => "/recover/second",
        }
    }

    /// The act that a method begins with: sending a code.
    pub const fn start(self) -> &'static str {
        match self {
            WhatFor::SignIn => "/sign-in/second/start",
            WhatFor::StepUp => "/confirm/start",
            WhatFor::Recover => "/recover/second/start",
        }
    }
}

/// Of whom a factor is asked, and what for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose factor.
    pub account: AccountId,
    /// What for.
    pub what_for: WhatFor,
    /// The half-done sign-in, session or recovery that codes and challenges are bound to.
    pub subject: String,
    /// The kinds that are accepted: bound, and not forbidden.
    pub ways: Kinds,
    /// Whether the account knows this device: its tries count apart from strangers'.
    pub known_device: bool,
}

/// The method's part of a page.
#[derive(Default)]
pub struct Screen {
    /// What to do, in a sentence.
    pub lead: Words,
    /// Fields of the form (and hidden ones).
    pub body: Words,
    /// The button; none when the method must be started first, or needs what this browser has not.
    pub submit: Option<Button>,
    /// Buttons of the form that posts to [`WhatFor::start`]: «Отправить снова».
    pub start: Vec<Button>,
    /// A word below: what else one can do, trouble with a channel.
    pub aside: Words,
}

/// What the page shows besides.
#[derive(Default)]
pub struct Shown {
    /// What was wrong with the last try.
    pub error: Option<String>,
    /// A challenge that stands before a text message.
    pub challenge: Option<Challenge>,
}

/// A wish to begin: only codes by message need it.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// By which way a code should go.
    pub channel: Channel,
    /// A solved challenge came with the wish.
    pub challenge_passed: bool,
}

/// What comparing led to.
pub enum Verdict {
    /// It is theirs, and it is spent.
    Right {
        /// Which factor.
        factor: Option<FactorId>,
        /// The words for the session (RFC 8176): `otp`, `sms`, `hwk user` …
        methods: &'static str,
    },
    /// It is not.
    Wrong {
        /// For the journal: `wrong`, `spent`, `expired` …
        reason: &'static str,
        /// For the person.
        words: String,
    },
}

/// A way to give a second factor.
#[async_trait::async_trait]
pub trait Method: Send + Sync {
    /// Its kind.
    fn kind(&self) -> Kind;

    /// The fields of its form.
    fn fields(&self) -> &'static [&'static str];

    /// Whether what was sent can be right at all; if not, the words for the field, and nothing is counted.
    ///
    /// # Errors
    /// The words.
    fn plausible(&self, lang: Lang, fields: &Fields) -> std::result::Result<(), String>;

    /// Begins: sends a code. A method that needs nothing sent leaves this as it is.
    ///
    /// # Errors
    /// The storage is away.
    fn start(&self, _: &mut Tx<'_>, _: &Ctx, _: &Config, _: &Asked, _: Start) -> Result<Sending> {
        Ok(Sending::Sent)
    }

    /// Compares and spends, in the transaction in which the try was counted; called by [`check`] only.
    ///
    /// # Errors
    /// The storage is away.
    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        config: &Config,
        asked: &Asked,
        fields: &Fields,
    ) -> Result<Verdict>;

    /// Its part of the page; changes nothing.
    ///
    /// # Errors
    /// The storage is away.
    async fn screen(&self, visit: &Visit, asked: &Asked, shown: &Shown) -> Result<Screen>;
}

/// What a try with a factor led to.
pub enum Checked {
    /// Given: the words for the session.
    Right {
        /// RFC 8176 words.
        methods: &'static str,
    },
    /// Not given; the words for the person. Counted when `counted`.
    Wrong {
        /// For the person.
        words: String,
        /// Whether it was a real try.
        counted: bool,
    },
    /// This kind is not asked for here.
    NotAsked,
}

/// Counts, compares and spends a factor. Every page that asks for one comes here, and nothing else compares.
///
/// # Errors
/// The storage is away: the act must not go on then.
pub fn check(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    asked: &Asked,
    kind: Kind,
    fields: &Fields,
) -> Result<Checked> {
    let Some(method) = of(kind).filter(|_| asked.ways.has(kind)) else { return Ok(Checked::NotAsked) };
    if let Err(words) = method.plausible(ctx.lang, fields) {
        return Ok(Checked::Wrong { words, counted: false });
    }
    if let Some(until) = waits(tx, ctx, config, asked, kind)? {
        return Ok(Checked::Wrong { words: wait_words(ctx.lang, until, ctx.now), counted: false });
    }
    match method.finish(tx, ctx, config, asked, fields)? {
        Verdict::Right { factor, methods } => {
            factors::forgive(tx, ctx, &asked.account, kind, asked.known_device)?;
            if let Some(factor) = factor {
                factors::used(tx, ctx, &factor)?;
            }
            metrics::counter!("second_factors_total", "kind" => kind.word(), "result" => "right")
                .increment(1);
            Ok(Checked::Right { methods })
        }
        Verdict::Wrong { reason, words } => {
            if !config.limits.exempt(ctx.address) {
                limits::take(tx, ctx, ADDRESS, &limits::caller(ctx), config.factors.tries_per_address)?;
            }
            let event = match asked.what_for {
                WhatFor::SignIn => {
                    Event::SignInFailed { method: kind.word().into(), reason: reason.to_owned() }
                }
                WhatFor::StepUp => Event::StepUpFailed { method: kind.word().into() },
                WhatFor::Recover => {
                    Event::RecoveryFailed { how: kind.word().into(), reason: reason.to_owned() }
                }
            };
            audit::record(tx, ctx, Chain::Account(asked.account.as_str()), &event)?;
            metrics::counter!("second_factors_total", "kind" => kind.word(), "result" => "wrong")
                .increment(1);
            Ok(Checked::Wrong { words, counted: true })
        }
    }
}

/// The limit of wrong second factors from one address.
const ADDRESS: &str = "second-address";
/// A limiter's trip stands in the journal once in so long.
const TRIP_TOLD: Limit = Limit::new(1, 900);

/// Counts the try; until when it must wait, when it must.
fn waits(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, asked: &Asked, kind: Kind) -> Result<Option<Time>> {
    let address = limits::caller(ctx);
    if !config.limits.exempt(ctx.address)
        && let Taken::Wait { until } =
            limits::peek(tx, ctx, ADDRESS, &address, config.factors.tries_per_address)?
    {
        return Ok(Some(until));
    }
    let wait = factors::admit(tx, ctx, &config.factors, &asked.account, kind, asked.known_device)?;
    if wait.is_some()
        && limits::take(tx, ctx, "second-wait-told", asked.account.as_str(), TRIP_TOLD)?.allowed()
    {
        let event = Event::LimitTripped { limit: format!("second-factor/{}", kind.word()) };
        audit::record(tx, ctx, Chain::Account(asked.account.as_str()), &event)?;
    }
    Ok(wait)
}

fn wait_words(lang: Lang, until: Time, now: Time) -> String {
    let left = format::clock((until - now).whole_seconds_up());
    texts::format(lang, "signin-second-wait", &[("time", Arg::from(left))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_method_at_most() {
        for (at, method) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.kind() != method.kind()));
            assert!(!method.fields().is_empty());
        }
    }
}
