//! Throw-away PostgreSQL clusters.
//!
//! All test binaries that run at one time share one cluster. Each of them holds a shared lock on `users.lock` until it
//! ends, however it ends; a small watching process stops the cluster and removes its data when nobody has held that
//! lock for some seconds. The first initialisation is kept beside it as `pristine` and copied afterwards.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use store::{Db, Options};

/// Seconds without users before the cluster is stopped: enough for cargo to go from one test binary to the next.
const GRACE: u32 = 15;

/// A running server with a folder of its own; reached over a unix socket in that folder.
pub struct Cluster {
    folder: PathBuf,
    tools: Tools,
    /// Held for as long as the process lives.
    _user: Option<File>,
    template: tokio::sync::OnceCell<String>,
}

#[derive(Clone)]
struct Tools {
    bin: PathBuf,
    /// `runuser` when we are root: `initdb` refuses to be.
    root: bool,
}

impl Tools {
    fn find() -> Result<Tools, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
        let mut installed: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>())
            .unwrap_or_default()
            .into_iter()
            .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
            .filter(|(_, bin)| bin.join("initdb").is_file())
            .collect();
        installed.sort();
        let bin = in_path.or_else(|| installed.pop().map(|(_, bin)| bin));
        let bin = bin.ok_or("no initdb in PATH nor in /usr/lib/postgresql/*/bin")?;
        Ok(Tools { bin, root: is_root() })
    }

    fn command(&self, tool: &str) -> Command {
        let tool = self.bin.join(tool);
        let mut command = if self.root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        // `postgres` may not be allowed to stand in our folder.
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn run(&self, tool: &str, args: &[&str]) -> Result<(), String> {
        let mut command = self.command(tool);
        let done = command.args(args).stdout(Stdio::null()).stderr(Stdio::piped()).output();
        let done = done.map_err(|e| format!("{tool}: {e}"))?;
        if done.status.success() {
            Ok(())
        } else {
            Err(format!("{tool}: {}", String::from_utf8_lossy(&done.stderr)))
        }
    }

    /// Makes a folder that the server's user owns.
    fn own_folder(&self, folder: &Path) -> Result<(), String> {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        if self.root {
            shell(&format!("chown postgres '{}'", folder.display()))?;
        }
        Ok(())
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

fn shell(script: &str) -> Result<(), String> {
    let done =
        Command::new("sh").args(["-c", script]).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

/// The folder of the shared cluster: under `target/` where the server's user can reach it and the path is short enough
/// for a unix socket (107 bytes), otherwise in the system's temporary folder.
fn home(root: bool) -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let target = exe.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let target = target.unwrap_or(Path::new("/tmp")).to_path_buf();
    let folder = target.join("test-pg");
    let reachable = !root
        || std::fs::create_dir_all(&folder).is_ok()
            && shell(&format!("runuser -u postgres -- test -x '{}'", folder.display())).is_ok();
    if reachable && folder.as_os_str().len() < 80 {
        return folder;
    }
    let mark = target
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(5381_u64, |h, b| h.wrapping_mul(33) ^ u64::from(*b));
    std::env::temp_dir().join(format!("pristan-test-pg-{mark:x}"))
}

/// The cluster that all test binaries share; started by the first of them.
pub fn shared() -> Result<&'static Cluster, String> {
    static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| {
        if std::env::var("PRISTAN_TEST_PG").as_deref() == Ok("off") {
            return Err("PRISTAN_TEST_PG=off".into());
        }
        let tools = Tools::find()?;
        let folder = home(tools.root);
        tools.own_folder(&folder)?;
        let user = File::create(folder.join("users.lock")).map_err(|e| format!("users.lock: {e}"))?;
        user.lock_shared().map_err(|e| format!("users.lock: {e}"))?;
        let starting = File::create(folder.join("start.lock")).map_err(|e| format!("start.lock: {e}"))?;
        starting.lock().map_err(|e| format!("start.lock: {e}"))?;
        let cluster = Cluster { folder, tools, _user: Some(user), template: Default::default() };
        if !cluster.answers() {
            let settings = "-c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB \
                            -c deadlock_timeout=50ms";
            cluster.start(settings)?;
            cluster.watch();
        }
        Ok(cluster)
    });
    shared.as_ref().map_err(Clone::clone)
}

impl Cluster {
    /// Starts a cluster of one's own, with the server's durable defaults: for measuring and for outages.
    /// It stops when dropped.
    pub fn own(folder: PathBuf, settings: &str) -> Result<Cluster, String> {
        let tools = Tools::find()?;
        tools.own_folder(&folder)?;
        let cluster = Cluster { folder, tools, _user: None, template: Default::default() };
        cluster.start(settings)?;
        Ok(cluster)
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn answers(&self) -> bool {
        self.tools.run("pg_ctl", &["-D", &self.data(), "status"]).is_ok()
            && self.sql("postgres", "SELECT 1").is_ok()
    }

    fn start(&self, settings: &str) -> Result<(), String> {
        let data = self.data();
        // Made by whoever comes first, in the shared folder or in this one; complete once it has this name.
        let shared = home(self.tools.root).join("pristine");
        let pristine = if shared.is_dir() { shared } else { self.folder.join("pristine") };
        if !pristine.is_dir() {
            let half = format!("{}.half", pristine.display());
            shell(&format!("rm -rf '{half}'"))?;
            let words =
                ["-D", &half, "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"];
            self.tools.run("initdb", &words)?;
            std::fs::rename(&half, &pristine).map_err(|e| e.to_string())?;
        }
        shell(&format!("rm -rf '{data}' && cp -a '{}' '{data}'", pristine.display()))?;
        self.resume(settings)
    }

    /// Starts the server again on the data that it has.
    pub fn resume(&self, settings: &str) -> Result<(), String> {
        let (data, folder) = (self.data(), self.folder.display().to_string());
        let options = format!("-c listen_addresses='' -k {folder} {settings}");
        let log = self.folder.join("log").display().to_string();
        self.tools.run("pg_ctl", &["-D", &data, "-w", "-t", "60", "-l", &log, "start", "-o", &options])
    }

    /// Stops the server as a power cut would: no goodbye to clients, no checkpoint.
    pub fn crash(&self) -> Result<(), String> {
        self.tools.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"])
    }

    /// Leaves a process behind that ends the cluster once its last user is gone.
    fn watch(&self) {
        let stop = self.tools.command("pg_ctl");
        let words = std::iter::once(stop.get_program()).chain(stop.get_args());
        let stop = words.map(|word| format!("'{}'", word.to_string_lossy())).collect::<Vec<_>>().join(" ");
        let (users, data) = (self.folder.join("users.lock").display().to_string(), self.data());
        let script = format!(
            "while :; do
               flock -x '{users}' true || exit
               sleep {GRACE}
               flock -n -x '{users}' sh -c \"{stop} -D '{data}' -m immediate -w stop; rm -rf '{data}'\" && exit
             done"
        );
        use std::os::unix::process::CommandExt;
        let mut watcher = Command::new("sh");
        watcher.args(["-c", &script]).current_dir("/").process_group(0);
        watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Err(error) = watcher.spawn() {
            eprintln!("the test cluster in {} must be stopped by hand: {error}", self.folder.display());
        }
    }

    /// The address of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        let host: String =
            self.folder.display().to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("postgres://postgres@{host}/{database}")
    }

    /// The name of a database in which all migrations are applied; made once for each state of the migrations.
    pub async fn template(&'static self) -> String {
        let made = self.template.get_or_init(|| async {
            let steps = store::migrate::fingerprint();
            let name = format!("template_{steps}");
            let lock = File::create(self.folder.join("template.lock")).expect("template.lock");
            let lock =
                tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await.expect("no panic");
            let _lock = lock.expect("template.lock");
            if self.sql(&name, "SELECT 1").is_err() {
                // Made under another name first: a template that exists is a complete one.
                let half = format!("{name}_half");
                self.sql("postgres", &format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"))
                    .expect("a drop");
                self.sql("postgres", &format!("CREATE DATABASE {half}")).expect("a template database");
                let options = Options { pg_connections: 1, ..Options::default() };
                let db = Db::open(&self.url(&half), options).await.expect("the template migrates");
                db.close().await;
                self.sql("postgres", &format!("ALTER DATABASE {half} RENAME TO {name}")).expect("a rename");
            }
            name
        });
        made.await.clone()
    }

    /// Copies a database.
    pub fn create_database(&self, name: &str, template: &str) {
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        self.sql("postgres", &sql).expect("a database for the test");
    }

    /// Removes a database, with whoever is still in it.
    pub fn drop_database(&self, name: &str) {
        // What is left over goes with the cluster.
        let _ = self.sql("postgres", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    /// Runs one statement.
    pub fn sql(&self, database: &str, sql: &str) -> Result<(), String> {
        let url = self.url(database);
        let sql = sql.to_owned();
        // A thread of its own, because the caller may stand in a runtime.
        let run = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(|e| e.to_string())?.block_on(async {
                let connected = tokio_postgres::connect(&url, tokio_postgres::NoTls).await;
                let (client, connection) = connected.map_err(|e| e.to_string())?;
                tokio::spawn(connection);
                client.batch_execute(&sql).await.map_err(|e| e.to_string())
            })
        });
        run.join().unwrap_or_else(|_| Err("panicked".into()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self._user.is_none() {
            let _ = self.crash();
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
