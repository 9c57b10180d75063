//! Staff of a demonstration, one for each role: the workplace `/admin` can be walked without inviting anybody.
//!
//! Their password and the secret of their application are printed in docs/demo.md, so [`seed`] works in demonstration
//! mode only.

use super::seed::PASSWORD;
use crate::accounts::{self, AccountId, Login, NewAccount, Person};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::factors::{self, totp};
use crate::staff::{self, Role};
use kernel::phone::Phone;
use kernel::{Lang, Secret};
use serde::Serialize;
use store::Tx;

/// The secret of everybody's application for codes (RFC 4226 §4: 160 bits).
const SECRET: &[u8; 20] = b"pristan-demo-staff-1";

/// Who works here: login, role, surname, first name.
const PEOPLE: [(&str, Role, &str, &str); 6] = [
    ("+79990000001", Role::Admin, "Причалова", "Ада"),
    ("+79990000002", Role::Support, "Мостков", "Пётр"),
    ("+79990000003", Role::Security, "Волнорезова", "Сабина"),
    ("+79990000004", Role::Auditor, "Лоцманов", "Роман"),
    ("+79990000005", Role::Reviewer, "Бакенщикова", "Ульяна"),
    ("+79990000006", Role::Reviewer, "Швартов", "Тимур"),
];

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemoStaff {
    /// The login, E.164.
    pub login: &'static str,
    /// The role.
    pub role: &'static str,
    /// The password of all of them.
    pub password: &'static str,
    /// The secret of their application for codes, base32.
    pub secret: String,
}

/// Makes sure that they exist; running it again changes nothing. `None` outside demonstration mode.
///
/// # Errors
/// The storage is away or the hashing queue is full.
pub async fn seed(app: &App) -> Result<Option<Vec<DemoStaff>>> {
    if !app.config().demo {
        return Ok(None);
    }
    let ctx = app.job_ctx();
    for (login, role, surname, first_name) in PEOPLE {
        let login = Login::phone(&phone(login)?);
        let (tx_ctx, wanted) = (ctx.clone(), login.clone());
        if app.read(move |tx| accounts::owner_of(tx, &tx_ctx, &wanted)).await?.is_some() {
            continue;
        }
        let hash = app.passwords().hash(&Secret::new(PASSWORD.to_owned()), &mut ctx.rng()).await?;
        let new = NewAccount {
            person: Person {
                surname: surname.to_owned(),
                first_name: first_name.to_owned(),
                patronymic: None,
            },
            contacts: vec![login],
            password_hash: hash,
            lang: Lang::Ru,
        };
        let ctx = ctx.clone();
        app.write(move |tx| join(tx, &ctx, &new, role)).await?;
    }
    let shown = |(login, role, ..): (&'static str, Role, &str, &str)| DemoStaff {
        login,
        role: role.word(),
        password: PASSWORD,
        secret: totp::base32(SECRET).to_string(),
    };
    Ok(Some(PEOPLE.map(shown).to_vec()))
}

fn join(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewAccount, role: Role) -> Result<()> {
    let account = accounts::create(tx, ctx, new)?;
    bind(tx, ctx, &account)?;
    staff::appoint(tx, ctx, &account, role, None)?;
    Ok(())
}

/// Whether anybody of them is in this database: then it must not be served outside the demonstration mode.
///
/// # Errors
/// The storage is away.
pub async fn are_here(app: &App) -> Result<bool> {
    let ctx = app.job_ctx();
    let found = app.read(move |tx| {
        for (login, ..) in PEOPLE {
            let owner = accounts::owner_of(tx, &ctx, &Login::phone(&phone(login)?))?;
            if let Some(owner) = owner
                && factors::is_there(tx, &ctx, factors::Kind::Totp, &unique(&owner))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    });
    found.await
}

/// Everybody has the same secret, which no two real factors do.
fn unique(account: &AccountId) -> Vec<u8> {
    [account.as_str().as_bytes(), SECRET].concat()
}

fn bind(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    let new = factors::New {
        kind: factors::Kind::Totp,
        name: "oathtool",
        secret: Some(SECRET),
        contact: None,
        unique: &unique(account),
        step: 0,
    };
    factors::bind_untold(tx, ctx, account, &new)
}

fn phone(login: &str) -> Result<Phone> {
    Phone::parse_mobile_ru(login).map_err(|refusal| Error::Bug(format!("a made-up number: {refusal:?}")))
}
