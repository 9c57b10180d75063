//! The shared handle to the ring, and the file that it lives in.

use super::ring::{KeyInfo, Purpose, Ring, Use, mac, split_wrapped};
use super::{KeyError, SubjectKey};
use kernel::{Rng, Secret, Span};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use zeroize::Zeroizing;

/// The key ring; cheap to clone, every clone sees a rotation at once, other processes when they look at the file again.
#[derive(Clone)]
pub struct KeyRing {
    shared: Arc<Shared>,
}

struct Shared {
    origin: Origin,
    current: RwLock<Arc<Ring>>,
    /// What the file looked like when it was read; `None` before the first look.
    seen: Mutex<Option<Stamp>>,
}

enum Origin {
    File(PathBuf),
    /// Given as text by the environment.
    Given,
    /// Made in memory; for tests.
    Memory,
}

/// Changes whenever the file is replaced: inode, size, modification time in nanoseconds.
type Stamp = (u64, u64, i64, i64);

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("version", &self.version()).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Reads the ring from `path`, or makes a fresh one there (mode 0600).
    ///
    /// When several processes start at once, one of them makes the file and all use it.
    pub fn load_or_create(path: impl AsRef<Path>, rng: &mut Rng) -> Result<KeyRing, KeyError> {
        let path = path.as_ref().to_path_buf();
        if !path.exists() {
            let made = write_beside(&path, &Ring::fresh(rng), rng)?;
            // A hard link fails when the name is taken, so the first process wins and nobody overwrites its keys.
            let linked = std::fs::hard_link(&made, &path);
            let _ = std::fs::remove_file(&made);
            match linked {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(error)),
                _ => sync_folder(&path)?,
            }
        }
        KeyRing::load(path)
    }

    /// Reads the ring from `path`, which must exist.
    pub fn load(path: impl AsRef<Path>) -> Result<KeyRing, KeyError> {
        let path = path.as_ref().to_path_buf();
        let (ring, stamp) = read(&path)?;
        Ok(KeyRing::new(Origin::File(path), ring, Some(stamp)))
    }

    /// Reads a ring from the text of a key file, for example out of an environment variable. It cannot be rotated here.
    pub fn from_json(text: &str) -> Result<KeyRing, KeyError> {
        Ok(KeyRing::new(Origin::Given, Ring::from_json(text)?, None))
    }

    /// A ring that lives in memory only; for tests.
    pub fn in_memory(rng: &mut Rng) -> KeyRing {
        KeyRing::new(Origin::Memory, Ring::fresh(rng), None)
    }

    fn new(origin: Origin, ring: Ring, stamp: Option<Stamp>) -> KeyRing {
        let current = RwLock::new(Arc::new(ring));
        KeyRing { shared: Arc::new(Shared { origin, current, seen: Mutex::new(stamp) }) }
    }

    fn ring(&self) -> Arc<Ring> {
        self.shared.current.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    fn replace(&self, ring: Ring, stamp: Option<Stamp>) {
        *self.shared.current.write().unwrap_or_else(|e| e.into_inner()) = Arc::new(ring);
        *self.shared.seen.lock().unwrap_or_else(|e| e.into_inner()) = stamp;
    }

    /// Grows with every change of the ring.
    pub fn version(&self) -> u64 {
        self.ring().version
    }

    /// The keys, without their secrets.
    pub fn list(&self) -> Vec<KeyInfo> {
        self.ring().infos()
    }

    /// A new data key, and its wrapped form for the database.
    pub fn new_subject_key(&self, rng: &mut Rng) -> (SubjectKey, Vec<u8>) {
        let key = SubjectKey(Zeroizing::new(rng.bytes()));
        let wrapped = self.ring().wrap(&key, rng);
        (key, wrapped)
    }

    /// Wraps a data key again, under the active KEK.
    pub fn wrap_subject_key(&self, key: &SubjectKey, rng: &mut Rng) -> Vec<u8> {
        self.ring().wrap(key, rng)
    }

    /// Opens a wrapped data key. When another process has rotated in the meantime, the file is read again.
    pub fn unwrap_subject_key(&self, wrapped: &[u8]) -> Result<SubjectKey, KeyError> {
        match self.ring().unwrap(wrapped) {
            Err(KeyError::UnknownKey(_)) if self.reload()? => self.ring().unwrap(wrapped),
            other => other,
        }
    }

    /// The id of the KEK that wrapped these bytes.
    pub fn kek_of(wrapped: &[u8]) -> Option<&str> {
        split_wrapped(wrapped).map(|(id, _)| id)
    }

    /// The id of the KEK that wraps now.
    pub fn active_kek_id(&self) -> String {
        self.active_id(Use::Kek)
    }

    /// The id of the active key of a use.
    pub fn active_id(&self, key_use: Use) -> String {
        self.ring().of(key_use).next().map(|key| key.id.clone()).unwrap_or_default()
    }

    /// The blind index of a folded value, under the active index key. `domain` keeps kinds of values apart: `phone`.
    pub fn blind_index(&self, domain: &str, value: &str) -> [u8; 32] {
        self.first(Use::Index, &[domain.as_bytes(), value.as_bytes()])
    }

    /// The blind indexes under every index key, the active one first: look for all of them while a re-index runs.
    pub fn blind_indexes(&self, domain: &str, value: &str) -> Vec<[u8; 32]> {
        self.every(Use::Index, &[domain.as_bytes(), value.as_bytes()])
    }

    /// A keyed hash (HMAC-SHA-256) of length-prefixed parts under the active key of the purpose.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.first(purpose.key_use(), parts)
    }

    /// The same under every key of the purpose, the active one first: to check what was made before a rotation.
    pub fn macs(&self, purpose: Purpose, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.every(purpose.key_use(), parts)
    }

    /// The pepper with this id (stored beside each password hash), if the ring still has it.
    pub fn pepper(&self, id: &str) -> Option<Secret<[u8; 32]>> {
        let ring = self.ring();
        ring.of(Use::Pepper).find(|key| key.id == id).map(|key| Secret::new(*key.secret))
    }

    /// The id of the pepper for new password hashes.
    pub fn active_pepper_id(&self) -> String {
        self.active_id(Use::Pepper)
    }

    fn first(&self, key_use: Use, parts: &[&[u8]]) -> [u8; 32] {
        // Every ring has an active key of every use; this is checked when it is read.
        self.ring().of(key_use).next().map(|key| mac(&key.secret, parts)).unwrap_or_default()
    }

    fn every(&self, key_use: Use, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.ring().of(key_use).map(|key| mac(&key.secret, parts)).collect()
    }

    /// Makes a new active key of this use and stores the ring; gives the new key's id. Blocking: a file is written.
    pub fn rotate(&self, key_use: Use, rng: &mut Rng) -> Result<String, KeyError> {
        self.change(rng, |ring, rng| Ok(ring.add(key_use, rng)))
    }

    /// Removes a key that is not active. Whatever is still sealed or hashed with it is lost: sweep first.
    pub fn retire(&self, id: &str, rng: &mut Rng) -> Result<(), KeyError> {
        self.change(rng, |ring, _| {
            let found = ring.keys.iter().position(|key| key.id == id && !key.active);
            let index = found.ok_or_else(|| KeyError::UnknownKey(id.to_owned()))?;
            ring.keys.remove(index);
            Ok(())
        })
    }

    fn change<T>(
        &self,
        rng: &mut Rng,
        edit: impl FnOnce(&mut Ring, &mut Rng) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let path = match &self.shared.origin {
            Origin::Given => return Err(KeyError::Fixed),
            Origin::Memory => {
                let mut ring = Ring::clone(&self.ring());
                let done = edit(&mut ring, rng)?;
                ring.version += 1;
                self.replace(ring, None);
                return Ok(done);
            }
            Origin::File(path) => path,
        };
        // Two administrators at once: the second waits and adds to what the first has written.
        let lock = OpenOptions::new().create(true).append(true).mode(0o600).open(with_suffix(path, "lock"));
        let lock = lock.map_err(failed)?;
        lock.lock().map_err(failed)?;
        let (mut ring, _) = read(path)?;
        let done = edit(&mut ring, rng)?;
        ring.version += 1;
        let made = write_beside(path, &ring, rng)?;
        std::fs::rename(&made, path).map_err(failed)?;
        sync_folder(path)?;
        let (ring, stamp) = read(path)?;
        self.replace(ring, Some(stamp));
        Ok(done)
    }

    /// Reads the file again if it has changed; tells whether it had. Rings from elsewhere never change.
    pub fn reload(&self) -> Result<bool, KeyError> {
        let Origin::File(path) = &self.shared.origin else { return Ok(false) };
        let now = stamp(&std::fs::metadata(path).map_err(failed)?);
        if *self.shared.seen.lock().unwrap_or_else(|e| e.into_inner()) == Some(now) {
            return Ok(false);
        }
        let (ring, stamp) = read(path)?;
        self.replace(ring, Some(stamp));
        Ok(true)
    }

    /// Looks at the file again and again, for as long as the task lives. A broken file is logged and the old ring kept.
    pub async fn watch(self, every: Span) {
        let mut ticks = tokio::time::interval(every.to_std().max(std::time::Duration::from_millis(100)));
        loop {
            ticks.tick().await;
            let ring = self.clone();
            match tokio::task::spawn_blocking(move || ring.reload()).await {
                Ok(Ok(true)) => tracing::info!(version = self.version(), "the key ring was read again"),
                Ok(Ok(false)) => {}
                Ok(Err(error)) => tracing::error!("the key ring stays as it was: {error}"),
                Err(_) => return,
            }
        }
    }
}

fn failed(error: std::io::Error) -> KeyError {
    KeyError::File(error.kind().to_string())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn stamp(meta: &std::fs::Metadata) -> Stamp {
    (meta.ino(), meta.size(), meta.mtime(), meta.mtime_nsec())
}

fn read(path: &Path) -> Result<(Ring, Stamp), KeyError> {
    let mut file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    let mode = meta.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed(mode));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    Ok((Ring::from_json(&text)?, stamp(&meta)))
}

/// Writes the ring, synced, to a new file in the same folder and gives its name.
fn write_beside(path: &Path, ring: &Ring, rng: &mut Rng) -> Result<PathBuf, KeyError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let name = rng.bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let beside = with_suffix(path, &format!("{name}.new"));
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
    // The process's umask may have taken bits away, never added some; make the mode exact all the same.
    file.set_permissions(Permissions::from_mode(0o600)).map_err(failed)?;
    file.write_all(ring.to_json()?.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(beside)
}

fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}
