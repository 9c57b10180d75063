//! Files in a folder of this machine.
//!
//! `<root>/3f/a0/scans.0198…`: the first two bytes of the key's SHA-256 choose the folders, so that none grows large;
//! the slash of a key is a dot in the name. A write goes to `<root>/.incoming`, is synced, renamed into its place, and
//! the place is synced: whoever reads sees the old bytes or the new ones. The folders are opened one by one without
//! following symbolic links.

mod disk;
#[cfg(test)]
mod tests;

use super::{Config, Fault, ObjectKey, Objects};
use crate::{ConfigProblem, Health};
use async_trait::async_trait;
use disk::{Disk, Trouble};
use kernel::Clock;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Objects in a folder.
pub struct FolderObjects {
    disk: Arc<Disk>,
    turns: Arc<Semaphore>,
    turn_limit: Duration,
    time_limit: Duration,
    faults: Mutex<Faults>,
}

/// What went wrong last; reading may go well while writing does not.
#[derive(Default)]
struct Faults {
    reading: Option<String>,
    writing: Option<String>,
}

#[derive(Clone, Copy)]
enum Way {
    Reading,
    Writing,
}

impl FolderObjects {
    /// The store in the configured folder, which is made when it is not there. What writes left behind that were
    /// killed is removed. Blocks for as long as the disk does.
    ///
    /// # Errors
    /// Every problem of the configuration, and a folder that cannot be made or written to.
    pub fn open(
        config: &Config,
        data_dir: &Path,
        clock: &dyn Clock,
    ) -> Result<FolderObjects, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let root = config.folder.path_in(data_dir);
        let limits = disk::Limits {
            object_bytes: config.object_limit_bytes.into(),
            keep_free_bytes: config.folder.keep_free_bytes,
        };
        let disk = Disk::open(&root, limits, clock.now())
            .map_err(|error| vec![ConfigProblem::new("folder.path", format!("cannot be used: {error}"))])?;
        let millis = |millis: u32| Duration::from_millis(millis.into());
        Ok(FolderObjects {
            disk: Arc::new(disk),
            turns: Arc::new(Semaphore::new(config.at_once as usize)),
            turn_limit: millis(config.turn_millis),
            time_limit: millis(config.folder.total_millis),
            faults: Mutex::default(),
        })
    }

    /// Does the work on the blocking pool. Work that hangs keeps its turn, so that a dead disk cannot take every
    /// thread of the process.
    async fn run<T: Send + 'static>(
        &self,
        way: Way,
        work: impl FnOnce(&Disk) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Fault> {
        let Ok(Ok(turn)) = timeout(self.turn_limit, self.turns.clone().acquire_owned()).await else {
            return Err(Fault::temporary("as many requests are under way as may be"));
        };
        let disk = self.disk.clone();
        let task = spawn_blocking(move || {
            let _turn = turn;
            work(&disk)
        });
        let outcome = match timeout(self.time_limit, task).await {
            Err(_) => Err(Fault::temporary("the disk did not answer in time; outcome unknown")),
            Ok(Err(_)) => Err(Fault::temporary("the work broke off; outcome unknown")),
            Ok(Ok(outcome)) => outcome.map_err(Trouble::fault),
        };
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let last = match way {
            Way::Reading => &mut faults.reading,
            Way::Writing => &mut faults.writing,
        };
        *last = outcome.as_ref().err().map(|fault| fault.reason().to_owned());
        outcome
    }
}

#[async_trait]
impl Objects for FolderObjects {
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() as u64 > self.disk.limits().object_bytes {
            return Err(super::too_large());
        }
        let (key, bytes) = (key.clone(), bytes.to_vec());
        self.run(Way::Writing, move |disk| disk.put(&key, &bytes)).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, Fault> {
        let key = key.clone();
        self.run(Way::Reading, move |disk| disk.get(&key)).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let key = key.clone();
        self.run(Way::Writing, move |disk| disk.delete(&key)).await
    }

    async fn list(&self, after: Option<&ObjectKey>, limit: usize) -> Result<Vec<ObjectKey>, Fault> {
        let after = after.cloned();
        self.run(Way::Reading, move |disk| disk.list(after.as_ref(), limit)).await
    }

    fn health(&self) -> Health {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match faults.writing.as_ref().or(faults.reading.as_ref()) {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}
