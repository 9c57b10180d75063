//! Making, checking and restoring backups.

use super::stream::{Opening, Sealing};
use super::{BackupError, BackupKey, KeySource};
use crate::error::from_sqlite;
use crate::keys::SubjectKey;
use kernel::Rng;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The first bytes of every backup file.
const MAGIC: &[u8; 8] = b"PRISTBK1";
/// Bytes of the database that are compared and stored together.
const BLOCK: usize = 32 * 1024;
/// The longest header that is read from a file.
const HEADER_MAX: u32 = 16 * 1024;
/// SHA-256.
type Hash = [u8; 32];

/// The clear text at the start of a backup file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The backup's name: 32 hexadecimal digits.
    pub id: String,
    /// The backup that it continues, if it is a partial one.
    pub parent: Option<String>,
    key: KeySource,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The backup's name; of a chain, the last one's.
    pub id: String,
    /// Whether only changes were written.
    pub partial: bool,
    /// Bytes of the database.
    pub database_bytes: u64,
    /// Blocks of the database.
    pub blocks: u64,
    /// Blocks that were written or read.
    pub blocks_moved: u64,
    /// Bytes of the backup file or files.
    pub backup_bytes: u64,
}

/// Backs the database file up to `out`, while other connections and processes go on writing to it. With a `parent`,
/// only the blocks that have changed since are stored. `out` appears complete or not at all. Blocking.
pub fn create(
    database: &Path,
    parent: Option<&Path>,
    out: &Path,
    key: &BackupKey,
    rng: &mut Rng,
) -> Result<Report, BackupError> {
    let before = match parent {
        Some(parent) => {
            let mut reader = Reader::open(parent, key)?;
            Some((reader.head.id.clone(), reader.read_to_hashes()?))
        }
        None => None,
    };
    let (copy_path, part_path) = (beside(out, "copy"), beside(out, "part"));
    let copy = Scrap(copy_path.clone());
    let part = Scrap(part_path.clone());
    snapshot(database, &copy_path)?;
    let (subject, source) = key.make(rng)?;
    let id: String = rng.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let (parent_id, old) = before.map_or((None, Vec::new()), |(id, hashes)| (Some(id), hashes));
    let head = Head { id, parent: parent_id, key: source };
    let report = write_backup(&copy_path, &part_path, &head, &subject, &old)?;
    std::fs::rename(&part_path, out)?;
    sync_folder(out)?;
    drop((copy, part));
    Ok(report)
}

/// A temporary file that goes away whatever happens.
struct Scrap(PathBuf);

impl Drop for Scrap {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn create_private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Copies one state of the database to a file of its own. Writers are not held up: in WAL mode a reader holds no lock
/// that they need.
fn snapshot(database: &Path, copy: &Path) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(database, flags).map_err(from_sqlite)?;
    source.busy_timeout(std::time::Duration::from_secs(10)).map_err(from_sqlite)?;
    drop(create_private(copy)?);
    let mut target = Connection::open_with_flags(copy, flags).map_err(from_sqlite)?;
    target.execute_batch("PRAGMA synchronous=OFF").map_err(from_sqlite)?;
    let copying = rusqlite::backup::Backup::new(&source, &mut target).map_err(from_sqlite)?;
    // All pages in one step, so that all of them are of one state.
    match copying.step(-1).map_err(from_sqlite)? {
        rusqlite::backup::StepResult::Done => Ok(()),
        _ => Err(BackupError::File("the database is locked".into())),
    }
}

fn write_backup(
    copy: &Path,
    part: &Path,
    head: &Head,
    key: &SubjectKey,
    old: &[Hash],
) -> Result<Report, BackupError> {
    let text = serde_json::to_vec(head).map_err(|_| BackupError::Format)?;
    let mut out = BufWriter::new(create_private(part)?);
    out.write_all(MAGIC)?;
    out.write_all(&u32::try_from(text.len()).map_err(|_| BackupError::Format)?.to_be_bytes())?;
    out.write_all(&text)?;
    let clear = (MAGIC.len() + 4 + text.len()) as u64;
    let mut sealed = Sealing::new(out, key, text)?;

    let mut input = File::open(copy)?;
    let (mut hashes, mut moved, mut size) = (Vec::new(), 0, 0);
    loop {
        let mut block = Vec::with_capacity(BLOCK);
        (&mut input).take(BLOCK as u64).read_to_end(&mut block)?;
        if block.is_empty() {
            break;
        }
        size += block.len() as u64;
        let hash = hash(&block);
        if old.get(hashes.len()) != Some(&hash) {
            sealed.write_all(&(hashes.len() as u64).to_be_bytes())?;
            sealed.write_all(&u32::try_from(block.len()).map_err(|_| BackupError::Format)?.to_be_bytes())?;
            sealed.write_all(&block)?;
            moved += 1;
        }
        hashes.push(hash);
    }
    // The end of the blocks, then what the whole database must be.
    sealed.write_all(&u64::MAX.to_be_bytes())?;
    sealed.write_all(&size.to_be_bytes())?;
    for hash in &hashes {
        sealed.write_all(hash)?;
    }
    let (out, bytes) = sealed.end()?;
    out.into_inner().map_err(|e| BackupError::File(e.error().kind().to_string()))?.sync_all()?;
    Ok(Report {
        id: head.id.clone(),
        partial: head.parent.is_some(),
        database_bytes: size,
        blocks: hashes.len() as u64,
        blocks_moved: moved,
        backup_bytes: clear + bytes,
    })
}

fn hash(block: &[u8]) -> Hash {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, block).as_ref());
    out
}

/// The head of a backup file, without its key: which backup it is, and which one it continues.
pub fn read_head(path: &Path) -> Result<Head, BackupError> {
    head_of(&mut File::open(path)?).map(|(head, _)| head)
}

fn head_of(input: &mut impl Read) -> Result<(Head, Vec<u8>), BackupError> {
    let (mut magic, mut length) = ([0; 8], [0; 4]);
    input
        .read_exact(&mut magic)
        .and_then(|()| input.read_exact(&mut length))
        .map_err(|_| BackupError::Format)?;
    let length = u32::from_be_bytes(length);
    if magic != *MAGIC || length > HEADER_MAX {
        return Err(BackupError::Format);
    }
    let mut text = vec![0; length as usize];
    input.read_exact(&mut text).map_err(|_| BackupError::Format)?;
    let head = serde_json::from_slice(&text).map_err(|_| BackupError::Format)?;
    Ok((head, text))
}

/// Reads one backup file.
struct Reader {
    head: Head,
    bytes: u64,
    body: Opening<BufReader<File>>,
}

impl Reader {
    fn open(path: &Path, key: &BackupKey) -> Result<Reader, BackupError> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut input = BufReader::new(file);
        let (head, text) = head_of(&mut input)?;
        let subject = key.find(&head.key)?;
        Ok(Reader { head, bytes, body: Opening::new(input, &subject, text)? })
    }

    fn number(&mut self) -> Result<u64, BackupError> {
        let mut bytes = [0; 8];
        self.body.read_exact(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// The next stored block and its place, or `None` after the last.
    fn block(&mut self) -> Result<Option<(u64, Vec<u8>)>, BackupError> {
        let index = self.number()?;
        if index == u64::MAX {
            return Ok(None);
        }
        let mut length = [0; 4];
        self.body.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > BLOCK {
            return Err(BackupError::Refused);
        }
        let mut block = vec![0; length];
        self.body.read_exact(&mut block)?;
        Ok(Some((index, block)))
    }

    /// What follows the blocks: the size of the database and the hash of each of its blocks.
    fn end(&mut self) -> Result<(u64, Vec<Hash>), BackupError> {
        let size = self.number()?;
        let mut rest = Vec::new();
        self.body.read_to_end(&mut rest)?;
        let (hashes, odd) = rest.as_chunks::<32>();
        if !odd.is_empty() || hashes.len() as u64 != size.div_ceil(BLOCK as u64) {
            return Err(BackupError::Refused);
        }
        Ok((size, hashes.to_vec()))
    }

    fn read_to_hashes(&mut self) -> Result<Vec<Hash>, BackupError> {
        while self.block()?.is_some() {}
        Ok(self.end()?.1)
    }
}

/// Restores a chain of backups (a whole one, then the partial ones in order) to a new database file, checks every
/// block and SQLite's own integrity, and only then puts the file in its place. Blocking.
pub fn restore(chain: &[PathBuf], database: &Path, key: &BackupKey) -> Result<Report, BackupError> {
    let mut wal = database.as_os_str().to_owned();
    wal.push("-wal");
    if database.exists() || Path::new(&wal).exists() {
        return Err(BackupError::Exists);
    }
    let part = Scrap(beside(database, "part"));
    let report = rebuild(chain, &part.0, key)?;
    std::fs::rename(&part.0, database)?;
    sync_folder(database)?;
    Ok(report)
}

/// Restores the chain to a scratch file beside `scratch`, checks it and throws it away: a drill. Blocking.
pub fn verify(chain: &[PathBuf], scratch: &Path, key: &BackupKey) -> Result<Report, BackupError> {
    let part = Scrap(beside(scratch, "drill"));
    rebuild(chain, &part.0, key)
}

fn rebuild(chain: &[PathBuf], target: &Path, key: &BackupKey) -> Result<Report, BackupError> {
    let mut out =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(target)?;
    let mut last: Option<(Report, Vec<Hash>)> = None;
    for path in chain {
        let mut reader = Reader::open(path, key)?;
        let before = last.as_ref().map(|(report, _)| report.id.clone());
        if reader.head.parent != before {
            return Err(BackupError::Chain);
        }
        let mut moved = last.as_ref().map_or(0, |(report, _)| report.blocks_moved);
        while let Some((index, block)) = reader.block()? {
            out.seek(SeekFrom::Start(index.checked_mul(BLOCK as u64).ok_or(BackupError::Refused)?))?;
            out.write_all(&block)?;
            moved += 1;
        }
        let (size, hashes) = reader.end()?;
        out.set_len(size)?;
        let report = Report {
            id: reader.head.id.clone(),
            partial: reader.head.parent.is_some(),
            database_bytes: size,
            blocks: hashes.len() as u64,
            blocks_moved: moved,
            backup_bytes: reader.bytes + last.map_or(0, |(report, _)| report.backup_bytes),
        };
        last = Some((report, hashes));
    }
    let (report, hashes) = last.ok_or(BackupError::Chain)?;
    check_blocks(&mut out, &hashes)?;
    out.sync_all()?;
    drop(out);
    check_database(target)?;
    Ok(report)
}

fn check_blocks(file: &mut File, hashes: &[Hash]) -> Result<(), BackupError> {
    file.seek(SeekFrom::Start(0))?;
    for expected in hashes {
        let mut block = Vec::with_capacity(BLOCK);
        file.take(BLOCK as u64).read_to_end(&mut block)?;
        if hash(&block) != *expected {
            return Err(BackupError::Refused);
        }
    }
    Ok(())
}

/// SQLite's own look at the restored file, and whether it is a database of this program.
fn check_database(path: &Path) -> Result<(), BackupError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(from_sqlite)?;
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).map_err(from_sqlite);
    let told = text("PRAGMA integrity_check(1)")?;
    if told != "ok" {
        return Err(BackupError::Damaged(told));
    }
    let references = connection.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([]));
    if references.map_err(from_sqlite)? {
        return Err(BackupError::Damaged("a row refers to one that is not there".into()));
    }
    text("SELECT name FROM migration LIMIT 1")?;
    connection.close().map_err(|(_, error)| from_sqlite(error))?;
    Ok(())
}
