//! The repository's own tool, as a library so that the tests can call what the command line calls.

pub mod ci;
pub mod processes;
pub mod run;
pub mod sbom;
pub mod setup;
pub mod tidy;

use std::path::PathBuf;

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}
