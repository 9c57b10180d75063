use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for one test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pristan-config-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let folder = Folder::new();
    let file = folder.file("pristan.toml", text);
    Config::load(Some(&file), env.iter().map(|(name, value)| (name.to_string(), value.to_string())))
}

fn problems(text: &str, env: &[(&str, &str)]) -> Vec<Problem> {
    load(text, env).expect_err("this configuration is wrong")
}

#[test]
fn nothing_said_is_a_configuration_that_runs() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url(), "sqlite:data/pristan.sqlite");
    assert_eq!(config.keys_file(), PathBuf::from("data/keys.json"));
    assert!(!config.demo && !config.sms.smpp.contains_key("sms_centre_a"));
}

#[test]
fn all_errors_are_told_at_once_with_their_places() {
    let found = problems(
        "[server]\nlisten = \"here\"\nheader_secs = 5\nbody_bytes = \"big\"\n\n[log]\nlevel = \"loud\"\n[srever]\nx = 1\n",
        &[("PRISTAN_METRICS__LISTEN", "nowhere"), ("PRISTAN_SERVER__DRAIN_SECOND", "5")],
    );
    let told: Vec<(&str, bool)> = found.iter().map(|p| (p.path.as_str(), p.place.is_empty())).collect();
    for path in [
        "server.listen",
        "server.header_secs",
        "server.body_bytes",
        "server.drain_second",
        "log.level",
        "srever",
        "metrics.listen",
    ] {
        assert!(told.contains(&(path, false)), "{path} is missing or has no place in {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
    let by = |path: &str| found.iter().find(|p| p.path == path).unwrap();
    assert!(by("server.listen").place.ends_with("pristan.toml:2:1"), "{}", by("server.listen"));
    assert!(by("server.header_secs").message.contains("did you mean `header_seconds`"));
    assert!(by("srever").message.contains("did you mean `server`"));
    assert_eq!(by("metrics.listen").place, "environment variable PRISTAN_METRICS__LISTEN");
}

#[test]
fn wrong_syntax_is_told_with_its_line() {
    let found = problems("[server]\nlisten = \n", &[]);
    assert!(found[0].place.ends_with("pristan.toml:2:10"), "{found:?}");
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let found = Config::load(Some(Path::new("/no/such/file.toml")), std::iter::empty()).unwrap_err();
    assert!(found[0].message.contains("cannot be read"), "{found:?}");
}

#[test]
fn the_environment_wins_over_the_file_and_takes_every_type() {
    let env = [
        ("PRISTAN_LISTEN", "127.0.0.1:9000"),
        ("PRISTAN_DATA_DIR", "/var/lib/pristan"),
        ("PRISTAN_SERVER__DRAIN_SECONDS", "7"),
        ("PRISTAN_SERVER__HOSTS", "one.example, two.example"),
        ("PRISTAN_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
        ("PRISTAN_LOG__REQUESTS", "false"),
        ("PRISTAN_TRACES__SHARE", "0.5"),
        ("PRISTAN_SMS__SMPP__MAIN__SYSTEM_ID", "12345"),
        ("PRISTAN_SMS__SMPP__MAIN__PASSWORD", "0078"),
        ("PRISTAN_TEST_PG", "required"),
        ("HOME", "/root"),
    ];
    let config = load("[server]\nlisten = \"127.0.0.1:8000\"\nheader_seconds = 3\n", &env).unwrap();
    assert_eq!(config.server.listen.port(), 9000);
    assert_eq!(config.server.header_seconds, 3);
    assert_eq!(config.server.drain_seconds, 7);
    assert_eq!(config.server.hosts, ["one.example", "two.example"]);
    assert_eq!(config.server.trusted_proxies.len(), 1);
    assert_eq!(config.data_dir, PathBuf::from("/var/lib/pristan"));
    assert!(!config.log.requests);
    assert_eq!(config.traces.share, 0.5);
    let main = &config.sms.smpp["main"];
    assert_eq!((main.system_id.as_str(), main.password.expose().as_str()), ("12345", "0078"));
}

#[test]
fn a_wrong_word_in_the_environment_is_told_with_the_right_ones() {
    let found = problems("", &[("PRISTAN_LOG__FORMAT", "xml")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("expected `json` or `text`"), "{found:?}");
}

#[test]
fn one_item_in_the_environment_is_a_list_of_one() {
    let config = load("", &[("PRISTAN_SERVER__TRUSTED_PROXIES", "10.0.0.0/8")]).unwrap();
    assert_eq!(config.server.trusted_proxies.len(), 1);
    let found = problems("", &[("PRISTAN_SERVER__TRUSTED_PROXIES", "10.0.0.0/80")]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn every_value_may_come_from_a_file() {
    let folder = Folder::new();
    let secret = folder.file("smtp", "hunter2 \n");
    let text = format!(
        "[mail]\nhost = \"mail.example\"\nuser = \"me\"\npassword_file = {:?}\n",
        secret.display().to_string()
    );
    assert_eq!(load(&text, &[]).unwrap().mail.password.expose(), "hunter2 ");
    let by_env = secret.display().to_string();
    let config =
        load("[mail]\nhost = \"h\"\nuser = \"me\"\n", &[("PRISTAN_MAIL__PASSWORD_FILE", &by_env)]).unwrap();
    assert_eq!(config.mail.password.expose(), "hunter2 ");
    let both = format!("{text}password = \"x\"\n");
    assert!(problems(&both, &[])[0].message.contains("keep one"));
    assert!(problems("[mail]\npassword_file = \"/no/such\"\n", &[])[0].message.contains("cannot be read"));
}

#[test]
fn messages_and_prints_show_no_secret() {
    let found = problems(
        "[mail]\nhost = \"h\"\nuser = \"u\"\npassword = 424242\n[database]\nurl = \"mysql://u:424242@h\"\n",
        &[],
    );
    assert!(found.iter().all(|p| !p.to_string().contains("424242")), "{found:?}");
    let config = load("[mail]\nhost = \"h\"\nuser = \"u\"\npassword = \"424242\"\n", &[]).unwrap();
    assert!(!config.print().contains("424242") && config.print().contains("host = \"h\""));
    assert!(!format!("{config:?}").contains("424242"));
}

#[test]
fn demonstration_points_at_the_stand_whatever_the_file_says() {
    let file =
        "[mail]\nhost = \"real.example\"\n[sms.smpp.real]\nsystem_id = \"x\"\nhost = \"real.example\"\n";
    let config =
        load(file, &[("PRISTAN_DEMO", "1"), ("PRISTAN_STAND_URL", "http://127.0.0.1:18090")]).unwrap();
    assert!(config.demo);
    assert_eq!(config.mail.port, 18093);
    assert_eq!(config.mail.host, "127.0.0.1");
    assert_eq!(config.voice.url, "http://127.0.0.1:18090/voice/calls");
    let hosts: Vec<_> = config.sms.smpp.iter().map(|(name, smpp)| (name.as_str(), smpp.port)).collect();
    assert_eq!(hosts, [("sms_centre_a", 18091), ("sms_centre_b", 18092)]);
    assert!(config.limits.exempt("127.0.0.1".parse().unwrap()));
    assert!(!load("", &[("PRISTAN_DEMO", "0")]).unwrap().limits.exempt("127.0.0.1".parse().unwrap()));
}

#[test]
fn production_refuses_what_is_for_demonstrations() {
    let found = problems(
        "[server]\npublic_url = \"http://portal.example\"\n[mail]\nhost = \"m\"\nuser = \"pristan\"\npassword = \"demo-mail\"\n",
        &[],
    );
    let paths: Vec<_> = found.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["server.public_url", "mail.password"], "{found:?}");
    for fine in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "https://portal.example"] {
        load(&format!("[server]\npublic_url = \"{fine}\"\n"), &[]).unwrap();
    }
}

#[test]
fn files_must_fit_where_they_go_and_travel_sealed() {
    let s3 = "[documents.storage]\nkind = \"s3\"\n[documents.storage.s3]\nendpoint = \"http://10.0.0.1:9000\"\n\
        bucket = \"files\"\naccess_key = \"k\"\nsecret_key = \"s\"\n";
    let paths = |text: &str| problems(text, &[]).into_iter().map(|p| p.path).collect::<Vec<_>>();
    assert_eq!(paths(s3), ["documents.storage.s3.endpoint"]);
    load(s3, &[("PRISTAN_DEMO", "1")]).unwrap();
    load(&s3.replace("http:", "https:"), &[]).unwrap();
    let large = "[documents]\nmax_bytes = 40000000\n";
    let needed = ["documents.storage.object_limit_bytes", "documents.antivirus.clamd.stream_limit_bytes"];
    assert_eq!(paths(large), needed);
    let clamd = "[documents.antivirus]\nkind = \"clamd\"\nclamd = { address = \"10.0.0.7:3310\" }\n";
    assert_eq!(paths(clamd), ["documents.antivirus.clamd.address"]);
}

#[test]
fn production_refuses_secrets_that_everybody_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let secret = folder.file("smtp", "hunter2\n");
    let text =
        format!("[mail]\nhost = \"m\"\nuser = \"me\"\npassword_file = {:?}\n", secret.display().to_string());
    load(&text, &[]).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(problems(&text, &[])[0].message.contains("chmod 600"));
    load(&text, &[("PRISTAN_DEMO", "1")]).unwrap();
}

/// The example file is the reference of every value: it must hold each one, at its default.
#[test]
fn the_example_file_is_complete_and_equals_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pristan.example.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let example: toml::Table = text.parse().unwrap();
    let defaults = toml::Table::try_from(Config::default()).unwrap();
    let mut differences = Vec::new();
    compare("", &example, &defaults, &mut differences);
    assert!(
        differences.is_empty(),
        "pristan.example.toml differs from the defaults:\n{}",
        differences.join("\n")
    );
}

fn compare(at: &str, example: &toml::Table, defaults: &toml::Table, differences: &mut Vec<String>) {
    let keys: std::collections::BTreeSet<&String> = example.keys().chain(defaults.keys()).collect();
    for key in keys {
        match (example.get(key), defaults.get(key)) {
            (Some(toml::Value::Table(example)), Some(toml::Value::Table(defaults))) => {
                compare(&format!("{at}{key}."), example, defaults, differences);
            }
            (None, Some(toml::Value::Table(empty))) if empty.is_empty() => {}
            (example, default) if example != default => {
                differences.push(format!("{at}{key}: the file says {example:?}, the default is {default:?}"));
            }
            _ => {}
        }
    }
}
