//! The account on a card, whatever its state.

use crate::accounts::{self, AccountId, Person};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use kernel::{Lang, Level, Time};
use store::{Tx, params};

/// What the head of a card shows.
pub struct Head {
    pub id: AccountId,
    pub status: String,
    pub level: Level,
    pub lang: Lang,
    pub person: Person,
    pub created_at: Time,
    pub password_set_at: Option<Time>,
}

/// The head of a card; none when there is no such account or its data were erased.
pub fn account_head(tx: &mut Tx<'_>, ctx: &Ctx, id: &AccountId) -> Result<Option<Head>> {
    let row = tx.opt(
        "SELECT status, level, lang, data_key, person, created_at, password_set_at FROM account WHERE id = $1",
        params![id],
        |row| {
            Ok((
                (row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?),
                (row.get::<Option<Vec<u8>>>(3)?, row.get::<Option<Vec<u8>>>(4)?),
                (row.get::<Time>(5)?, row.get::<Option<Time>>(6)?),
            ))
        },
    )?;
    let Some(((status, level, lang), (Some(wrapped), Some(person)), (created_at, password_set_at))) = row
    else {
        return Ok(None);
    };
    if wrapped.is_empty() {
        return Ok(None);
    }
    Ok(Some(Head {
        id: id.clone(),
        status,
        level: Level::from_word(&level).ok_or_else(|| Error::Bug(format!("level «{level}»")))?,
        lang: Lang::from_tag(&lang).unwrap_or_default(),
        person: accounts::account_person(ctx, &wrapped, &person)?,
        created_at,
        password_set_at,
    }))
}
