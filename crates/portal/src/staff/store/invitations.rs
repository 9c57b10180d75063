//! Rows of `staff_invitation`.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::staff::{Invitation, InvitationId, Role, StaffId};
use kernel::{Rng, Time};
use store::{Tx, params};

/// An invitation to be written.
pub struct NewInvitation<'a> {
    pub id: &'a InvitationId,
    pub token_hash: [u8; 32],
    pub role: Role,
    pub email: Option<&'a str>,
    pub by: Option<&'a StaffId>,
    pub expires_at: Time,
}

pub fn insert_invitation(tx: &mut Tx<'_>, ctx: &Ctx, rng: &mut Rng, new: &NewInvitation<'_>) -> Result<()> {
    let sealed = new.email.map(|email| {
        let (key, wrapped) = ctx.keys.new_subject_key(rng);
        (wrapped, key.seal("staff_invitation.email", email.as_bytes(), rng))
    });
    tx.exec(
        "INSERT INTO staff_invitation (id, token_hash, role, data_key, email, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.id,
            &new.token_hash,
            new.role.word(),
            sealed.as_ref().map(|(wrapped, _)| wrapped.clone()),
            sealed.as_ref().map(|(_, email)| email.clone()),
            new.by.map(|by| by.as_str()),
            ctx.now,
            new.expires_at
        ],
    )?;
    Ok(())
}

fn role(word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| Error::Bug(format!("role «{word}»")))
}

pub fn invitation(tx: &mut Tx<'_>, token_hash: &[u8; 32], now: Time) -> Result<Option<Invitation>> {
    let found = tx.opt(
        "SELECT id, role, expires_at FROM staff_invitation
         WHERE token_hash = $1 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $2",
        params![token_hash, now],
        |row| Ok((row.get::<InvitationId>(0)?, row.get::<String>(1)?, row.get::<Time>(2)?)),
    )?;
    found.map(|(id, word, expires_at)| Ok(Invitation { id, role: role(&word)?, expires_at })).transpose()
}

/// Spends an invitation, once; gives its role and who invited. The address is destroyed with its key.
pub fn spend_invitation(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
    now: Time,
) -> Result<Option<(Role, Option<String>)>> {
    let spent = tx.opt(
        "UPDATE staff_invitation SET used_at = $1, data_key = NULL, email = NULL
         WHERE token_hash = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $1
         RETURNING role, invited_by",
        params![now, token_hash],
        |row| Ok((row.get::<String>(0)?, row.get::<Option<String>>(1)?)),
    )?;
    spent.map(|(word, by)| Ok((role(&word)?, by))).transpose()
}

/// Withdraws an invitation; `false` when it is not open any more.
pub fn end_invitation(tx: &mut Tx<'_>, id: &InvitationId, now: Time) -> Result<bool> {
    let ended = tx.exec(
        "UPDATE staff_invitation SET ended_at = $1, data_key = NULL, email = NULL
         WHERE id = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $1",
        params![now, id],
    )?;
    Ok(ended > 0)
}

/// Withdraws what a member invited; gives the invitations that were open.
pub fn end_invitations_of(tx: &mut Tx<'_>, member: &StaffId, now: Time) -> Result<Vec<InvitationId>> {
    Ok(tx.all(
        "UPDATE staff_invitation SET ended_at = $1, data_key = NULL, email = NULL
         WHERE invited_by = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $1 RETURNING id",
        params![now, member],
        |row| row.get(0),
    )?)
}

/// An invitation that waits to be accepted.
pub struct Open {
    pub id: InvitationId,
    pub role: Role,
    /// None for one that the command line printed.
    pub email: Option<String>,
    pub expires_at: Time,
}

/// The invitations that can still be accepted, newest first.
pub fn open_invitations(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Open>> {
    let rows = tx.all(
        "SELECT id, role, data_key, email, expires_at FROM staff_invitation
         WHERE used_at IS NULL AND ended_at IS NULL AND expires_at > $1 ORDER BY created_at DESC LIMIT 200",
        params![ctx.now],
        |row| {
            Ok((
                row.get::<InvitationId>(0)?,
                row.get::<String>(1)?,
                row.get::<Option<Vec<u8>>>(2)?,
                row.get::<Option<Vec<u8>>>(3)?,
                row.get::<Time>(4)?,
            ))
        },
    )?;
    rows.into_iter()
        .map(|(id, word, wrapped, sealed, expires_at)| {
            let email = match wrapped.zip(sealed) {
                Some((wrapped, sealed)) => {
                    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
                    let plain = key.open("staff_invitation.email", &sealed)?;
                    Some(String::from_utf8_lossy(&plain).into_owned())
                }
                None => None,
            };
            Ok(Open { id, role: role(&word)?, email, expires_at })
        })
        .collect()
}

/// Deletes invitations whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_invitations(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM staff_invitation WHERE id IN
           (SELECT id FROM staff_invitation WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
