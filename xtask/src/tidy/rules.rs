//! The data of the checks: `xtask/tidy.toml` and `deny.toml`.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the checks are told.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Crate name → crates of this workspace that it may depend on (development edges are free).
    pub edges: BTreeMap<String, BTreeSet<String>>,
    /// The order of slices inside the portal.
    pub slices: Slices,
    /// Names that a pure crate may not mention.
    pub purity: BTreeMap<String, Purity>,
    /// Length of files.
    pub sizes: Sizes,
    /// Crate → how many `unwrap`/`expect` outside tests it has today; the number may only fall.
    #[serde(default)]
    pub unwraps: BTreeMap<String, usize>,
    /// `path` → why this file may put a name into SQL.
    #[serde(default)]
    pub formatted_sql: BTreeMap<String, String>,
    /// `path` → why this file has a router of its own.
    #[serde(default)]
    pub routers: BTreeMap<String, String>,
    /// Limits on dependencies, read from `deny.toml` after this file.
    #[serde(skip)]
    pub deny: Deny,
}

/// Who may call whom inside `crates/portal/src`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slices {
    /// Modules that are not slices: they hold the house together and anyone may use them.
    pub shell: Vec<String>,
    /// Slices, low to high; a slice uses only the ones before it.
    pub order: Vec<String>,
}

/// What a pure crate must do without.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purity {
    /// Names that may not appear in code.
    pub forbidden: Vec<String>,
    /// `path` → the forbidden name it may use.
    #[serde(default)]
    pub except: BTreeMap<String, Vec<String>>,
}

/// How long a file may be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Lines.
    pub limit: usize,
    /// Endings of file names that count.
    pub endings: Vec<String>,
    /// `path` → why it is longer.
    #[serde(default)]
    pub except: BTreeMap<String, String>,
}

/// The part of `deny.toml` that we enforce ourselves.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Deny {
    /// Allowed licences.
    #[serde(default)]
    pub licenses: Licenses,
    /// Crates that must not come in.
    #[serde(default)]
    pub bans: Bans,
}

/// `[licenses]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Licenses {
    /// SPDX identifiers, with an exception where one belongs to it.
    #[serde(default)]
    pub allow: Vec<String>,
}

/// `[bans]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Bans {
    /// The crates.
    #[serde(default)]
    pub deny: Vec<Ban>,
}

/// One banned crate.
#[derive(Clone, Debug, Deserialize)]
pub struct Ban {
    /// Its name.
    #[serde(rename = "crate")]
    pub name: String,
    /// Why.
    pub reason: String,
}
