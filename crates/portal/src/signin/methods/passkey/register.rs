//! A new key.

use super::challenge::{self, Ceremony, Standing};
use super::store::{self, Row, Sealed};
use super::{Created, Own, rules};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, Bound, Codes, FactorId, Kind, New};
use crate::sessions::Session;
use ::store::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

/// What making a key led to.
pub enum Registering {
    /// It is bound; the recovery codes made with the first factor, to be shown once.
    Done(FactorId, Option<Codes>),
    /// This key is bound already, or its challenge was answered before.
    Already,
    /// The account has as many keys as it may.
    TooMany,
    /// The page stood open for too long.
    Expired,
    /// Anything else: a word for logs.
    Refused(&'static str),
}

/// Binds the key that the browser made on the page of this session; `user` is the handle from that page.
///
/// # Errors
/// The storage is away.
pub fn register(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    session: &Session,
    user: &str,
    name: &str,
    created: &Created,
) -> Result<Registering> {
    let Ok(challenge) = webauthn::challenge_of(&created.client_data) else {
        return Ok(Registering::Refused("client data"));
    };
    let live = match challenge::standing(ctx, Ceremony::Register(session.id.as_str(), user), &challenge) {
        Standing::Live(live) => live,
        Standing::Expired => return Ok(Registering::Expired),
        Standing::Foreign => return Ok(Registering::Refused("challenge")),
    };
    let own = Own::of(&ctx.place);
    let new = match webauthn::register(own.site(), &challenge, &created.client_data, &created.attestation) {
        Ok(new) => new,
        Err(refusal) => return Ok(Registering::Refused(refusal.word())),
    };
    let keys = store::list(tx, ctx, &session.account)?;
    if i64::try_from(keys.len()).unwrap_or(i64::MAX) >= config.passkeys.most {
        return Ok(Registering::TooMany);
    }
    if !challenge::spend(tx, &live)? || !store::make_room(tx, &new.id)? {
        return Ok(Registering::Already);
    }
    let plain = crate::web::texts::text(ctx.lang, "signin-passkey-plain-name");
    let name = if name.is_empty() { rules::suggested(&new.model, &ctx.agent, plain) } else { name };
    let factor = New { kind: Kind::Passkey, name, secret: None, contact: None, unique: &new.id, step: 0 };
    let (id, codes) = match factors::bind(tx, ctx, config, &session.account, Some(&session.id), &factor)? {
        Bound::Done(id, codes) => (id, codes),
        Bound::Already => return Ok(Registering::Already),
    };
    let sealed = Sealed {
        id: new.id,
        key: new.key,
        user: B64.decode(user).unwrap_or_default(),
        transports: created.transports.iter().map(|word| (*word).to_owned()).collect(),
        model: new.model.to_vec(),
    };
    let row = Row {
        factor: id.clone(),
        account: session.account.clone(),
        sealed,
        counter: new.facts.counter.into(),
        portable: new.facts.portable,
        backed_up: new.facts.backed_up,
        verifies: new.facts.verified,
        suspect_at: None,
    };
    store::insert(tx, ctx, &row)?;
    Ok(Registering::Done(id, codes))
}
