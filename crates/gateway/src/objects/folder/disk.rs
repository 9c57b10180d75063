//! The work on the disk itself; everything here blocks.

use crate::objects::{Fault, ObjectKey};
use kernel::Time;
use ring::digest::{SHA256, digest};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::collections::BinaryHeap;
use std::ffi::CStr;
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where writes begin.
const INCOMING: &str = ".incoming";
/// Only the owner.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Files are written in parts of this size.
const PART: usize = 64 * 1024;
/// The most keys of one list.
const LIST_LIMIT: usize = 10_000;

pub(super) struct Limits {
    /// The largest object, in bytes.
    pub(super) object_bytes: u64,
    /// Stays free on the disk, in bytes.
    pub(super) keep_free_bytes: u64,
}

/// The folder, held open.
pub(super) struct Disk {
    root: OwnedFd,
    incoming: OwnedFd,
    limits: Limits,
    /// Begins the name of every write of this process.
    mark: String,
    writes: AtomicU64,
    #[cfg(test)]
    pub(super) hook: Option<Box<dyn Fn(Step) -> io::Result<()> + Send + Sync>>,
}

/// Where a write can break off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    Write,
    Sync,
    Place,
    Rename,
    SyncPlace,
}

/// Why the disk did not do it.
#[derive(Debug)]
pub(super) enum Trouble {
    Io(io::Error),
    TooLarge,
    NoRoom,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Io(error)
    }
}

impl From<Errno> for Trouble {
    fn from(error: Errno) -> Trouble {
        Trouble::Io(error.into())
    }
}

impl Trouble {
    /// The same for the caller.
    pub(super) fn fault(self) -> Fault {
        let error = match self {
            Trouble::TooLarge => return crate::objects::too_large(),
            Trouble::NoRoom => return Fault::temporary("the disk has less room than is to stay free"),
            Trouble::Io(error) => error,
        };
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Fault::temporary("the disk is full"),
            ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidInput => Fault::permanent(format!("the disk refused: {}", error.kind())),
            // What `O_NOFOLLOW` says of a symbolic link has no stable kind.
            _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                Fault::permanent("a symbolic link is where a file should be")
            }
            kind => Fault::temporary(format!("the disk failed: {kind}")),
        }
    }
}

/// Where an object lies: two folders and a name.
struct Place {
    outer: String,
    inner: String,
    name: String,
}

impl Place {
    fn of(key: &ObjectKey) -> Place {
        let hash = digest(&SHA256, key.as_str().as_bytes());
        let folder = |at: usize| format!("{:02x}", hash.as_ref().get(at).copied().unwrap_or_default());
        Place { outer: folder(0), inner: folder(1), name: key.as_str().replace('/', ".") }
    }

    /// The key of a name, when it is one.
    fn key(name: &CStr) -> Option<ObjectKey> {
        let name = name.to_str().ok()?;
        ObjectKey::parse(&name.replace('.', "/")).filter(|_| !name.contains('/'))
    }
}

impl Disk {
    pub(super) fn open(root: &Path, limits: Limits, now: Time) -> io::Result<Disk> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(root)?;
        let root: OwnedFd = File::open(root)?.into();
        let incoming = folder_or_new(&root, INCOMING)?;
        let mark = format!("{}-{}", now.0, std::process::id());
        let disk = Disk {
            root,
            incoming,
            limits,
            mark,
            writes: AtomicU64::new(0),
            #[cfg(test)]
            hook: None,
        };
        disk.sweep()?;
        // Whether it can be written to is known at the start, and not by the first person who uploads.
        let (name, _file) = disk.begin()?;
        rustix::fs::unlinkat(&disk.incoming, &name, AtFlags::empty())?;
        Ok(disk)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Removes what killed writes left behind. A write that goes on, in another process, holds its lock.
    fn sweep(&self) -> io::Result<()> {
        let mut names = Vec::new();
        each_entry(&self.incoming, |name, _| names.push(name.to_owned()))?;
        for name in names {
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let Ok(file) = rustix::fs::openat(&self.incoming, &name, flags, Mode::empty()) else { continue };
            let file = File::from(file);
            if file.metadata()?.is_file() && file.try_lock().is_ok() {
                gone_is_fine(rustix::fs::unlinkat(&self.incoming, &name, AtFlags::empty()))?;
            }
        }
        Ok(())
    }

    pub(super) fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Trouble> {
        let room = rustix::fs::fstatvfs(&self.root)?;
        let free = room.f_bavail.saturating_mul(room.f_frsize);
        if free.saturating_sub(bytes.len() as u64) < self.limits.keep_free_bytes {
            return Err(Trouble::NoRoom);
        }
        let (name, file) = self.begin()?;
        let done = self.fill(file, &name, &Place::of(key), bytes);
        if done.is_err() {
            // What cannot be removed now is swept at the next start.
            let _ = rustix::fs::unlinkat(&self.incoming, &name, AtFlags::empty());
        }
        Ok(done?)
    }

    /// A new, locked file among the incoming ones.
    fn begin(&self) -> io::Result<(String, File)> {
        self.step(Step::Create)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let name = format!("{}-{}", self.mark, self.writes.fetch_add(1, Ordering::Relaxed));
        let file = rustix::fs::openat(&self.incoming, &name, flags, Mode::from_raw_mode(FILE_MODE))?;
        let file = File::from(file);
        match file.try_lock() {
            // A file system without locks sweeps nothing, and works otherwise.
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => Err(error),
            _ => Ok((name, file)),
        }
    }

    fn fill(&self, mut file: File, name: &str, place: &Place, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(PART) {
            self.step(Step::Write)?;
            file.write_all(part)?;
        }
        self.step(Step::Sync)?;
        file.sync_all()?;
        self.step(Step::Place)?;
        let outer = folder_or_new(&self.root, &place.outer)?;
        let inner = folder_or_new(&outer, &place.inner)?;
        self.step(Step::Rename)?;
        rustix::fs::renameat(&self.incoming, name, &inner, &place.name)?;
        self.step(Step::SyncPlace)?;
        Ok(rustix::fs::fsync(&inner)?)
    }

    /// The folder of an object, when it is there.
    fn place(&self, place: &Place) -> io::Result<Option<OwnedFd>> {
        let Some(outer) = folder(&self.root, &place.outer)? else { return Ok(None) };
        folder(&outer, &place.inner)
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, Trouble> {
        let place = Place::of(key);
        let Some(inner) = self.place(&place)? else { return Ok(None) };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&inner, &place.name, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            file => File::from(file?),
        };
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(Trouble::Io(ErrorKind::InvalidInput.into()));
        }
        if about.len() > self.limits.object_bytes {
            return Err(Trouble::TooLarge);
        }
        let mut bytes = Vec::with_capacity(about.len() as usize);
        file.take(about.len()).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    pub(super) fn delete(&self, key: &ObjectKey) -> Result<(), Trouble> {
        let place = Place::of(key);
        let Some(inner) = self.place(&place)? else { return Ok(()) };
        gone_is_fine(rustix::fs::unlinkat(&inner, &place.name, AtFlags::empty()))?;
        Ok(rustix::fs::fsync(&inner)?)
    }

    /// Reads the names of all objects and keeps the first ones after `after`.
    pub(super) fn list(&self, after: Option<&ObjectKey>, limit: usize) -> Result<Vec<ObjectKey>, Trouble> {
        let limit = limit.min(LIST_LIMIT);
        let mut first = BinaryHeap::with_capacity(limit + 1);
        for outer in self.folders(&self.root)? {
            let Some(outer) = folder(&self.root, &outer)? else { continue };
            for inner in self.folders(&outer)? {
                let Some(inner) = folder(&outer, &inner)? else { continue };
                each_entry(&inner, |name, kind| {
                    let key = Place::key(name).filter(|key| after.is_none_or(|after| key > after));
                    let Some(key) = key.filter(|_| kind != FileType::Symlink) else { return };
                    if first.len() < limit || first.peek().is_some_and(|last| key < *last) {
                        first.push(key);
                    }
                    if first.len() > limit {
                        first.pop();
                    }
                })?;
            }
        }
        Ok(first.into_sorted_vec())
    }

    /// The folders of objects in a folder: two hexadecimal digits each.
    fn folders(&self, parent: &OwnedFd) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        each_entry(parent, |name, _| {
            let name = name.to_str().unwrap_or_default();
            if name.len() == 2 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                found.push(name.to_owned());
            }
        })?;
        Ok(found)
    }

    #[cfg(test)]
    fn step(&self, step: Step) -> io::Result<()> {
        self.hook.as_ref().map_or(Ok(()), |hook| hook(step))
    }

    #[cfg(not(test))]
    fn step(&self, _step: Step) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a folder of a folder; a symbolic link is not followed.
fn folder(parent: &OwnedFd, name: &str) -> io::Result<Option<OwnedFd>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(parent, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

/// The same, and makes it when it is not there; then its name is on the disk as well.
fn folder_or_new(parent: &OwnedFd, name: &str) -> io::Result<OwnedFd> {
    if let Some(found) = folder(parent, name)? {
        return Ok(found);
    }
    match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(FOLDER_MODE)) {
        Ok(()) | Err(Errno::EXIST) => rustix::fs::fsync(parent)?,
        Err(error) => return Err(error.into()),
    }
    folder(parent, name)?.ok_or_else(|| ErrorKind::NotFound.into())
}

fn each_entry(folder: &OwnedFd, mut visit: impl FnMut(&CStr, FileType)) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            visit(entry.file_name(), entry.file_type());
        }
    }
    Ok(())
}

fn gone_is_fine(outcome: Result<(), Errno>) -> io::Result<()> {
    match outcome {
        Err(Errno::NOENT) => Ok(()),
        outcome => Ok(outcome?),
    }
}
