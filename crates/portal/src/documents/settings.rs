//! Section `[documents]`: what may be uploaded, how much and how often.

use crate::limits::Limit;
use gateway::ConfigProblem;
use serde::{Deserialize, Serialize};

/// Section `[documents]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The most bytes of one file (spec 02 §2: 5 MB, read as 5 MiB).
    pub max_bytes: u64,
    /// Scans of one account that are kept at a time (a choice: the pages of a passport and a dozen further papers).
    pub most_scans: i64,
    /// Uploads of one account that are under way at a time; one more ends the oldest (a choice).
    pub most_uploads: i64,
    /// Uploads that one account may begin (a choice: 60 a day).
    pub uploads: Limit,
    /// Uploads begun from one address: accounts are cheap, and what is on its way lies in the database (a choice).
    pub uploads_per_address: Limit,
    /// Hours for which an upload that broke off can be continued (a choice: a day).
    pub upload_hours: i64,
    /// Bytes after which what has arrived is written down: this much is lost at most when the process is killed.
    pub piece_bytes: u64,
    /// Files judged at once; each may take up to 256 MiB of memory (docs/scans.md).
    pub judges: u32,
    /// Requests that wait for their file to be judged; above that the person sees «checking» and the job does it.
    pub most_waiting: u32,
    /// Seconds that a request waits for its file to be judged before it answers «checking».
    pub wait_seconds: u32,
    /// `[documents.storage]`: where files are kept (docs/storage-of-files.md).
    pub storage: gateway::objects::Config,
    /// `[documents.antivirus]`: the virus scanner.
    pub antivirus: gateway::antivirus::Config,
}

impl Settings {
    /// Every problem of these values, paths below `[documents]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found: Vec<_> = self.storage.problems().into_iter().map(|p| p.below("storage")).collect();
        found.extend(self.antivirus.problems().into_iter().map(|p| p.below("antivirus")));
        let rooms = [
            ("storage.object_limit_bytes", self.storage.object_limit_bytes, SEALING_BYTES),
            ("antivirus.clamd.stream_limit_bytes", self.antivirus.clamd.stream_limit_bytes, 0),
        ];
        for (path, limit, more) in rooms {
            let least = self.max_bytes.saturating_add(more);
            if u64::from(limit) < least {
                found.push(ConfigProblem::new(
                    path,
                    format!("a file would not fit: expected at least {least}"),
                ));
            }
        }
        found
    }
}

/// What sealing may add to a file, generously, in bytes.
const SEALING_BYTES: u64 = 1024;

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            max_bytes: 5 * 1024 * 1024,
            most_scans: 20,
            most_uploads: 5,
            uploads: Limit::new(60, 86_400),
            uploads_per_address: Limit::new(200, 3_600),
            upload_hours: 24,
            piece_bytes: 256 * 1024,
            judges: 1,
            most_waiting: 16,
            wait_seconds: 20,
            storage: Default::default(),
            antivirus: Default::default(),
        }
    }
}
