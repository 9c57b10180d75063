//! `cargo xtask run`: the portal and the outside world that it talks to, on this machine.

use crate::{processes, root};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Between two looks at whether the portal answers.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks until we give up: two minutes, for a slow disk and a first start.
const LOOKS: u32 = 1_200;

/// Lines of a failed process's log that are shown.
const TAIL: usize = 40;

/// A started process and where its output goes.
struct Running {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

/// Builds, starts the stand and the portal, waits until both answer, and stops both on Ctrl-C.
///
/// `--release` builds with optimisation; other arguments are refused.
///
/// # Errors
/// When the build fails, an address is taken, or one of the two ends by itself.
pub fn demonstration(arguments: &[String]) -> Result<()> {
    let release = match arguments {
        [] => false,
        [one] if one == "--release" => true,
        _ => bail!("usage: cargo xtask run [--release]"),
    };
    let portal = address("PRISTAN_LISTEN", "127.0.0.1:8080");
    let stand = address("PRISTAN_STAND_LISTEN", "127.0.0.1:8090");
    for (address, variable) in [(&portal, "PRISTAN_LISTEN"), (&stand, "PRISTAN_STAND_LISTEN")] {
        if TcpStream::connect(address.as_str()).is_ok() {
            bail!("{address} is taken by another program: stop it, or set {variable}");
        }
    }
    let profile: &[&str] =
        if release { &["--release", "--package", "pristan"] } else { &["--package", "pristan"] };
    processes::cargo("build", profile, &[])?;
    let program = target_folder().join(if release { "release" } else { "debug" }).join("pristan");
    let stop = stop_signal()?;
    let data = std::env::var_os("PRISTAN_DATA_DIR").map_or_else(|| root().join("data/demo"), PathBuf::from);
    fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    let mut running = Vec::new();
    let outcome = serve(&program, &data, &portal, &stand, &stop, &mut running);
    for one in running.iter_mut().rev() {
        end(one);
    }
    outcome
}

fn serve(
    program: &Path,
    data: &Path,
    portal: &str,
    stand: &str,
    stop: &Receiver<()>,
    running: &mut Vec<Running>,
) -> Result<()> {
    let hooks = std::env::var("PRISTAN_STAND_PORTAL_URL").unwrap_or_else(|_| local_url(portal));
    let variables = [("PRISTAN_STAND_LISTEN", stand), ("PRISTAN_STAND_PORTAL_URL", hooks.as_str())];
    running.push(start("stand", program, data, &variables)?);
    if !wait_until_ready(running, stand, "/api/systems", stop)? {
        return Ok(());
    }
    let stand_url = std::env::var("PRISTAN_STAND_URL").unwrap_or_else(|_| local_url(stand));
    let public_url = std::env::var("PRISTAN_PUBLIC_URL").unwrap_or_else(|_| local_url(portal));
    let folder = data.to_string_lossy();
    let variables = [
        ("PRISTAN_DEMO", "1"),
        ("PRISTAN_LISTEN", portal),
        ("PRISTAN_STAND_URL", &stand_url),
        ("PRISTAN_PUBLIC_URL", &public_url),
        ("PRISTAN_DATA_DIR", &folder),
    ];
    let staff = staff(program, &variables)?;
    running.push(start("serve", program, data, &variables)?);
    if !wait_until_ready(running, portal, "/health/ready", stop)? {
        return Ok(());
    }
    println!("\n  portal  {public_url}\n  stand   {stand_url}   (SMS, calls and letters arrive here)");
    println!(
        "\n{public_url}/admin is the workplace of staff, who are:\n{staff}\n\n  data    {}\n  logs    serve.log and stand.log in that folder\n\nCtrl-C stops both.",
        data.display()
    );
    while stop.recv_timeout(LOOK_EVERY).is_err() {
        fail_if_ended(running)?;
    }
    println!("\nstopping");
    Ok(())
}

/// Makes the staff of the demonstration; gives how they sign in, a line for each.
fn staff(program: &Path, variables: &[(&str, &str)]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(["admin", "demo-staff"]).envs(variables.iter().copied()).current_dir(root());
    let done = command.output().with_context(|| format!("starting {}", program.display()))?;
    if !done.status.success() {
        bail!("pristan admin demo-staff: {}", String::from_utf8_lossy(&done.stderr));
    }
    let lines = String::from_utf8_lossy(&done.stdout);
    Ok(lines.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"))
}

fn start(name: &'static str, program: &Path, data: &Path, variables: &[(&str, &str)]) -> Result<Running> {
    let log = data.join(format!("{name}.log"));
    let output = File::create(&log).with_context(|| format!("making {}", log.display()))?;
    let errors = output.try_clone().context("sharing the log file")?;
    let child = Command::new(program)
        .arg(name)
        .envs(variables.iter().copied())
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .with_context(|| format!("starting {} {name}", program.display()))?;
    Ok(Running { name, child, log })
}

/// True when it answers; false when the person stopped us meanwhile.
fn wait_until_ready(running: &mut [Running], address: &str, path: &str, stop: &Receiver<()>) -> Result<bool> {
    for _ in 0..LOOKS {
        fail_if_ended(running)?;
        if answers(address, path) {
            return Ok(true);
        }
        if stop.recv_timeout(LOOK_EVERY).is_ok() {
            return Ok(false);
        }
    }
    let last = running.last().map(|one| tail(&one.log)).unwrap_or_default();
    bail!("no answer from http://{address}{path}; its log ends with:\n{last}")
}

fn fail_if_ended(running: &mut [Running]) -> Result<()> {
    for one in running {
        if let Some(status) = one.child.try_wait().context("looking at a process")? {
            bail!("pristan {} ended ({status}); its log ends with:\n{}", one.name, tail(&one.log));
        }
    }
    Ok(())
}

/// Whether a GET is answered with 200.
fn answers(address: &str, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let patience = Some(Duration::from_secs(5));
    if stream.set_read_timeout(patience).is_err() || stream.set_write_timeout(patience).is_err() {
        return false;
    }
    let port = address.rsplit(':').next().unwrap_or_default();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    let mut head = [0; 12];
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut head).is_ok()
        && head.ends_with(b"200")
}

/// Asks a process to finish what it is doing, and waits for it.
fn end(one: &mut Running) {
    if matches!(one.child.try_wait(), Ok(Some(_))) {
        return;
    }
    let id = i32::try_from(one.child.id()).ok().and_then(Pid::from_raw);
    let asked = id.is_some_and(|id| kill_process(id, Signal::TERM).is_ok());
    if !asked {
        // The handle still owns the process: the hard way cannot hit another one.
        let _ = one.child.kill();
    }
    let _ = one.child.wait();
}

fn stop_signal() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    ctrlc::set_handler(move || {
        // A second Ctrl-C while stopping has nobody to tell, which is fine.
        let _ = sender.send(());
    })
    .context("listening for Ctrl-C")?;
    Ok(receiver)
}

fn address(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}

/// `http://localhost:8080` for `127.0.0.1:8080`: what a person types.
fn local_url(address: &str) -> String {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "80"));
    let host = if matches!(host, "127.0.0.1" | "0.0.0.0" | "[::1]" | "[::]") { "localhost" } else { host };
    format!("http://{host}:{port}")
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n")
}
