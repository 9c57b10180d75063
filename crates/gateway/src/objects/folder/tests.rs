use super::disk::Step;
use super::*;
use crate::objects::FolderConfig;
use kernel::SystemClock;
use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes away with the test.
struct Room(PathBuf);

impl Room {
    fn new() -> Room {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pristan-files-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Room(std::env::temp_dir().join(name))
    }

    fn open(&self) -> FolderObjects {
        self.open_with(|_| {})
    }

    fn open_with(&self, change: impl FnOnce(&mut Config)) -> FolderObjects {
        let folder = FolderConfig { path: self.0.clone(), keep_free_bytes: 0, ..FolderConfig::default() };
        let mut config = Config { folder, ..Config::default() };
        change(&mut config);
        FolderObjects::open(&config, Path::new("unused"), &SystemClock).unwrap()
    }

    /// A store whose writes end as the hook says.
    fn open_hooked(&self, hook: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> FolderObjects {
        let mut store = self.open();
        Arc::get_mut(&mut store.disk).unwrap().hook = Some(Box::new(hook));
        store
    }

    fn incoming(&self) -> usize {
        fs::read_dir(self.0.join(".incoming")).unwrap().count()
    }

    /// Where the only object of the room lies.
    fn only_file(&self) -> PathBuf {
        let inside = |path: &Path| {
            let mut entries: Vec<_> =
                fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
            entries.retain(|path| !path.ends_with(".incoming"));
            assert_eq!(entries.len(), 1);
            entries.remove(0)
        };
        inside(&inside(&inside(&self.0)))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text).unwrap()
}

#[tokio::test]
async fn it_keeps_replaces_lists_and_removes() {
    let room = Room::new();
    let store = room.open();
    assert_eq!(store.list(None, 5).await.unwrap(), []);
    let mut names: Vec<String> = (0..300).map(|n| format!("scans/{n}/page_{}-a", n % 7)).collect();
    for name in &names {
        store.put(&key(name), name.as_bytes()).await.unwrap();
    }
    store.put(&key(&names[0]), b"").await.unwrap();
    drop(store);
    let store = room.open();
    assert_eq!(store.get(&key(&names[0])).await, Ok(Some(Vec::new())));
    assert_eq!(store.get(&key(&names[299])).await, Ok(Some(names[299].clone().into_bytes())));
    assert_eq!(store.get(&key("scans/300")).await, Ok(None));
    for _ in 0..2 {
        store.delete(&key(&names[5])).await.unwrap();
        assert_eq!(store.get(&key(&names[5])).await, Ok(None));
    }
    names.remove(5);
    names.sort();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(after.as_ref(), 64).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        seen.extend(page);
    }
    assert_eq!(seen, names.iter().map(|name| key(name)).collect::<Vec<_>>());
    assert!(store.health() == Health::Up && room.incoming() == 0);
}

#[tokio::test]
async fn keys_that_begin_alike_do_not_get_into_each_others_way() {
    let room = Room::new();
    let store = room.open();
    let names = ["a", "a/a", "a/a/a", "a_a", "a-a", &"k/".repeat(99), &"k".repeat(200)];
    let names = names.map(|name| name.trim_end_matches('/').to_owned());
    for name in &names {
        store.put(&key(name), name.as_bytes()).await.unwrap();
    }
    for name in &names {
        assert_eq!(store.get(&key(name)).await, Ok(Some(name.clone().into_bytes())));
    }
    assert_eq!(store.list(None, 99).await.unwrap().len(), names.len());
}

#[tokio::test]
async fn only_the_owner_can_read() {
    let room = Room::new();
    room.open().put(&key("a"), b"1").await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = room.only_file();
    let inner = file.parent().unwrap();
    assert_eq!(mode(&file), 0o600);
    for folder in [&room.0, &room.0.join(".incoming"), inner, inner.parent().unwrap()] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

#[tokio::test]
async fn a_write_that_breaks_off_anywhere_leaves_the_old_or_the_new_and_no_rubbish() {
    let steps = [Step::Create, Step::Write, Step::Sync, Step::Place, Step::Rename, Step::SyncPlace];
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for bad in steps {
            let room = Room::new();
            room.open().put(&key("a"), b"old").await.unwrap();
            let fail = move |step| if step == bad { Err(io::Error::from(kind)) } else { Ok(()) };
            let store = room.open_hooked(fail);
            let fault = store.put(&key("a"), b"new").await.unwrap_err();
            assert!(fault.is_temporary(), "{bad:?}");
            assert_eq!(fault.reason() == "the disk is full", kind == ErrorKind::StorageFull);
            assert!(!store.health().can_send());
            let left = if bad == Step::SyncPlace { b"new" } else { b"old" };
            assert_eq!(store.get(&key("a")).await, Ok(Some(left.to_vec())), "{bad:?}");
            assert_eq!(room.incoming(), 0, "{bad:?}");
        }
    }
}

#[tokio::test]
async fn what_an_administrator_must_mend_is_permanent_and_health_comes_back() {
    let room = Room::new();
    let mended = Arc::new(AtomicU32::new(0));
    let seen = mended.clone();
    let store = room.open_hooked(move |_| match seen.load(Ordering::Relaxed) {
        0 => Err(ErrorKind::ReadOnlyFilesystem.into()),
        _ => Ok(()),
    });
    assert!(!store.put(&key("a"), b"1").await.unwrap_err().is_temporary());
    assert_eq!(store.get(&key("a")).await, Ok(None));
    assert!(!store.health().can_send(), "a good read does not hide that nothing can be written");
    mended.store(1, Ordering::Relaxed);
    store.put(&key("a"), b"1").await.unwrap();
    assert_eq!(store.health(), Health::Up);
}

#[tokio::test]
async fn room_is_kept_free_and_large_objects_are_refused_both_ways() {
    let room = Room::new();
    let full = room.open_with(|config| config.folder.keep_free_bytes = u64::MAX);
    assert!(full.put(&key("a"), b"1").await.unwrap_err().is_temporary());
    room.open().put(&key("a"), &[7; 2048]).await.unwrap();
    let small = room.open_with(|config| config.object_limit_bytes = 1024);
    assert!(!small.put(&key("b"), &[7; 1025]).await.unwrap_err().is_temporary());
    assert_eq!(small.health(), Health::Up, "a refused request says nothing about the disk");
    assert_eq!(small.get(&key("a")).await, Err(crate::objects::too_large()));
    small.put(&key("b"), &[7; 1024]).await.unwrap();
}

#[tokio::test]
async fn symbolic_links_are_not_followed() {
    let room = Room::new();
    let outside = Room::new();
    fs::create_dir(&outside.0).unwrap();
    fs::write(outside.0.join("a"), b"secret").unwrap();
    let store = room.open();
    store.put(&key("a"), b"1").await.unwrap();
    let file = room.only_file();
    fs::remove_file(&file).unwrap();
    symlink(outside.0.join("a"), &file).unwrap();
    assert!(!store.get(&key("a")).await.unwrap_err().is_temporary());
    assert_eq!(store.list(None, 9).await.unwrap(), []);
    store.put(&key("a"), b"2").await.unwrap();
    assert_eq!(fs::read(outside.0.join("a")).unwrap(), b"secret", "the link was replaced, not followed");
    let inner = file.parent().unwrap();
    fs::remove_dir_all(inner).unwrap();
    symlink(&outside.0, inner).unwrap();
    assert!(!store.put(&key("a"), b"3").await.unwrap_err().is_temporary());
    assert!(store.get(&key("a")).await.is_err() && store.delete(&key("a")).await.is_err());
    assert_eq!(fs::read(outside.0.join("a")).unwrap(), b"secret");
}

#[tokio::test]
async fn what_is_no_file_is_not_waited_for() {
    let room = Room::new();
    let store = room.open();
    store.put(&key("a"), b"1").await.unwrap();
    let file = room.only_file();
    fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert!(!store.get(&key("a")).await.unwrap_err().is_temporary());
}

#[tokio::test]
async fn a_start_sweeps_dead_writes_and_leaves_living_ones() {
    let room = Room::new();
    let store = room.open();
    let incoming = room.0.join(".incoming");
    fs::write(incoming.join("dead-1"), b"half").unwrap();
    let living = fs::File::create(incoming.join("living-1")).unwrap();
    living.lock().unwrap();
    room.open();
    assert!(!incoming.join("dead-1").exists() && incoming.join("living-1").exists());
    drop(living);
    room.open();
    assert_eq!(room.incoming(), 0);
    store.put(&key("a"), b"1").await.unwrap();
}

#[tokio::test]
async fn a_hanging_disk_keeps_its_turns_and_nobody_waits_for_ever() {
    let room = Room::new();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let mut store = room.open_with(|config| {
        config.at_once = 1;
        config.turn_millis = 20;
        config.folder.total_millis = 50;
    });
    let hook = move |_| {
        let _ = wait.lock().unwrap().recv();
        Ok(())
    };
    Arc::get_mut(&mut store.disk).unwrap().hook = Some(Box::new(hook));
    let fault = store.put(&key("a"), b"1").await.unwrap_err();
    assert!(fault.is_temporary() && fault.reason().contains("in time"));
    let fault = store.get(&key("a")).await.unwrap_err();
    assert!(fault.is_temporary() && fault.reason().contains("under way"), "its turn is still taken");
    drop(release);
    while store.get(&key("a")).await != Ok(Some(b"1".to_vec())) {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_told_at_the_start() {
    let folder = FolderConfig { path: "/dev/null/files".into(), ..FolderConfig::default() };
    let config = Config { folder, ..Config::default() };
    let problems = FolderObjects::open(&config, Path::new("unused"), &SystemClock).err().unwrap();
    assert_eq!(problems[0].path, "folder.path");
}

const CHILD: &str = "PRISTAN_TEST_FILES_FOLDER";
const STOP: &str = "PRISTAN_TEST_FILES_STOP";

/// What the child of these tests writes: longer than one part.
fn content(round: u32) -> Vec<u8> {
    round.to_be_bytes().repeat(50_000)
}

/// The round whose bytes these are, when they are whole.
fn round_of(bytes: &[u8]) -> u32 {
    let round = u32::from_be_bytes(bytes[..4].try_into().unwrap());
    assert!(bytes == content(round), "half a file, or two in one");
    round
}

/// Not a test of its own: what the next ones start and kill. It writes rounds; with a number to stop at, it stands
/// still at that step of its second round.
#[tokio::test]
async fn child_that_writes() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let stop: Option<u32> = std::env::var(STOP).ok().map(|stop| stop.parse().unwrap());
    let room = std::mem::ManuallyDrop::new(Room(folder.into()));
    let mut store = room.open();
    store.put(&key("a"), &content(0)).await.unwrap();
    let steps = AtomicU32::new(0);
    Arc::get_mut(&mut store.disk).unwrap().hook = Some(Box::new(move |step| {
        if stop == Some(steps.fetch_add(1, Ordering::Relaxed)) {
            println!("\nat {step:?}");
            loop {
                std::thread::park();
            }
        }
        Ok(())
    }));
    for round in 1.. {
        store.put(&key("a"), &content(round)).await.unwrap();
        println!("\nround {round}");
    }
}

/// Starts the child and reads what it says.
fn child(room: &Room, stop: Option<u32>) -> (std::process::Child, impl Iterator<Item = String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "objects::folder::tests::child_that_writes", "--nocapture"]);
    command.env(CHILD, &room.0).stdout(Stdio::piped()).stderr(Stdio::null());
    command.envs(stop.map(|stop| (STOP, stop.to_string())));
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

#[tokio::test]
async fn a_writer_killed_at_any_step_leaves_the_old_or_the_new() {
    let mut seen = Vec::new();
    for stop in 0.. {
        let room = Room::new();
        let (mut child, mut lines) = child(&room, Some(stop));
        let line = lines.find(|line| line.starts_with("at ") || line == "round 1").unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        if line == "round 1" {
            break;
        }
        let expected = u32::from(line == "at SyncPlace");
        let store = room.open();
        let bytes = store.get(&key("a")).await.unwrap().unwrap();
        assert_eq!((round_of(&bytes), room.incoming()), (expected, 0), "{line}");
        store.put(&key("a"), b"after").await.unwrap();
        seen.push(line);
    }
    let each = ["at Create", "at Write", "at Write", "at Write", "at Write"];
    let then = ["at Sync", "at Place", "at Rename", "at SyncPlace"];
    assert_eq!(seen, [each.as_slice(), &then].concat());
}

#[tokio::test]
async fn killed_writers_never_leave_half_a_file() {
    let room = Room::new();
    for turn in 0..15 {
        let (mut child, lines) = child(&room, None);
        let rounds = lines.filter_map(|line| line.strip_prefix("round ")?.parse::<u32>().ok());
        let told = rounds.take(3).last().expect("the child wrote nothing");
        // Each turn kills at another moment of the next round.
        for _ in 0..turn * 20_000 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let store = room.open();
        let round = round_of(&store.get(&key("a")).await.unwrap().unwrap());
        assert!(round >= told, "what was told to be there is not: {round} < {told}");
        assert_eq!(room.incoming(), 0);
    }
}
