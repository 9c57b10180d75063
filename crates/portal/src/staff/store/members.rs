//! Rows of `staff`.

use crate::accounts::AccountId;
use crate::error::{Error, Result};
use crate::staff::{Role, StaffId};
use kernel::Time;
use store::{Engine, Tx, params};

fn role(word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| Error::Bug(format!("role «{word}»")))
}

/// The membership of an account, when it has one.
pub fn member_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<(StaffId, Role)>> {
    let found = tx.opt(
        "SELECT id, role FROM staff WHERE account_id = $1 AND removed_at IS NULL",
        params![account],
        |row| Ok((row.get::<StaffId>(0)?, row.get::<String>(1)?)),
    )?;
    found.map(|(id, word)| Ok((id, role(&word)?))).transpose()
}

/// Whether an account belongs to a member of staff.
pub fn is_staff(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    Ok(member_of(tx, account)?.is_some())
}

/// The account and role of a present member.
pub fn member(tx: &mut Tx<'_>, id: &StaffId) -> Result<Option<(AccountId, Role)>> {
    let found = tx.opt(
        "SELECT account_id, role FROM staff WHERE id = $1 AND removed_at IS NULL",
        params![id],
        |row| Ok((row.get::<AccountId>(0)?, row.get::<String>(1)?)),
    )?;
    found.map(|(account, word)| Ok((account, role(&word)?))).transpose()
}

/// The administrators with an open account; their rows are held until the transaction ends.
pub fn hold_admins(tx: &mut Tx<'_>) -> Result<Vec<StaffId>> {
    // On SQLite the one writer is lock enough.
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT s.id FROM staff s JOIN account a ON a.id = s.account_id
             WHERE s.role = 'admin' AND s.removed_at IS NULL AND a.status = 'open' ORDER BY s.id"
        }
        Engine::Postgres => {
            "SELECT s.id FROM staff s JOIN account a ON a.id = s.account_id
             WHERE s.role = 'admin' AND s.removed_at IS NULL AND a.status = 'open' ORDER BY s.id FOR UPDATE OF s"
        }
    };
    Ok(tx.all(sql, &[], |row| row.get(0))?)
}

pub fn insert_member(
    tx: &mut Tx<'_>,
    id: &StaffId,
    account: &AccountId,
    role: Role,
    by: Option<&str>,
    now: Time,
) -> Result<()> {
    tx.exec(
        "INSERT INTO staff (id, account_id, role, added_by, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)",
        params![id, account, role.word(), by, now],
    )?;
    Ok(())
}

pub fn set_role(tx: &mut Tx<'_>, id: &StaffId, role: Role, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff SET role = $1, changed_at = $2 WHERE id = $3 AND removed_at IS NULL",
        params![role.word(), now, id],
    )?;
    Ok(())
}

pub fn remove_member(tx: &mut Tx<'_>, id: &StaffId, now: Time) -> Result<()> {
    tx.exec("UPDATE staff SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL", params![now, id])?;
    Ok(())
}

/// A present member for the list.
pub struct Listed {
    pub id: StaffId,
    pub role: Role,
    pub created_at: Time,
    pub data_key: Vec<u8>,
    pub person: Vec<u8>,
    pub seen_at: Option<Time>,
}

/// The present members, oldest first; staff are few, so a thousand is a bound and not a page.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Listed>> {
    let rows = tx.all(
        "SELECT s.id, s.role, s.created_at, a.data_key, a.person,
           (SELECT MAX(t.seen_at) FROM staff_session t WHERE t.staff_id = s.id)
         FROM staff s JOIN account a ON a.id = s.account_id
         WHERE s.removed_at IS NULL AND a.status <> 'erased' ORDER BY s.created_at LIMIT 1000",
        &[],
        |row| {
            Ok((
                (row.get::<StaffId>(0)?, row.get::<String>(1)?),
                (row.get::<Time>(2)?, row.get::<Vec<u8>>(3)?, row.get::<Vec<u8>>(4)?),
                row.get::<Option<Time>>(5)?,
            ))
        },
    )?;
    rows.into_iter()
        .map(|((id, word), (created_at, data_key, person), seen_at)| {
            Ok(Listed { id, role: role(&word)?, created_at, data_key, person, seen_at })
        })
        .collect()
}
