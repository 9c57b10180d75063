//! The real program as a process of its own: seeded, started, measured from outside, stopped.

use anyhow::{Context as _, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest start that is waited for.
const START_LIMIT: Duration = Duration::from_secs(60);

/// What a portal of one measurement runs on.
#[derive(Clone)]
pub struct Setting {
    /// The built program.
    pub program: PathBuf,
    /// `sqlite` or `postgres`, for the table.
    pub engine: &'static str,
    /// The address of the database.
    pub database: String,
    /// The data folder.
    pub folder: PathBuf,
    /// Where the stand answers.
    pub stand_url: String,
    /// How many accounts there are.
    pub accounts: u32,
    /// `rustcrypto` or `simd`.
    pub hash: &'static str,
}

impl Setting {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PRISTAN_") {
                command.env_remove(name);
            }
        }
        let plenty = "{ count = 1000000000, seconds = 3600 }";
        command
            .env("PRISTAN_DEMO", "1")
            .env("PRISTAN_STAND_URL", &self.stand_url)
            .env("PRISTAN_DATA_DIR", &self.folder)
            .env("PRISTAN_DATABASE_URL", &self.database)
            .env("PRISTAN_PASSWORDS__IMPLEMENTATION", self.hash)
            // One machine plays thousands of people here: what protects against that is out of the way.
            .env("PRISTAN_CODES__CHALLENGE", "never")
            .env("PRISTAN_STAFF__SEARCHES", plenty)
            // Once a day, but not in the middle of a measurement of something else.
            .env("PRISTAN_JOURNAL__VERIFY_SECONDS", "0")
            .env("PRISTAN_SMS__SMPP__SMS_CENTRE_A__PARTS_PER_SECOND", "0")
            .env("PRISTAN_SMS__SMPP__SMS_CENTRE_B__PARTS_PER_SECOND", "0");
        for limit in ["PER_NETWORK", "PER_VISITOR", "PER_PREFIX", "PER_MINUTE", "PER_DAY"] {
            command.env(format!("PRISTAN_CODES__SMS_{limit}"), plenty);
        }
        command
    }

    /// Makes the demonstration accounts; gives how long that took.
    pub fn seed(&self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let done = self
            .command()
            .args(["admin", "seed", "--json", "--accounts", &self.accounts.to_string()])
            .stdout(Stdio::null())
            .status()
            .context("pristan admin seed")?;
        if !done.success() {
            bail!("pristan admin seed ended with {done}");
        }
        Ok(begun.elapsed())
    }

    /// Runs a command of the administrator to its end; gives its answer in JSON.
    pub fn admin(&self, words: &[&str]) -> anyhow::Result<String> {
        let done = self.command().arg("admin").args(words).arg("--json").output().context("pristan admin")?;
        anyhow::ensure!(done.status.success(), "admin {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(String::from_utf8(done.stdout)?)
    }

    /// Starts the portal and waits for its first 200.
    pub fn start(&self) -> anyhow::Result<Portal> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let log = std::fs::File::create(self.folder.join("portal.log")).context("portal.log")?;
        let begun = Instant::now();
        let child = self
            .command()
            .arg("serve")
            .env("PRISTAN_LISTEN", address.to_string())
            .env("PRISTAN_PUBLIC_URL", format!("http://localhost:{port}"))
            .stderr(log)
            .spawn()
            .context("pristan serve")?;
        let mut portal = Portal { child, address, first_answer: Duration::ZERO };
        while !first_page_answers(address) {
            if begun.elapsed() > START_LIMIT || portal.child.try_wait()?.is_some() {
                bail!("the portal did not start; see {}", self.folder.join("portal.log").display());
            }
            std::thread::yield_now();
        }
        portal.first_answer = begun.elapsed();
        Ok(portal)
    }
}

/// A running portal; stopped when dropped.
pub struct Portal {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From starting the process to the first 200 of the home page.
    pub first_answer: Duration,
}

impl Portal {
    /// The process, for asking the system about it.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Processor time that the process has used so far, in seconds.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        cpu_seconds(self.child.id())
    }

    /// Memory in RAM, in KiB.
    pub fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).context("/proc")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        line.trim().trim_end_matches(" kB").trim().parse().context("VmRSS")
    }

    /// Of [`Portal::resident_kib`]: what is in the large anonymous blocks that hashing threads keep, 19 MiB each.
    pub fn arenas_kib(&self) -> anyhow::Result<u64> {
        let maps = std::fs::read_to_string(format!("/proc/{}/smaps", self.child.id())).context("/proc")?;
        let number = |line: &str| line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok());
        let (mut large, mut sum) = (false, 0);
        for line in maps.lines() {
            if let Some(size) = line.strip_prefix("Size:").and(number(line)) {
                large = (19_000..40_000).contains(&size);
            } else if line.starts_with("Rss:") && large {
                sum += number(line).unwrap_or(0);
            }
        }
        Ok(sum)
    }

    /// Asks for an orderly stop and waits for it.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.terminate();
        self.child.wait()?;
        Ok(())
    }

    fn terminate(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.terminate();
            let _ = self.child.wait();
        }
    }
}

fn first_page_answers(address: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = [0; 12];
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && &answer[9..] == b"200"
}

/// Processor time of a process, in seconds: user and system, from `/proc` (in hundredths, as Linux tells it there).
pub fn cpu_seconds(process: u32) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).context("/proc")?;
    let after_name = text.rsplit_once(')').context("stat")?.1;
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
    Ok(ticks.map(f64::from).sum::<f64>() / 100.0)
}

/// Processor time of a process and its children, those included that have ended, in seconds.
pub fn family_cpu_seconds(first: u32) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for folder in std::fs::read_dir("/proc").context("/proc")?.flatten() {
        let Some(process) = folder.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end while it is looked at.
        let Ok(text) = std::fs::read_to_string(folder.path().join("stat")) else { continue };
        let Some((_, after_name)) = text.rsplit_once(')') else { continue };
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
        if process == first {
            sum += (11..15).map(|at| f64::from(number(at))).sum::<f64>();
        } else if number(1) == first {
            sum += f64::from(number(11)) + f64::from(number(12));
        }
    }
    Ok(sum / 100.0)
}

/// Runs `work` on a thread that is bound to one core; processes started there stay on that core too.
pub fn on_core<T: Send>(core: usize, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            let mut cores = rustix::thread::CpuSet::new();
            cores.set(core);
            let _ = rustix::thread::sched_setaffinity(None, &cores); // one core only: then both share it
            work()
        });
        thread.join().map_err(|_| anyhow::anyhow!("a thread broke"))
    })
}

/// A folder of a measurement, made anew.
pub fn fresh_folder(path: &Path) -> anyhow::Result<PathBuf> {
    if path.exists() {
        std::fs::remove_dir_all(path)?;
    }
    std::fs::create_dir_all(path)?;
    Ok(path.to_owned())
}

/// The first process of a PostgreSQL server that runs over `folder`.
pub fn postmaster(folder: &Path) -> anyhow::Result<u32> {
    let text = std::fs::read_to_string(folder.join("data/postmaster.pid")).context("postmaster.pid")?;
    text.lines().next().and_then(|line| line.trim().parse().ok()).context("postmaster.pid")
}
