//! Rows of `account`, `login`, `contact` and `consent`.

use super::{Account, AccountId, ConsentKind, Contact, ContactKind, ContactType, Login, NewAccount, Person};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use kernel::{Id, Lang, Level, Time};
use store::keys::SubjectKey;
use store::{Engine, StoreError, Tx, params};

/// Opens an account with its contacts and logins.
///
/// # Errors
/// [`StoreError::Conflict`] when a login belongs to somebody: the caller decides what that means.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewAccount) -> Result<AccountId> {
    let mut rng = ctx.rng();
    let id = AccountId::new(ctx.now, &mut rng);
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let person = key.seal("account.person", &serde_json::to_vec(&new.person)?, &mut rng);
    tx.exec(
        "INSERT INTO account (id, status, level, lang, data_key, person, password_hash, password_set_at, created_at)
         VALUES ($1, 'open', $2, $3, $4, $5, $6, $7, $7)",
        params![&id, Level::Simplified.word(), new.lang.tag(), &wrapped, &person, &new.password_hash, ctx.now],
    )?;
    for (position, login) in new.contacts.iter().enumerate() {
        super::logins::insert_contact(tx, ctx, &id, &key, login, position == 0, Time(0))?;
    }
    Ok(id)
}

/// Whose login this is.
///
/// # Errors
/// The storage is away.
pub fn owner_of(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login) -> Result<Option<AccountId>> {
    for index in login.indexes(ctx) {
        let owner = tx.opt(
            "SELECT account_id FROM login WHERE index_hash = $1 AND reserved_until IS NULL",
            params![&index],
            |row| row.get(0),
        )?;
        if owner.is_some() {
            return Ok(owner);
        }
    }
    Ok(None)
}

/// The account of a login with its stored password, in one indexed read.
///
/// # Errors
/// The storage is away.
pub fn account_by_login(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    login: &Login,
) -> Result<Option<(AccountId, Option<String>)>> {
    for index in login.indexes(ctx) {
        let found = tx.opt(
            "SELECT a.id, a.password_hash FROM login l JOIN account a ON a.id = l.account_id
             WHERE l.index_hash = $1 AND l.reserved_until IS NULL
               AND (a.status = 'open' OR a.status = 'closing' AND a.closing_until > $2)",
            params![&index, ctx.now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Takes a contact away from its account (it has a new owner); answers the account that lost it.
///
/// # Errors
/// The storage is away.
pub fn detach_login(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login) -> Result<Option<AccountId>> {
    let mut taken = None;
    for index in login.indexes(ctx) {
        let owner: Option<AccountId> =
            tx.opt("DELETE FROM login WHERE index_hash = $1 RETURNING account_id", params![&index], |row| {
                row.get(0)
            })?;
        taken = taken.or(owner.map(|owner| (owner, index)));
    }
    let Some((owner, index)) = taken else { return Ok(None) };
    tx.exec(
        "UPDATE contact SET detached_at = $1, is_primary = 0
         WHERE account_id = $2 AND index_hash = $3 AND detached_at IS NULL",
        params![ctx.now, &owner, &index],
    )?;
    super::logins::elect_primary(tx, &owner)?;
    Ok(Some(owner))
}

/// The account, opened; `None` when there is none or it is closed.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: &AccountId) -> Result<Option<Account>> {
    Ok(load_any(tx, ctx, id)?.filter(|(status, _)| status == "open").map(|(_, account)| account))
}

/// The account with its status, whatever that is; `None` when there is none or it was erased.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn load_any(tx: &mut Tx<'_>, ctx: &Ctx, id: &AccountId) -> Result<Option<(String, Account)>> {
    let row = tx.opt(
        "SELECT level, lang, data_key, person, tour_done_at, password_set_at, created_at, status
         FROM account WHERE id = $1 AND status <> 'erased'",
        params![id],
        |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Vec<u8>>(3)?,
                row.get::<Option<Time>>(4)?,
                row.get::<Option<Time>>(5)?,
                row.get::<Time>(6)?,
                row.get::<String>(7)?,
            ))
        },
    )?;
    let Some((level, lang, wrapped, person, tour_done_at, password_set_at, created_at, status)) = row else {
        return Ok(None);
    };
    let account = Account {
        id: id.clone(),
        level: Level::from_word(&level).ok_or_else(|| Error::Bug(format!("level «{level}»")))?,
        lang: Lang::from_tag(&lang).unwrap_or_default(),
        person: account_person(ctx, &wrapped, &person)?,
        tour_done_at,
        password_set_at,
        created_at,
    };
    Ok(Some((status, account)))
}

/// Opens the sealed names of an account row.
///
/// # Errors
/// The row was tampered with or its key is gone.
pub fn account_person(ctx: &Ctx, wrapped: &[u8], sealed: &[u8]) -> Result<Person> {
    let key = ctx.keys.unwrap_subject_key(wrapped)?;
    Ok(serde_json::from_slice(&key.open("account.person", sealed)?)?)
}

/// The confirmed contacts, primary first.
///
/// # Errors
/// The storage is away or a row was tampered with.
pub fn contacts(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Contact>> {
    let rows = tx.all(
        "SELECT id, kind, value, is_primary, confirmed_at, held_until, muted_at IS NOT NULL FROM contact
         WHERE account_id = $1 AND detached_at IS NULL ORDER BY is_primary DESC, confirmed_at",
        params![account],
        |row| {
            Ok((
                row.get::<Id<ContactKind>>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<i64>(3)?,
                (row.get::<Time>(4)?, row.get::<Time>(5)?, row.get::<bool>(6)?),
            ))
        },
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = data_key(tx, ctx, account)?;
    rows.into_iter()
        .map(|(id, kind, sealed, primary, (confirmed_at, held_until, muted))| {
            let kind =
                ContactType::from_word(&kind).ok_or_else(|| Error::Bug(format!("contact kind «{kind}»")))?;
            let value = String::from_utf8(key.open("contact.value", &sealed)?)
                .map_err(|_| Error::Bug("contact is not text".into()))?;
            Ok(Contact { id, kind, value, primary: primary != 0, confirmed_at, held_until, muted })
        })
        .collect()
}

/// The contacts as a person reads them: `+7 912 345-67-89`, `имя@пристань.рф`.
///
/// # Errors
/// As [`contacts`].
pub fn display_contacts(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<(Contact, String)>> {
    Ok(contacts(tx, ctx, account)?
        .into_iter()
        .map(|contact| {
            let shown = match contact.kind {
                ContactType::Phone => {
                    kernel::phone::Phone::parse(&contact.value).map(|p| p.display().to_string()).ok()
                }
                ContactType::Email => {
                    kernel::email::Email::parse(&contact.value).map(|e| e.display().to_string()).ok()
                }
            };
            let shown = shown.unwrap_or_else(|| contact.value.clone());
            (contact, shown)
        })
        .collect())
}

/// The key under which the personal values of an account are sealed.
///
/// # Errors
/// The storage is away, or the key is gone.
pub fn data_key(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<SubjectKey> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![account], |row| row.get(0))?;
    Ok(ctx.keys.unwrap_subject_key(&wrapped)?)
}

/// Records the consents given at registration: which text, which version, when and from where.
///
/// # Errors
/// The storage is away.
pub fn give_consent(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    document: &str,
    version: &str,
    at: Time,
    address: &str,
) -> Result<()> {
    let mut rng = ctx.rng();
    let key = data_key(tx, ctx, account)?;
    let sealed = key.seal("consent.address", address.as_bytes(), &mut rng);
    tx.exec(
        "INSERT INTO consent (id, account_id, document, version, lang, address, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![&Id::<ConsentKind>::new(ctx.now, &mut rng), account, document, version, ctx.lang.tag(), &sealed, at],
    )?;
    Ok(())
}

/// The stored password of an account.
///
/// # Errors
/// The storage is away.
pub fn password_hash(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<String>> {
    Ok(tx
        .opt(
            "SELECT password_hash FROM account WHERE id = $1 AND status IN ('open', 'closing')",
            params![account],
            |row| row.get(0),
        )?
        .flatten())
}

/// Since when the present password opens an account; `None` when there is none, or the account is closed or locked.
///
/// # Errors
/// The storage is away.
pub fn password_since(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<Time>> {
    Ok(tx.opt(
        "SELECT COALESCE(password_set_at, 0) FROM account WHERE id = $1 AND password_hash IS NOT NULL
           AND (status = 'open' OR status = 'closing' AND closing_until > $2)",
        params![account, ctx.now],
        |row| row.get(0),
    )?)
}

/// Whether the stored password is still this one, and stays so until the transaction ends: hashing takes a while, and
/// a password that was changed meanwhile must not open a session.
///
/// # Errors
/// The storage is away.
pub fn still_has_password(tx: &mut Tx<'_>, account: &AccountId, stored: &str) -> Result<bool> {
    // On SQLite the one writer is lock enough. A shared lock would let two sign-ins that both store the password anew
    // wait for each other.
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT password_hash FROM account WHERE id = $1 AND status IN ('open', 'closing')",
        Engine::Postgres => {
            "SELECT password_hash FROM account WHERE id = $1 AND status IN ('open', 'closing') FOR NO KEY UPDATE"
        }
    };
    let present: Option<Option<String>> = tx.opt(sql, params![account], |row| row.get(0))?;
    Ok(present.flatten().as_deref() == Some(stored))
}

/// Whether an account is open, and stays so until the transaction ends: who lets somebody in asks this, so that a
/// session cannot begin beside a lockdown.
///
/// # Errors
/// The storage is away.
pub fn hold_open(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT 1 FROM account WHERE id = $1 AND status = 'open'",
        Engine::Postgres => "SELECT 1 FROM account WHERE id = $1 AND status = 'open' FOR NO KEY UPDATE",
    };
    Ok(tx.opt(sql, params![account], |row| row.get::<i64>(0))?.is_some())
}

/// Sets a new password.
///
/// # Errors
/// The storage is away.
pub fn set_password(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, hash: &str) -> Result<()> {
    tx.exec(
        "UPDATE account SET password_hash = $1, password_set_at = $2 WHERE id = $3",
        params![hash, ctx.now, account],
    )?;
    Ok(())
}

/// Replaces the stored form of the same password (cost or pepper grew), unless it was changed meanwhile.
///
/// # Errors
/// The storage is away.
pub fn upgrade_password(tx: &mut Tx<'_>, account: &AccountId, old: &str, new: &str) -> Result<()> {
    tx.exec(
        "UPDATE account SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
        params![new, account, old],
    )?;
    Ok(())
}

/// Remembers that the tour was skipped or finished.
///
/// # Errors
/// The storage is away.
pub fn mark_tour_done(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    tx.exec(
        "UPDATE account SET tour_done_at = $1 WHERE id = $2 AND tour_done_at IS NULL",
        params![ctx.now, account],
    )?;
    Ok(())
}

/// Sets the names by which the portal addresses the person.
///
/// # Errors
/// The storage is away.
pub fn rename(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, person: &Person) -> Result<()> {
    let key = data_key(tx, ctx, account)?;
    let sealed = key.seal("account.person", &serde_json::to_vec(person)?, &mut ctx.rng());
    tx.exec("UPDATE account SET person = $1 WHERE id = $2", params![&sealed, account])?;
    Ok(())
}

/// Whether an error says that a login belongs to somebody already.
pub fn is_taken(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::Conflict))
}

/// The words that must not be in the person's password: names and contacts.
///
/// # Errors
/// The storage is away.
pub fn personal_words(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<String>> {
    let mut words: Vec<String> =
        contacts(tx, ctx, account)?.into_iter().map(|contact| contact.value).collect();
    if let Some(account) = load(tx, ctx, account)? {
        words.extend([account.person.surname, account.person.first_name]);
        words.extend(account.person.patronymic);
    }
    Ok(words)
}
