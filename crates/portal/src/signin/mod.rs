//! Signing in (spec 01 §2): the password here, second factors in `methods/`, what is asked when in `rules.rs`.
//!
//! Invariants: one function counts every password try, whatever page it came from; known and unknown logins cost the
//! same reads, writes and hash and get the same answer; a lock is told to the owner, not to the stranger.

mod addresses;
pub mod door;
mod failed;
mod guard;
mod half;
pub mod methods;
pub mod qr;
pub mod rules;
pub(crate) mod second;
mod settings;
mod store;
mod turns;
pub mod web;

pub use half::sweep as sweep_halves;
pub use second::{asked_of_session, is_known_device};
pub use settings::Settings;
pub use store::sweep;
pub use turns::Turns;

use crate::accounts::{self, AccountId, Login};
use crate::app::App;
use crate::challenge;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::devices;
use crate::error::Result;
use crate::factors;
use crate::passwords::Check;
use crate::safety;
use crate::sessions;
use crate::web::challenge_field;
use ::store::{Tx, keys::Purpose};
use failed::failed;
use guard::Gate;
use kernel::{Secret, Span, Time};
use rules::Next;

/// What challenges of the sign-in form are for.
pub const CHALLENGE: &str = "sign-in";

/// A try to sign in.
pub struct Try {
    /// What was typed as login.
    pub login: String,
    /// The password.
    pub password: Secret<String>,
    /// Whether «Запомнить меня» was ticked.
    pub remember: bool,
    /// The answer to a challenge, when the form had one.
    pub answer: Option<challenge::Answer>,
    /// Where to go afterwards.
    pub back: String,
    /// The cookie of a trusted device, when there is one.
    pub trust: Option<String>,
}

/// What a try led to.
pub enum Outcome {
    /// Signed in.
    In(AccountId, sessions::Token),
    /// The password was right and a second factor is asked: the cookie of the half-done sign-in.
    Half(Secret<String>),
    /// The pair does not fit: one answer for all reasons. The next try needs a challenge when `challenge`.
    Wrong {
        /// Whether the next try needs a challenge.
        challenge: bool,
    },
    /// A challenge has to be solved first; the password was not compared.
    ChallengeNeeded(Option<challenge::Verdict>),
    /// Too many failures from this address or network: not before this moment.
    Wait(Time),
}

/// What was decided before the hash.
enum Admitted {
    /// Compare with this hash (none for nobody).
    Compare {
        account: Option<(AccountId, Option<String>)>,
        subject: [u8; 32],
        next_needs_challenge: bool,
        locked: bool,
        locks_now: bool,
    },
    /// Answer at once.
    Refuse(Outcome),
}

/// Signs in, or says why not. The costs are equal for known and unknown logins, open and locked accounts.
///
/// # Errors
/// The storage is away or the hashing queue is full.
pub async fn attempt(app: &App, ctx: &Ctx, attempt: Try) -> Result<Outcome> {
    let Try { login, password, remember, answer, back, trust } = attempt;
    let login =
        Login::parse(&login).unwrap_or_else(|| Login { kind: "none", value: String::new(), key: login });
    // Fewer at a time than the failures that ask for a challenge.
    let at_once = usize::try_from(app.config().sign_in.challenge_after).unwrap_or(1);
    let turn = ctx.keys.mac(Purpose::Token, &[b"turn", login.kind.as_bytes(), login.key.as_bytes()]);
    let _turn = app.turns().take(turn, at_once).await;
    // Before the try is counted: an overloaded portal locks nobody out.
    let place = app.passwords().reserve()?;
    let (tx_ctx, config) = (ctx.clone(), app.config_arc());
    let admitted = app.write(move |tx| admit(tx, &tx_ctx, &config, &login, answer.as_ref())).await?;
    let (account, subject, challenge, locked, locks_now) = match admitted {
        Admitted::Refuse(outcome) => return Ok(outcome),
        Admitted::Compare { account, subject, next_needs_challenge, locked, locks_now } => {
            (account, subject, next_needs_challenge, locked, locks_now)
        }
    };
    let stored = account.as_ref().and_then(|(_, hash)| hash.clone());
    let check = app.passwords().check_in(place, &password, stored.as_deref(), &mut ctx.rng()).await?;
    let (Check::Right { upgrade }, Some((account, _)), false) = (check, account.clone(), locked) else {
        metrics::counter!("sign_ins_total", "result" => "wrong").increment(1);
        let (tx_ctx, limits, owner) = (ctx.clone(), app.config().limits.clone(), account.map(|(id, _)| id));
        app.write(move |tx| failed(tx, &tx_ctx, &limits, owner.as_ref(), &subject, locks_now)).await?;
        return Ok(Outcome::Wrong { challenge });
    };
    let opening = Opening { account: account.clone(), subject, remember, back, trust };
    let mut begun = opening.begin(app, ctx, stored, upgrade).await?;
    if begun.is_none() {
        // Changed while it was compared, or only stored anew by a sign-in beside this one: the present form decides.
        let id = account.clone();
        let present = app.read(move |tx| accounts::password_hash(tx, &id)).await?;
        if let Check::Right { upgrade } =
            app.passwords().check(&password, present.as_deref(), &mut ctx.rng()).await?
        {
            begun = opening.begin(app, ctx, present, upgrade).await?;
        }
    }
    if matches!(begun, None | Some(Begun::Refused)) {
        let (tx_ctx, limits, owner) = (ctx.clone(), app.config().limits.clone(), account.clone());
        app.write(move |tx| failed::refused(tx, &tx_ctx, &limits, &owner, locks_now)).await?;
    }
    Ok(match begun {
        None | Some(Begun::Refused) => Outcome::Wrong { challenge },
        Some(Begun::Half(token)) => {
            metrics::counter!("sign_ins_total", "result" => "half").increment(1);
            Outcome::Half(token)
        }
        Some(Begun::In(token)) => {
            metrics::counter!("sign_ins_total", "result" => "in").increment(1);
            Outcome::In(account, token)
        }
    })
}

/// A session about to begin: the password was right a moment ago.
struct Opening {
    account: AccountId,
    subject: [u8; 32],
    remember: bool,
    back: String,
    trust: Option<String>,
}

/// What a right password led to.
enum Begun {
    In(sessions::Token),
    Half(Secret<String>),
    /// The owner forbade signing in by password.
    Refused,
}

impl Opening {
    /// Begins it and forgets the failures; `None` when the password is not stored as it was compared any more.
    async fn begin(
        &self,
        app: &App,
        ctx: &Ctx,
        compared: Option<String>,
        upgrade: Option<String>,
    ) -> Result<Option<Begun>> {
        let Some(compared) = compared else { return Ok(None) };
        let (tx_ctx, config) = (ctx.clone(), app.config_arc());
        let (id, subject, remember) = (self.account.clone(), self.subject, self.remember);
        let (back, trust) = (self.back.clone(), self.trust.clone());
        let begun = app.write(move |tx| {
            if !accounts::still_has_password(tx, &id, &compared)? {
                return Ok(None);
            }
            if let Some(new) = &upgrade {
                accounts::upgrade_password(tx, &id, &compared, new)?;
            }
            let state = second::state(tx, &tx_ctx, &config, &id, trust.as_deref())?;
            let next = rules::next(&state);
            // Bans of the owner are asked before anything is shown: a right password answers like a wrong one.
            let at_most = if next == Next::AskKey { "pwd hwk" } else { "pwd" };
            if let Some(ban) = safety::refusal(tx, &tx_ctx, &id, at_most)? {
                safety::note_refusal(tx, &tx_ctx, &id, "pwd", ban)?;
                return Ok(Some(Begun::Refused));
            }
            let methods = match next {
                Next::Refuse => return Ok(Some(Begun::Refused)),
                Next::AskAny | Next::AskKey => {
                    // The tries of the password are forgiven when the second factor is given too; only this right one
                    // is taken back, so that nobody locks himself out by leaving halfway.
                    store::uncount(tx, &subject)?;
                    let half = half::begin(tx, &tx_ctx, &config.factors, &id, remember, &back)?;
                    return Ok(Some(Begun::Half(half)));
                }
                Next::Bind => format!("pwd {}", factors::BIND_ONLY),
                Next::Enter("") => "pwd".to_owned(),
                Next::Enter(more) => format!("pwd {more}"),
            };
            let entry = door::Entry { account: &id, methods: &methods, remember };
            let door::Entered::In(token) = door::enter(tx, &tx_ctx, &config, &entry)? else {
                return Ok(Some(Begun::Refused));
            };
            store::clear(tx, &subject)?;
            Ok(Some(Begun::In(token)))
        });
        begun.await
    }
}

/// Counts the try and decides whether the password is compared at all.
fn admit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    login: &Login,
    answer: Option<&challenge::Answer>,
) -> Result<Admitted> {
    if let Some(until) = addresses::wait(tx, ctx, &config.limits)? {
        return Ok(Admitted::Refuse(Outcome::Wait(until)));
    }
    let account = accounts::account_by_login(tx, ctx, login)?;
    let subject = subject(tx, ctx, config, account.as_ref().map(|(id, _)| id), login)?;
    let mut guard = store::hold(tx, &subject, ctx.now)?.at(&config.sign_in, ctx.now);
    let gate = guard.gate(&config.sign_in, ctx.now);
    // A locked account asks for the challenge as well: what a stranger sees does not tell the two apart.
    if gate != Gate::Open {
        let verdict = challenge_field::judge(tx, ctx, CHALLENGE, answer)?;
        if verdict != Some(challenge::Verdict::Passed) {
            return Ok(Admitted::Refuse(Outcome::ChallengeNeeded(verdict)));
        }
    }
    let locked = gate == Gate::Locked;
    let locks_now = !locked && guard.count(&config.sign_in, ctx.now);
    store::keep(tx, &subject, &guard)?;
    let next_needs_challenge = guard.gate(&config.sign_in, ctx.now) != Gate::Open;
    Ok(Admitted::Compare { account, subject, next_needs_challenge, locked, locks_now })
}

/// Checks the password for a sensitive act: of somebody who is signed in (a device with a living session is known), or of
/// somebody who only says who they are. Counted like every other try.
///
/// # Errors
/// The storage is away or the hashing queue is full.
pub async fn confirm_password(
    app: &App,
    ctx: &Ctx,
    account: &AccountId,
    signed_in: bool,
    password: &Secret<String>,
) -> Result<Confirmed> {
    let place = app.passwords().reserve()?;
    let (tx_ctx, config, id) = (ctx.clone(), app.config_arc(), account.clone());
    let counted = app
        .write(move |tx| {
            let settings = &config.sign_in;
            if let (false, Some(until)) = (signed_in, addresses::wait(tx, &tx_ctx, &config.limits)?) {
                return Ok(Err(until));
            }
            let known = signed_in || devices::is_known(tx, &tx_ctx, &config.devices, &id)?;
            let subject = subject_of_account(&tx_ctx, &id, known);
            let mut guard = store::hold(tx, &subject, tx_ctx.now)?.at(settings, tx_ctx.now);
            if guard.gate(settings, tx_ctx.now) == Gate::Locked {
                return Ok(Err(guard.locked_until));
            }
            let locks_now = guard.count(settings, tx_ctx.now);
            store::keep(tx, &subject, &guard)?;
            Ok(Ok((accounts::password_hash(tx, &id)?, locks_now, subject)))
        })
        .await?;
    let (stored, locks_now, subject) = match counted {
        Err(until) => return Ok(Confirmed::Locked(until)),
        Ok(counted) => counted,
    };
    match app.passwords().check_in(place, password, stored.as_deref(), &mut ctx.rng()).await? {
        Check::Wrong => {
            let (tx_ctx, limits, id) = (ctx.clone(), app.config().limits.clone(), account.clone());
            app.write(move |tx| failed(tx, &tx_ctx, &limits, Some(&id), &[0; 32], locks_now)).await?;
            Ok(Confirmed::Wrong)
        }
        Check::Right { .. } => {
            app.write(move |tx| store::clear(tx, &subject)).await?;
            Ok(Confirmed::Right)
        }
    }
}

/// What checking the password for a sensitive act answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is theirs.
    Right,
    /// It is not.
    Wrong,
    /// Too many wrong ones: not before this moment.
    Locked(Time),
}

/// Ends a lock: the owner proved who they are by other means.
///
/// # Errors
/// The storage is away.
pub fn unlock(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    forgive(tx, ctx, account)
}

/// Whether the form for this login should show a challenge already (after a reload, in a second tab).
///
/// # Errors
/// The storage is away.
pub fn wants_challenge(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, login: &str) -> Result<bool> {
    let login = Login::parse(login).unwrap_or_else(|| Login {
        kind: "none",
        value: String::new(),
        key: login.into(),
    });
    let account = accounts::account_by_login(tx, ctx, &login)?;
    let subject = subject(tx, ctx, config, account.as_ref().map(|(id, _)| id), &login)?;
    let guard = store::peek(tx, &subject)?.at(&config.sign_in, ctx.now);
    Ok(guard.gate(&config.sign_in, ctx.now) != Gate::Open)
}

fn subject(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: Option<&AccountId>,
    login: &Login,
) -> Result<[u8; 32]> {
    Ok(match account {
        Some(account) => {
            let known = devices::is_known(tx, ctx, &config.devices, account)?;
            subject_of_account(ctx, account, known)
        }
        None => ctx.keys.mac(Purpose::Token, &[b"guard", login.kind.as_bytes(), login.key.as_bytes()]),
    })
}

/// The counters of an account's password. Devices that it knows count apart from all others, so that a stranger's
/// failures never lock the owner out on them (practice sheet §3).
fn subject_of_account(ctx: &Ctx, account: &AccountId, known: bool) -> [u8; 32] {
    let class: &[u8] = if known { b"known" } else { b"account" };
    ctx.keys.mac(Purpose::Token, &[b"guard", class, account.as_str().as_bytes()])
}

/// Forgets the counters of both classes of devices.
fn forgive(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    for known in [false, true] {
        store::clear(tx, &subject_of_account(ctx, account, known))?;
    }
    Ok(())
}

/// Until when the password sign-in of an account is locked, and how many wrong passwords are counted; for staff.
///
/// # Errors
/// The storage is away.
pub fn lock_of(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
) -> Result<(Option<Time>, i64)> {
    let (mut until, mut failures) = (None, 0);
    for known in [false, true] {
        let guard = store::peek(tx, &subject_of_account(ctx, account, known))?.at(settings, ctx.now);
        until = until.max((guard.gate(settings, ctx.now) == Gate::Locked).then_some(guard.locked_until));
        failures = failures.max(guard.failures);
    }
    Ok((until, failures))
}

/// How long a lock lasts at most, for retention.
pub fn longest(settings: &Settings) -> Span {
    Span::seconds(settings.lock_most_seconds.max(settings.forget_seconds))
}
