//! The portal and the stand as processes, on free ports, with a folder of their own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;

/// Looks at a port before giving up: a minute on a machine that does many things at once.
const LOOKS: u32 = 1_200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The stand takes four ports after its own.
const STAND_PORTS: u16 = 5;

/// A started portal, its database and its stand; all ends with this value.
pub struct World {
    portal: Option<Child>,
    stand: Child,
    database: String,
    folder: PathBuf,
    portal_port: u16,
    stand_port: u16,
}

impl World {
    /// Starts the stand, then the portal over `database` with so many demonstration accounts: `+79000000000` and on.
    pub async fn with_accounts(database: &str, accounts: u32) -> World {
        let folder = testkit::db::folder();
        if accounts > 0 {
            let status = program("admin", &folder)
                .args(["seed", "--accounts", &accounts.to_string(), "--json"])
                .env("PRISTAN_DEMO", "1")
                .env("PRISTAN_DATA_DIR", &folder)
                .env("PRISTAN_DATABASE_URL", database)
                .status()
                .expect("the seed command starts");
            assert!(status.success(), "seeding failed, see admin.log in {}", folder.display());
        }
        let stand_port = free_ports(STAND_PORTS);
        let portal_port = free_ports(1);
        let stand = program("stand", &folder)
            .env("PRISTAN_STAND_LISTEN", format!("127.0.0.1:{stand_port}"))
            .env("PRISTAN_STAND_PORTAL_URL", format!("http://localhost:{portal_port}"))
            .spawn()
            .expect("the stand starts");
        let mut world =
            World { portal: None, stand, database: database.to_owned(), folder, portal_port, stand_port };
        listening(world.stand_port).await;
        world.start_portal().await;
        world
    }

    /// Starts the portal and waits until it is ready.
    pub async fn start_portal(&mut self) {
        let portal = program("serve", &self.folder)
            .env("PRISTAN_DEMO", "1")
            .env("PRISTAN_LISTEN", format!("127.0.0.1:{}", self.portal_port))
            .env("PRISTAN_PUBLIC_URL", self.portal_url())
            .env("PRISTAN_STAND_URL", self.stand_url())
            .env("PRISTAN_DATA_DIR", &self.folder)
            .env("PRISTAN_DATABASE_URL", &self.database)
            // Heads of the journal are signed under load too, not only once an hour.
            .env("PRISTAN_JOURNAL__PLACE_SECONDS", "1")
            .env("PRISTAN_JOURNAL__HEAD_SECONDS", "1")
            // A person whom every kill hits asks for more codes in a minute than others in a day.
            .env("PRISTAN_CODES__SENDS_PER_CONTACT__COUNT", "50")
            .env("PRISTAN_CODES__SENDS_PER_CONTACT__SECONDS", "3600")
            .env("PRISTAN_CODES__SENDS_PER_CONTACT_DAY__COUNT", "50")
            .env("PRISTAN_CODES__SENDS_PER_CONTACT_DAY__SECONDS", "86400")
            .env("PRISTAN_CODES__TRIES", "20")
            .spawn()
            .expect("the portal starts");
        self.portal = Some(portal);
        let browser = crate::browser::Browser::new(&self.portal_url());
        for _ in 0..LOOKS {
            if matches!(browser.clone().get("/health/ready").await, Ok(page) if page.status == 200) {
                return;
            }
            self.still_running();
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("the portal is not ready:\n{}", self.log());
    }

    /// Kills the portal the hard way (SIGKILL): nothing in it can prepare for this.
    pub fn kill_portal(&mut self) {
        let mut portal = self.portal.take().expect("a running portal");
        portal.kill().expect("killing it");
        portal.wait().expect("its end");
    }

    /// Verifies the whole journal with the command that administrators have.
    pub fn verify_journal(&self) {
        let status = program("admin", &self.folder)
            .args(["audit", "verify"])
            .env("PRISTAN_DEMO", "1")
            .env("PRISTAN_DATA_DIR", &self.folder)
            .env("PRISTAN_DATABASE_URL", &self.database)
            .status()
            .expect("the command starts");
        let log = std::fs::read_to_string(self.folder.join("admin.log")).unwrap_or_default();
        assert!(status.success(), "the journal does not verify:\n{log}");
    }

    /// `http://localhost:PORT` of the portal.
    pub fn portal_url(&self) -> String {
        format!("http://localhost:{}", self.portal_port)
    }

    /// `http://localhost:PORT` of the stand.
    pub fn stand_url(&self) -> String {
        format!("http://localhost:{}", self.stand_port)
    }

    fn still_running(&mut self) {
        if let Some(portal) = &mut self.portal
            && let Ok(Some(status)) = portal.try_wait()
        {
            panic!("the portal ended ({status}):\n{}", self.log());
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in self.portal.iter_mut().chain([&mut self.stand]) {
            // Already ended is fine.
            let _ = child.kill();
            let _ = child.wait();
        }
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn program(name: &str, folder: &Path) -> Command {
    let file = |path| std::fs::OpenOptions::new().create(true).append(true).open(path).expect("a log file");
    let log = file(folder.join(format!("{name}.log")));
    let mut command = Command::new(env!("CARGO_BIN_EXE_pristan"));
    // Settings of the tests, or of somebody's own portal, are none of this one's.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PRISTAN_")) {
        command.env_remove(name);
    }
    command.arg(name).stdin(Stdio::null()).stderr(log.try_clone().expect("the same file")).stdout(log);
    command
}

async fn listening(port: u16) {
    for _ in 0..LOOKS {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("nobody listens on {port}");
}

/// The first of `count` free ports in a row. Another program may take them meanwhile; then the start fails loudly.
fn free_ports(count: u16) -> u16 {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("a port").port();
        let free = |offset| {
            first.checked_add(offset).is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        };
        if (0..count).all(free) {
            return first;
        }
    }
    panic!("no {count} free ports in a row");
}
