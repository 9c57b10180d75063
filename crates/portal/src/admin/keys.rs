//! Rotating the keys of the ring while the portal runs.

use crate::error::{Error, Result};
use kernel::{Clock, RngSource};
use std::sync::Arc;
use store::Db;
use store::keys::rotate::{self, Sweep};
use store::keys::{KeyRing, Use};

/// Uses that can be rotated without anybody noticing: rows under an older key are brought over in the background
/// (key-encryption and index keys) or at the next sign-in (peppers). Keys of codes, tokens and the like live as long
/// as what they protect.
pub const ROTATABLE: [Use; 3] = [Use::Kek, Use::Index, Use::Pepper];

/// Makes a new active key of a use and enqueues the passes that bring stored rows over to it. Running instances read
/// the ring again by themselves and do the passes as jobs. Gives the new key's identifier.
///
/// # Errors
/// The ring's file cannot be written, or the storage is away.
pub async fn rotate(
    ring: &KeyRing,
    db: &Db,
    sweeps: Vec<Arc<dyn Sweep>>,
    key_use: Use,
    clock: &dyn Clock,
    rng: &RngSource,
) -> Result<String> {
    let id = ring.rotate(key_use, &mut rng.fork())?;
    let (ring, rng, now) = (ring.clone(), rng.clone(), clock.now());
    db.write(move |tx| rotate::start(tx, &sweeps, &ring, key_use, now, &mut rng.fork()).map_err(Error::from))
        .await?;
    Ok(id)
}
