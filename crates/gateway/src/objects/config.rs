//! The configuration of the file store.

use super::ObjectKey;
use crate::{BreakerConfig, ConfigProblem};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Which store is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder on this machine's disk, or one that every instance mounts.
    #[default]
    Folder,
    /// An S3-compatible store.
    S3,
}

/// The storage table: which store, and the limits that both have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `folder` or `s3`.
    pub kind: Kind,
    /// The largest object, in bytes: neither written nor read beyond it. Larger than the largest upload, for sealing
    /// adds a little.
    pub object_limit_bytes: u32,
    /// How many requests may be under way at a time.
    pub at_once: u32,
    /// How long a request waits for its turn before it is put off, in milliseconds.
    pub turn_millis: u32,
    /// The `folder` table.
    pub folder: FolderConfig,
    /// The `s3` table.
    pub s3: S3Config,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            kind: Kind::Folder,
            object_limit_bytes: 16 * 1024 * 1024,
            at_once: 16,
            turn_millis: 5_000,
            folder: FolderConfig::default(),
            s3: S3Config::default(),
        }
    }
}

/// A folder of files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FolderConfig {
    /// The folder; it is made when it is not there. Empty: `files` in the data folder.
    pub path: PathBuf,
    /// Nothing is written when less than this would stay free on its disk, in bytes: a database on the same disk must
    /// not die of uploads.
    pub keep_free_bytes: u64,
    /// One read or write must end within this time, in milliseconds.
    pub total_millis: u32,
}

impl Default for FolderConfig {
    fn default() -> FolderConfig {
        FolderConfig { path: PathBuf::new(), keep_free_bytes: 256 * 1024 * 1024, total_millis: 20_000 }
    }
}

impl FolderConfig {
    /// The folder, `files` in the data folder when none is named.
    pub fn path_in(&self, data_dir: &Path) -> PathBuf {
        if self.path.as_os_str().is_empty() { data_dir.join("files") } else { self.path.clone() }
    }
}

/// How a bucket is named in an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Addressing {
    /// `https://s3.example/bucket/key`; what most stores of one's own speak.
    #[default]
    Path,
    /// `https://bucket.s3.example/key`.
    Host,
}

/// A bucket of an S3-compatible store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3Config {
    /// Where it answers: `https://s3.example`, with a port when it is not the usual one, without a path.
    pub endpoint: String,
    /// The region that requests are signed for; stores without regions take `us-east-1`.
    pub region: String,
    /// The bucket. It is never made by the portal.
    pub bucket: String,
    /// How the bucket is named in addresses: `path` or `host`.
    pub addressing: Addressing,
    /// Comes before every key, and a slash between: several portals may share a bucket. May be empty.
    pub prefix: String,
    /// The name of the access key.
    pub access_key: String,
    /// The secret of the access key.
    pub secret_key: Secret<String>,
    /// PEM file of the authorities that may sign the store's certificate; Mozilla's when absent.
    pub tls_ca_file: Option<PathBuf>,
    /// To reach the store, in milliseconds.
    pub connect_millis: u32,
    /// From the beginning to the first line of the answer, in milliseconds; sending the object is in it.
    pub first_byte_millis: u32,
    /// To read the rest of the answer, in milliseconds.
    pub body_millis: u32,
    /// The whole exchange, in milliseconds.
    pub total_millis: u32,
    /// When the store is left alone.
    pub breaker: BreakerConfig,
}

impl Default for S3Config {
    fn default() -> S3Config {
        S3Config {
            endpoint: String::new(),
            region: "us-east-1".to_owned(),
            bucket: String::new(),
            addressing: Addressing::Path,
            prefix: String::new(),
            access_key: String::new(),
            secret_key: Secret::default(),
            tls_ca_file: None,
            connect_millis: 3_000,
            first_byte_millis: 20_000,
            body_millis: 20_000,
            total_millis: 30_000,
            breaker: BreakerConfig::DEFAULT,
        }
    }
}

impl Config {
    /// Whether objects would travel over plain http; a portal for real people refuses to start so.
    pub fn is_plain(&self) -> bool {
        self.kind == Kind::S3 && self.s3.endpoint.starts_with("http://")
    }

    /// Every problem of these values, paths below the storage table. Folders and certificate files are looked at when
    /// the store opens.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let table = [
            ("object_limit_bytes", self.object_limit_bytes, 1024, 1_073_741_824),
            ("at_once", self.at_once, 1, 1000),
            ("turn_millis", self.turn_millis, 0, 60_000),
            ("folder.total_millis", self.folder.total_millis, 1, 600_000),
            ("s3.connect_millis", self.s3.connect_millis, 1, 60_000),
            ("s3.first_byte_millis", self.s3.first_byte_millis, 1, 600_000),
            ("s3.body_millis", self.s3.body_millis, 1, 600_000),
            ("s3.total_millis", self.s3.total_millis, 1, 600_000),
        ];
        let bad = table.into_iter().filter(|(_, value, low, high)| !(*low..=*high).contains(value));
        found.extend(
            bad.map(|(path, _, low, high)| ConfigProblem::new(path, format!("expected {low} to {high}"))),
        );
        found.extend(self.s3.breaker.problems().into_iter().map(|p| p.below("s3.breaker")));
        if self.kind == Kind::S3 {
            found.extend(self.s3.names().into_iter().map(|p| p.below("s3")));
        }
        found
    }
}

impl S3Config {
    /// Problems of what names the bucket and us.
    fn names(&self) -> Vec<ConfigProblem> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let plain = |text: &str| visible(text) && !text.contains(['/', ',', '=']);
        let table = [
            (
                "endpoint",
                super::s3::is_endpoint(&self.endpoint),
                "expected an address such as https://s3.example:9000, without a path",
            ),
            ("region", plain(&self.region), "expected a word such as us-east-1"),
            (
                "bucket",
                is_bucket(&self.bucket),
                "expected 3 to 63 of a-z, 0-9, dot and hyphen, a letter or digit at both ends",
            ),
            (
                "prefix",
                self.prefix.is_empty()
                    || (self.prefix.len() <= 100 && ObjectKey::parse(&self.prefix).is_some()),
                "expected up to 100 of a-z, 0-9, _, - and / between parts, or nothing",
            ),
            ("access_key", plain(&self.access_key), "expected the name of the access key"),
            ("secret_key", visible(self.secret_key.expose()), "expected the secret of the access key"), // only its form
        ];
        let bad = table.into_iter().filter(|(_, good, _)| !good);
        bad.map(|(path, _, message)| ConfigProblem::new(path, message)).collect()
    }
}

/// The rules of S3 for names of buckets, without the older ones.
fn is_bucket(name: &str) -> bool {
    let inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    (3..=63).contains(&name.len())
        && name.bytes().all(inner)
        && !name.contains("..")
        && !name.starts_with(['-', '.'])
        && !name.ends_with(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3() -> Config {
        let s3 = S3Config {
            endpoint: "https://s3.example".into(),
            bucket: "portal-files".into(),
            access_key: "AKIA".into(),
            secret_key: Secret::new("wJalr/K7+".into()),
            ..S3Config::default()
        };
        Config { kind: Kind::S3, s3, ..Config::default() }
    }

    fn paths(config: &Config) -> Vec<String> {
        config.problems().into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn the_defaults_and_a_filled_bucket_are_fine() {
        assert_eq!(paths(&Config::default()), [""; 0]);
        assert_eq!(paths(&s3()), [""; 0]);
        assert_eq!(Config::default().folder.path_in(Path::new("data")), Path::new("data/files"));
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let nothing = Config { kind: Kind::S3, ..Config::default() };
        let needed = ["s3.endpoint", "s3.bucket", "s3.access_key", "s3.secret_key"];
        assert_eq!(paths(&nothing), needed);
        let mut bad = s3();
        bad.object_limit_bytes = 1;
        bad.at_once = 0;
        bad.s3.breaker.failures = 0;
        bad.s3.prefix = "/a".into();
        bad.s3.region = "a/b".into();
        let expected = ["object_limit_bytes", "at_once", "s3.breaker.failures", "s3.region", "s3.prefix"];
        assert_eq!(paths(&bad), expected);
    }

    #[test]
    fn endpoints_and_buckets_carry_nothing_else() {
        for endpoint in
            ["s3.example", "ftp://s3.example", "https://s3.example/x", "https://a@b", "https://b?x"]
        {
            let mut config = s3();
            config.s3.endpoint = endpoint.into();
            assert_eq!(paths(&config), ["s3.endpoint"], "{endpoint}");
        }
        for bucket in ["ab", "-ab", "a..b", "A-bucket", "a/b", "a_b"] {
            assert!(!is_bucket(bucket), "{bucket}");
        }
        let mut plain = s3();
        plain.s3.endpoint = "http://10.0.0.1:9000".into();
        assert!(plain.is_plain() && plain.problems().is_empty() && !s3().is_plain());
    }

    #[test]
    fn a_printed_configuration_holds_no_secret() {
        let printed = format!("{:?}{}", s3(), serde_json::to_string(&s3()).unwrap());
        assert!(!printed.contains("wJalr") && printed.contains("(hidden)"));
    }
}
