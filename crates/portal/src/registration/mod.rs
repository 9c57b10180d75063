//! Registering a simplified account (spec 01 §1): data → contacts → password → done.
//!
//! Invariants: a draft lives sealed for a day and blocks no contact; the visitor's screen never tells that a contact
//! is taken before its owner has proved to hold it; the account, its consents and its first session are made in one
//! transaction that only one of many equal forms can win; a form that is sent again does nothing twice.

mod link;
mod rules;
mod settings;
mod store;
pub mod web;

pub use link::{Link, follow_link, look_at_link};
pub use rules::{Draft, DraftContact, Proof, Step, Typed, read};
pub use settings::Settings;
pub use store::sweep;

use crate::accounts::{self, AccountId, ContactType, NewAccount, Standing};
use crate::audit::{self, Chain, Event};
use crate::codes::{self, Purpose, Sending, Verdict, Wish};
use crate::contacts::{self, Claim};
use crate::ctx::{Actor, Ctx};
use crate::devices;
use crate::error::Result;
use crate::factors;
use crate::notifications::Channel;
use crate::sessions;
use crate::web::legal::Document;
use crate::{config::Config, limits};
use ::store::{Tx, keys::Purpose as KeyPurpose};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Time};

kernel::id_kinds! {
    /// An unfinished registration.
    RegistrationKind = "reg";
}

/// A draft's identifier.
pub type RegistrationId = Id<RegistrationKind>;

/// A draft as the pages see it.
pub enum State {
    /// None, or its day is over.
    None,
    /// Under way.
    Open(RegistrationId, Box<Draft>),
    /// Finished: the account exists.
    Done(AccountId),
}

/// Finds the draft of a cookie.
///
/// # Errors
/// The storage is away.
pub fn state(tx: &mut Tx<'_>, ctx: &Ctx, token: Option<&str>) -> Result<State> {
    let Some(token) = token else { return Ok(State::None) };
    Ok(match store::find(tx, ctx, token)? {
        Some(store::Found { account: Some(account), .. }) => State::Done(account),
        Some(store::Found { id, draft: Some(draft), .. }) => State::Open(id, Box::new(draft)),
        _ => State::None,
    })
}

/// What sending the first page led to.
pub enum Submitted {
    /// The draft is kept; a code may be on its way. A new cookie when the draft is new.
    Kept {
        /// The cookie's value for a new draft.
        token: Option<String>,
        /// What became of the code.
        sending: Option<Sending>,
    },
    /// Too many registrations from this address: not before this moment.
    Wait(Time),
}

/// The first page as it came.
pub struct Submission<'a> {
    /// The draft's cookie, when the browser has one.
    pub token: Option<&'a str>,
    /// The number of the drawn page: the same page sent twice, before the browser had its cookie, makes one draft.
    pub form: &'a str,
    /// What was typed.
    pub draft: &'a Draft,
    /// Whether a solved challenge came with it.
    pub challenge_passed: bool,
}

/// Keeps the first page and sends the first code.
///
/// # Errors
/// The storage is away.
pub fn submit(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, came: &Submission<'_>) -> Result<Submitted> {
    let Submission { token, form, draft, challenge_passed } = *came;
    let of_form = store::token_of_form(ctx, form);
    let mut found = (state(tx, ctx, token)?, None);
    if !matches!(found.0, State::Open(..)) && of_form.is_some() {
        found = (state(tx, ctx, of_form.as_deref())?, of_form.clone());
    }
    let (id, draft, token) = match found {
        (State::Open(id, old), given) => (id.clone(), rewrite(tx, ctx, &id, &old, draft)?, given),
        (State::None | State::Done(_), _) => {
            let address = limits::caller(ctx);
            if !config.limits.exempt(ctx.address)
                && let limits::Taken::Wait { until } =
                    limits::take(tx, ctx, "registrations", &address, config.limits.registrations_per_address)?
            {
                return Ok(Submitted::Wait(until));
            }
            begin(tx, ctx, config, of_form, draft)?
        }
    };
    let sending = match draft.step() {
        Step::Confirm(kind) => {
            Some(send(tx, ctx, config, &id, &draft, kind, codes::first_channel(kind), challenge_passed)?)
        }
        _ => None,
    };
    Ok(Submitted::Kept { token, sending })
}

/// A new draft with its cookie; where an equal form was first in this very moment, its draft.
fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    of_form: Option<String>,
    draft: &Draft,
) -> Result<(RegistrationId, Draft, Option<String>)> {
    if let Some(token) = of_form {
        if let Some(id) = store::insert(tx, ctx, &config.registration, draft, &token)? {
            return Ok((id, draft.clone(), Some(token)));
        }
        if let State::Open(id, old) = state(tx, ctx, Some(&token))? {
            return Ok((id.clone(), rewrite(tx, ctx, &id, &old, draft)?, Some(token)));
        }
        // The form's draft has become an account or is over: the person begins another one.
    }
    let token = store::new_token(ctx);
    let id = store::insert(tx, ctx, &config.registration, draft, &token)?;
    let id = id.ok_or_else(|| crate::error::Error::Bug("a fresh token was taken".into()))?;
    Ok((id, draft.clone(), Some(token)))
}

/// Typed again: contacts that stay the same keep their proof.
fn rewrite(tx: &mut Tx<'_>, ctx: &Ctx, id: &RegistrationId, old: &Draft, draft: &Draft) -> Result<Draft> {
    let draft = draft.clone().merge(Some(old));
    store::update(tx, ctx, id, &draft)?;
    Ok(draft)
}

/// Sends a code to a contact of the draft.
///
/// # Errors
/// The storage is away.
#[allow(clippy::too_many_arguments)] // one place, plain values
pub fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    draft: &Draft,
    kind: ContactType,
    channel: Channel,
    challenge_passed: bool,
) -> Result<Sending> {
    let Some(contact) = draft.contact(kind) else { return Ok(Sending::Sent) };
    let taken = match rules::login(kind, &contact.value) {
        Some(login) => accounts::standing(tx, ctx, &login)? != Standing::Free,
        None => false,
    };
    let wish = Wish {
        purpose: Purpose::Register,
        subject: &subject(ctx, id, kind, &contact.value),
        channel,
        to: &contact.value,
        taken,
        decoy: false,
        challenge_passed,
        link_base: Some(format!("{}/register/link/", ctx.place.public_url)),
    };
    codes::send(tx, ctx, &config.codes, &config.limits, &wish)
}

/// Checks a typed code; a right one moves the draft on.
///
/// # Errors
/// The storage is away.
pub fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    draft: &Draft,
    kind: ContactType,
    typed: &str,
) -> Result<Verdict> {
    let Some(contact) = draft.contact(kind) else { return Ok(Verdict::None) };
    let subject = subject(ctx, id, kind, &contact.value);
    let verdict = codes::verify(tx, ctx, &config.codes, &config.limits, Purpose::Register, &subject, typed)?;
    if verdict == Verdict::Right {
        proved(tx, ctx, config, id, draft, kind)?;
    }
    Ok(verdict)
}

/// The person holds the contact: free ones are confirmed, taken ones ask for a decision. The next code goes out.
fn proved(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    draft: &Draft,
    kind: ContactType,
) -> Result<()> {
    let mut draft = draft.clone();
    let login = draft.contact(kind).and_then(|contact| rules::login(kind, &contact.value));
    let standing = login.map_or(Ok(Standing::Free), |login| accounts::standing(tx, ctx, &login))?;
    let free = standing == Standing::Free;
    if let Standing::Owned(owner) | Standing::Reserved { account: owner, .. } = &standing {
        // Only now: before the proof, knowing a number would be enough to write into its owner's journal.
        audit::record(tx, ctx, Chain::Account(owner.as_str()), &Event::RegistrationAttempted)?;
    }
    draft.prove(kind, if free { Proof::Confirmed } else { Proof::Taken });
    store::update(tx, ctx, id, &draft)?;
    send_next(tx, ctx, config, id, &draft)
}

/// Sends the code of the contact whose turn it is now.
fn send_next(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, id: &RegistrationId, draft: &Draft) -> Result<()> {
    if let Step::Confirm(kind) = draft.step() {
        send(tx, ctx, config, id, draft, kind, codes::first_channel(kind), false)?;
    }
    Ok(())
}

/// Leaves a contact for later; `false` when it is the only one.
///
/// # Errors
/// The storage is away.
pub fn leave(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    draft: &Draft,
    kind: ContactType,
) -> Result<bool> {
    if !draft.may_leave(kind) {
        return Ok(false);
    }
    let mut draft = draft.clone();
    draft.prove(kind, Proof::Later);
    store::update(tx, ctx, id, &draft)?;
    send_next(tx, ctx, config, id, &draft)?;
    Ok(true)
}

/// The person says that a taken phone number is theirs now (spec 01 §1.2). E-mail addresses are not handed over.
///
/// # Errors
/// The storage is away.
pub fn claim(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    draft: &Draft,
) -> Result<bool> {
    if draft.step() != Step::Taken(ContactType::Phone) {
        return Ok(false);
    }
    match taken_claim(tx, ctx, draft)? {
        Claim::Free | Claim::Moves => {}
        Claim::Reserved(_) => return Ok(false),
        Claim::Protected => {
            if let Some(login) =
                draft.phone.as_ref().and_then(|phone| rules::login(ContactType::Phone, &phone.value))
            {
                contacts::take_over(tx, ctx, &login, None)?;
            }
            return Ok(false);
        }
    }
    let mut draft = draft.clone();
    draft.prove(ContactType::Phone, Proof::Claimed);
    store::update(tx, ctx, id, &draft)?;
    send_next(tx, ctx, config, id, &draft)?;
    Ok(true)
}

/// What claiming the taken phone of a draft would lead to.
///
/// # Errors
/// The storage is away.
pub fn taken_claim(tx: &mut Tx<'_>, ctx: &Ctx, draft: &Draft) -> Result<Claim> {
    match draft.phone.as_ref().and_then(|phone| rules::login(ContactType::Phone, &phone.value)) {
        Some(login) => contacts::claim_of(tx, ctx, &login, None),
        None => Ok(Claim::Free),
    }
}

/// What the last step led to.
pub enum Finished {
    /// The account is open and this browser is signed in.
    Opened(AccountId, sessions::Token),
    /// An equal form was first: the account exists, the password decides who is asking.
    Already(AccountId),
    /// A contact was taken by somebody meanwhile, or is not confirmed any more: back to its step.
    NotReady,
}

/// Opens the account: person, contacts, consents, first session, in one transaction.
///
/// # Errors
/// The storage is away.
pub fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RegistrationId,
    password_hash: &str,
) -> Result<Finished> {
    store::lock(tx, id)?;
    let draft = match store::find_by_id(tx, ctx, id)? {
        Some(store::Found { account: Some(account), .. }) => return Ok(Finished::Already(account)),
        Some(store::Found { draft: Some(draft), .. }) if draft.step() == Step::Password => draft,
        _ => return Ok(Finished::NotReady),
    };
    let mut contacts = Vec::new();
    for (login, proof) in draft.logins() {
        let comes = match proof {
            Proof::Claimed => {
                matches!(contacts::take_over(tx, ctx, &login, None)?, Claim::Free | Claim::Moves)
            }
            _ => accounts::standing(tx, ctx, &login)? == Standing::Free,
        };
        if !comes {
            return_to_taken(tx, ctx, id, &draft, &login.value)?;
            return Ok(Finished::NotReady);
        }
        contacts.push(login);
    }
    let new = NewAccount {
        person: draft.person.clone(),
        contacts,
        password_hash: password_hash.into(),
        lang: ctx.lang,
    };
    let account = accounts::create(tx, ctx, &new)?;
    let (terms, data) = &draft.consent_versions;
    for (document, version) in [(Document::Terms, terms), (Document::Data, data)] {
        let slug = document.slug();
        accounts::give_consent(tx, ctx, &account, slug, version, draft.consent_at, &draft.consent_address)?;
    }
    if !store::finish(tx, id, &account)? {
        return Err(crate::error::Error::Bug("a registration was finished twice".into()));
    }
    let owner = ctx.clone().acting_as(Actor::Account(account.to_string()));
    let contacts = new.contacts.iter().map(|login| login.kind.to_owned()).collect();
    audit::record(tx, &owner, Chain::Account(account.as_str()), &Event::AccountOpened { contacts })?;
    let met = devices::meet(tx, ctx, &config.devices, &account)?;
    let methods = if factors::required(tx, ctx, config, &account)? { "pwd bind" } else { "pwd" };
    let token = sessions::begin(tx, ctx, &config.sessions, &account, methods, false)?.on_device(met.new);
    metrics::counter!("registrations_total").increment(1);
    Ok(Finished::Opened(account, token))
}

fn return_to_taken(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: &RegistrationId,
    draft: &Draft,
    value: &str,
) -> Result<()> {
    let mut draft = draft.clone();
    let kinds: Vec<ContactType> =
        draft.contacts().filter(|(_, contact)| contact.value == value).map(|(kind, _)| kind).collect();
    for kind in kinds {
        draft.prove(kind, Proof::Taken);
    }
    store::update(tx, ctx, id, &draft)
}

/// Throws the draft away at the visitor's wish.
///
/// # Errors
/// The storage is away.
pub fn discard(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    store::discard(tx, token)
}

/// Where the codes of a contact belong: to the draft and to this very value.
pub fn subject(ctx: &Ctx, id: &RegistrationId, kind: ContactType, value: &str) -> String {
    let mark =
        ctx.keys.mac(KeyPurpose::Token, &[b"registration contact", id.as_str().as_bytes(), value.as_bytes()]);
    format!("{id}/{}/{}", kind.word(), B64.encode(&mark[..9]))
}
