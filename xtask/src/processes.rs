//! Starting other programs, and reading what they print.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs Cargo in the workspace with its output shown.
///
/// # Errors
/// When it cannot be started or ends with a failure.
pub fn cargo(command: &str, arguments: &[&str], rest: &[String]) -> Result<()> {
    let mut cargo = cargo_program();
    cargo.arg(command).args(arguments).args(rest);
    show(&mut cargo)
}

/// The Cargo that runs us, in the workspace's folder.
pub fn cargo_program() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::root());
    cargo
}

/// Runs a program with its output shown.
///
/// # Errors
/// When it cannot be started or ends with a failure.
pub fn show(command: &mut Command) -> Result<()> {
    let name = described(command);
    let status = command.status().with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

/// What a program prints, as text.
///
/// # Errors
/// When it cannot be started or ends with a failure.
pub fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output =
        Command::new(program).args(arguments).output().with_context(|| format!("starting {program}"))?;
    if !output.status.success() {
        bail!("{program}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program, shows each line as it comes and hands it to `line`; tells whether it succeeded.
///
/// # Errors
/// When it cannot be started or read.
pub fn watch(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool> {
    let name = described(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("starting {name}"))?;
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout);
        let mut buffer = Vec::new();
        // Bytes, not text: a test may print anything.
        while lines.read_until(b'\n', &mut buffer).with_context(|| format!("reading {name}"))? > 0 {
            let text = String::from_utf8_lossy(&buffer).into_owned();
            print!("{text}");
            line(text.trim_end());
            buffer.clear();
        }
    }
    Ok(child.wait().with_context(|| format!("waiting for {name}"))?.success())
}

/// Whether a program of this name is on the path.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| is_program(&folder.join(program))))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn described(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}
