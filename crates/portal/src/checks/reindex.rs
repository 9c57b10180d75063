//! After the key of blind indexes has rotated: the numbers that registers name people by, and the SNILS that signs them
//! in, get their index under the new key.

use super::machine::Why;
use super::question::Sent;
use super::subjects::{self, Number};
use crate::accounts::{AccountId, over_accounts};
use ::store::keys::rotate::Sweep;
use ::store::keys::{KeyRing, SubjectKey, Use};
use ::store::{StoreError, Tx, params};
use kernel::Rng;

/// The pass over accounts that renews `register_subject.index_hash` and the `snils` rows of `login`.
pub struct NumberIndex;

impl Sweep for NumberIndex {
    fn name(&self) -> &str {
        "register_subject.index"
    }

    fn key_use(&self) -> Use {
        Use::Index
    }

    fn batch(
        &self,
        tx: &mut Tx<'_>,
        ring: &KeyRing,
        after: &str,
        limit: u32,
        _rng: &mut Rng,
    ) -> Result<Option<String>, StoreError> {
        over_accounts(tx, ring, (after, limit), |tx, account, key| renew(tx, ring, account, key))
    }
}

/// Every number that the account ever sent: which of them a row holds is told by its index under an older key.
fn renew(tx: &mut Tx<'_>, ring: &KeyRing, account: &AccountId, key: &SubjectKey) -> Result<(), StoreError> {
    let sealed: Vec<Vec<u8>> = tx.all(
        "SELECT values_ FROM sending WHERE account_id = $1 AND why = $2",
        params![account, Why::Sent.word()],
        |row| row.get(0),
    )?;
    let open = |sealed: &Vec<u8>| serde_json::from_slice::<Sent>(&key.open("sending", sealed).ok()?).ok();
    let mut known: Vec<Number> =
        sealed.iter().filter_map(open).flat_map(|sent| subjects::numbers(&sent)).collect();
    known.extend(found_inn(tx, account, key)?);
    known.sort();
    known.dedup();
    for (kind, text) in known {
        let new = ring.blind_index(kind, &text);
        for old in ring.blind_indexes(kind, &text).into_iter().filter(|old| *old != new) {
            tx.exec(
                "UPDATE register_subject SET index_hash = $1 WHERE account_id = $2 AND index_hash = $3",
                params![&new, account, &old],
            )?;
            tx.exec(
                "UPDATE login SET index_hash = $1 WHERE account_id = $2 AND index_hash = $3",
                params![&new, account, &old],
            )?;
        }
    }
    Ok(())
}

/// The INN that a register found stands in the profile alone.
fn found_inn(tx: &mut Tx<'_>, account: &AccountId, key: &SubjectKey) -> Result<Option<Number>, StoreError> {
    let sealed: Option<Vec<u8>> =
        tx.opt("SELECT sealed FROM profile WHERE account_id = $1", params![account], |row| row.get(0))?;
    Ok(sealed.and_then(|sealed| crate::profile::inn(key, &sealed)).map(|inn| ("inn", inn)))
}
