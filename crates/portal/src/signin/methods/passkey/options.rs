//! What a page tells the browser to ask for: the options of `create()` and `get()`, as JSON that our script reads.

use super::challenge::{self, Ceremony};
use super::store::Row;
use super::{Own, Settings};
use crate::ctx::{Ctx, Place};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Value, json};

/// Whether browsers do WebAuthn at this public address at all: not at a bare IP address.
pub fn is_possible(place: &Place) -> bool {
    Own::of(place).id.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_err()
}

/// Options of `get()`. Without keys the browser offers whatever passkeys it has for this site.
pub(super) fn get(ctx: &Ctx, settings: &Settings, ceremony: Ceremony<'_>, keys: &[Row]) -> Value {
    let alone = ceremony == Ceremony::SignIn;
    json!({
        "challenge": challenge::make(ctx, settings, ceremony),
        "rpId": Own::of(&ctx.place).id,
        "timeout": settings.challenge_seconds * 1_000,
        "userVerification": if alone { "required" } else { "preferred" },
        "allowCredentials": keys.iter().map(named).collect::<Vec<_>>(),
    })
}

/// How a page names a person to their authenticator.
pub(super) struct Named<'a> {
    pub user: &'a str,
    pub name: &'a str,
    pub display_name: &'a str,
}

/// Options of `create()`: keys that are there already are not made again.
pub(super) fn create(
    ctx: &Ctx,
    settings: &Settings,
    session: &str,
    person: &Named<'_>,
    keys: &[Row],
) -> Value {
    let algorithms: Vec<Value> =
        webauthn::ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
    json!({
        "challenge": challenge::make(ctx, settings, Ceremony::Register(session, person.user)),
        "rp": { "id": Own::of(&ctx.place).id, "name": ctx.place.brand.name(ctx.lang) },
        "user": { "id": person.user, "name": person.name, "displayName": person.display_name },
        "pubKeyCredParams": algorithms,
        "timeout": settings.challenge_seconds * 1_000,
        "attestation": "none",
        // Without a login one signs in by a key that knows whose it is; a plain security key is a second factor.
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "preferred" },
        "excludeCredentials": keys.iter().map(named).collect::<Vec<_>>(),
    })
}

fn named(row: &Row) -> Value {
    json!({ "type": "public-key", "id": B64.encode(&row.sealed.id), "transports": row.sealed.transports })
}

/// What the browser may forget: every key of ours but these is gone (WebAuthn §5.1.10).
pub(super) fn accepted(ctx: &Ctx, keys: &[Row]) -> Option<Value> {
    let user = B64.encode(&keys.first()?.sealed.user);
    let ids: Vec<String> = keys.iter().map(|row| B64.encode(&row.sealed.id)).collect();
    Some(json!({ "rpId": Own::of(&ctx.place).id, "userId": user, "allAcceptedCredentialIds": ids }))
}

/// The key that nobody has (WebAuthn §5.1.10): the browser stops offering it.
pub(super) fn unknown(ctx: &Ctx, id: &[u8]) -> Value {
    json!({ "rpId": Own::of(&ctx.place).id, "credentialId": B64.encode(id) })
}
