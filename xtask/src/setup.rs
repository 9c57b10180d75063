//! `cargo xtask setup`: what the tests need beside the Rust toolchain.
//!
//! On Debian and its family the missing packages are installed with apt-get, as root or through sudo.
//! Elsewhere the command says what to install and ends with an error.

use crate::processes;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// Something the tests use, the programs that prove it is there, and where it comes from.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

/// In the order in which they are told.
const NEEDS: &[Need] = &[
    Need { what: "a C compiler (SQLite, ring)", packages: &["build-essential"], is_there: has_compiler },
    Need { what: "PostgreSQL's server", packages: &["postgresql"], is_there: has_postgresql },
    // The fonts: without one that has Cyrillic, pictures and measures of pages mean nothing.
    Need {
        what: "Chromium",
        packages: &["chromium", "fonts-liberation", "fonts-dejavu-core"],
        is_there: has_chromium,
    },
    Need { what: "Node 18 or newer", packages: &["nodejs"], is_there: has_node },
    Need { what: "npm", packages: &["npm"], is_there: has_npm },
    Need { what: "oathtool (codes by time)", packages: &["oathtool"], is_there: has_oathtool },
];

/// Installs what is missing, and the browser tests' own packages. Quick when all is there.
///
/// # Errors
/// When something is missing and cannot be installed from here.
pub fn everything() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        println!("setup: PostgreSQL, Chromium and Node are there");
    } else {
        install(&missing)?;
    }
    if let Some(still) = missing.iter().find(|need| !(need.is_there)()) {
        bail!("{} is still missing after installing {}", still.what, still.packages.join(" "));
    }
    browser_test_packages()
}

fn install(missing: &[&Need]) -> Result<()> {
    let names = missing.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    if !processes::exists("apt-get") {
        bail!(
            "missing: {names}. Install them with your system's package manager (Debian calls them {})",
            packages.join(" ")
        );
    }
    println!("setup: missing {names}; installing with apt-get: {}", packages.join(" "));
    processes::show(apt_get()?.args(["update", "-q"]))?;
    let result =
        processes::show(apt_get()?.args(["install", "-y", "-q", "--no-install-recommends"]).args(&packages));
    if result.is_err() {
        bail!("apt-get could not install {}", packages.join(" "));
    }
    Ok(())
}

/// `apt-get` with the right to install and without questions.
fn apt_get() -> Result<Command> {
    let is_root = processes::output("id", &["-u"])?.trim() == "0";
    if is_root {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return Ok(command);
    }
    if !processes::exists("sudo") {
        bail!("installing needs root: run `cargo xtask setup` once as root, or install sudo");
    }
    let mut command = Command::new("sudo");
    command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Ok(command)
}

/// `npm ci` in e2e/ when its packages are missing or older than the lock file.
fn browser_test_packages() -> Result<()> {
    let folder = crate::root().join("e2e");
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let lock = changed(&folder.join("package-lock.json"));
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= lock {
        return Ok(());
    }
    println!("setup: npm ci in e2e/ (playwright-core, axe-core; test tools only)");
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    processes::show(&mut npm)
}

fn has_compiler() -> bool {
    processes::exists("cc")
}

fn has_postgresql() -> bool {
    processes::exists("initdb") || debian_postgresql().is_some()
}

/// Debian keeps the server's programs out of the path, one folder a version.
fn debian_postgresql() -> Option<std::path::PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.filter_map(|entry| Some(entry.ok()?.path().join("bin/initdb"))).find(|path| path.is_file())
}

fn has_chromium() -> bool {
    std::env::var_os("E2E_CHROMIUM").is_some()
        || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| processes::exists(name))
}

fn has_node() -> bool {
    let major = |text: String| {
        text.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok())
    };
    processes::output("node", &["--version"]).ok().and_then(major).is_some_and(|version| version >= 18)
}

fn has_oathtool() -> bool {
    processes::exists("oathtool")
}

fn has_npm() -> bool {
    processes::exists("npm")
}
