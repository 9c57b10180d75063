//! Browsers that asked for notifications (RFC 8030, 8291, 8292).
//!
//! Invariants: address and keys of a browser are sealed under the account's key and found by a keyed hash; one browser
//! belongs to one account, the one that asked last; a push tells which kind of message came and nothing of the person;
//! a browser that the push service does not know any more is forgotten at once, and so is one whose session was ended
//! by somebody (not by time).

use super::{Body, write};
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::keys::Purpose;
use ::store::{Tx, params};
use gateway::SendOutcome;
use gateway::push::{OutgoingPush, Pushed, Subscription};
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;

kernel::id_kinds! {
    /// A browser that asked for notifications.
    BrowserKind = "psh";
}

/// A browser's identifier.
pub type BrowserId = Id<BrowserKind>;

/// What is sealed of a browser.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    subscription: Subscription,
    agent: String,
}

/// A browser in its owner's list.
pub struct Listed {
    /// Its identifier.
    pub id: BrowserId,
    /// Browser and system.
    pub agent: String,
    /// Since when.
    pub since: Time,
    /// When it last got a message.
    pub used_at: Option<Time>,
}

/// What became of the wish to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// The browser is told from now on.
    Done(BrowserId),
    /// It was told before.
    Already,
    /// So many browsers are told already.
    Full,
}

fn hash(ctx: &Ctx, endpoint: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"push endpoint", endpoint.as_bytes()])
}

/// Lets a browser be told, up to `most` of an account.
///
/// # Errors
/// The storage is away.
pub fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    session: &str,
    subscription: &Subscription,
    most: i64,
) -> Result<Added> {
    let hash = hash(ctx, subscription.endpoint());
    let key = accounts::data_key(tx, ctx, account)?;
    let kept = Kept { subscription: subscription.clone(), agent: ctx.agent.clone() };
    let sealed = key.seal("push.details", &serde_json::to_vec(&kept)?, &mut ctx.rng());
    let known = tx.exec(
        "UPDATE push_subscription SET session_id = $1, details = $2 WHERE endpoint_hash = $3 AND account_id = $4",
        params![session, &sealed, &hash, account],
    )?;
    if known > 0 {
        return Ok(Added::Already);
    }
    let count: i64 =
        tx.one("SELECT COUNT(*) FROM push_subscription WHERE account_id = $1", params![account], |row| {
            row.get(0)
        })?;
    if count >= most {
        return Ok(Added::Full);
    }
    // A browser in which somebody else signs in tells its former owner nothing more.
    tx.exec("DELETE FROM push_subscription WHERE endpoint_hash = $1", params![&hash])?;
    let id = BrowserId::new(ctx.now, &mut ctx.rng());
    tx.exec(
        "INSERT INTO push_subscription (id, account_id, session_id, endpoint_hash, details, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![&id, account, session, &hash, &sealed, ctx.now],
    )?;
    Ok(Added::Done(id))
}

/// Lets a browser be told no more; `false` when it is not this account's.
///
/// # Errors
/// The storage is away.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, id: &BrowserId) -> Result<bool> {
    let removed =
        tx.exec("DELETE FROM push_subscription WHERE id = $1 AND account_id = $2", params![id, account])?;
    Ok(removed > 0)
}

/// The browsers of an account, newest first.
///
/// # Errors
/// The storage is away or a row was tampered with.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Listed>> {
    let rows = tx.all(
        "SELECT id, details, created_at, used_at FROM push_subscription WHERE account_id = $1
         ORDER BY created_at DESC, id DESC",
        params![account],
        |row| {
            Ok((
                row.get::<BrowserId>(0)?,
                row.get::<Vec<u8>>(1)?,
                row.get::<Time>(2)?,
                row.get::<Option<Time>>(3)?,
            ))
        },
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = accounts::data_key(tx, ctx, account)?;
    rows.into_iter()
        .map(|(id, sealed, since, used_at)| {
            let kept: Kept = serde_json::from_slice(&key.open("push.details", &sealed)?)?;
            Ok(Listed { id, agent: kept.agent, since, used_at })
        })
        .collect()
}

/// The browsers that are told, by identifier.
///
/// # Errors
/// The storage is away.
pub fn targets(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<String>> {
    Ok(tx.all(
        "SELECT p.id FROM push_subscription p LEFT JOIN session s ON s.id = p.session_id
         WHERE p.account_id = $1 AND (s.ended_at IS NULL OR s.ended_why = 'replaced') ORDER BY p.created_at",
        params![account],
        |row| row.get(0),
    )?)
}

/// The message for a browser: what it shows, in the account's language.
pub fn body(ctx: &Ctx, words: &write::Words<'_>, browser: &str) -> Body {
    let lang = words.lang;
    let shown = json!({
        "title": ctx.place.brand.name(lang),
        "body": ctx.place.templates.format(lang, "notifications-push-body", &[("subject", words.subject(ctx).into())]),
        "lang": lang.tag(),
    });
    let (to, text) = (browser.to_owned(), shown.to_string());
    Body { to, lang, subject: String::new(), text, digits: String::new(), html: None }
}

/// Hands a push to its push service.
pub(super) async fn send(
    app: &App,
    id: String,
    account: Option<AccountId>,
    body: Body,
    expires_at: Time,
) -> Result<SendOutcome> {
    let (Some(push), Some(account)) = (app.gateways().push.clone(), account) else {
        return Ok(SendOutcome::permanent("no such gateway is configured"));
    };
    let Some(browser) = BrowserId::parse(&body.to) else { return Ok(SendOutcome::permanent("no browser")) };
    let (ctx, asked) = (app.job_ctx(), browser.clone());
    let found = app.read(move |tx| subscription(tx, &ctx, &account, &asked)).await?;
    let Some(subscription) = found else { return Ok(SendOutcome::permanent("the browser is told no more")) };
    let valid_for = expires_at - app.clock().now();
    let outgoing = OutgoingPush { id, subscription, payload: body.text.into_bytes(), valid_for };
    let (gateway, now) = (push.name().to_owned(), app.clock().now());
    Ok(match push.push(&outgoing).await {
        Pushed::Accepted { remote_id } => {
            app.write(move |tx| {
                tx.exec("UPDATE push_subscription SET used_at = $1 WHERE id = $2", params![now, &browser])?;
                Ok(())
            })
            .await?;
            SendOutcome::Accepted { gateway, remote_id }
        }
        Pushed::Gone => {
            app.write(move |tx| {
                tx.exec("DELETE FROM push_subscription WHERE id = $1", params![&browser])?;
                Ok(())
            })
            .await?;
            SendOutcome::permanent("the browser is gone")
        }
        Pushed::Temporary { reason } => SendOutcome::temporary(reason),
        Pushed::Permanent { reason } => SendOutcome::permanent(reason),
    })
}

fn subscription(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &BrowserId,
) -> Result<Option<Subscription>> {
    if !targets(tx, account)?.iter().any(|target| target == id.as_str()) {
        return Ok(None);
    }
    let sealed: Vec<u8> =
        tx.one("SELECT details FROM push_subscription WHERE id = $1", params![id], |row| row.get(0))?;
    let key = accounts::data_key(tx, ctx, account)?;
    let kept: Kept = serde_json::from_slice(&key.open("push.details", &sealed)?)?;
    Ok(Some(kept.subscription))
}

/// Forgets browsers whose session was ended by somebody before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM push_subscription WHERE id IN (
           SELECT p.id FROM push_subscription p JOIN session s ON s.id = p.session_id
           WHERE s.ended_at < $1 AND s.ended_why <> 'replaced' LIMIT $2)",
        params![before, batch],
    )?)
}
