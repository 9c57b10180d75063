//! What types cannot say: bounds, values that belong together, and what production forbids (checklist 10.9).

use super::{Config, demo};
use std::net::IpAddr;
use std::path::Path;

/// Every problem as the path of a value and a message.
pub(super) fn problems(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    bounds(config, &mut found);
    addresses(config, &mut found);
    logs_and_traces(config, &mut found);
    let tables = [
        ("sms", config.sms.problems()),
        ("voice", config.voice.problems()),
        ("mail", config.mail.problems()),
        ("push", config.push.problems()),
        ("registers", config.registers.problems()),
        ("documents", config.documents.problems()),
        ("review", config.review.problems()),
    ];
    for (table, problems) in tables {
        found.extend(problems.into_iter().map(|p| p.below(table)).map(|p| (p.path, p.message)));
    }
    let challenge = config.challenge.problems().into_iter();
    found.extend(challenge.map(|(name, message)| (format!("challenge.{name}"), message)));
    let geo = config.geo.problems().into_iter();
    found.extend(geo.map(|(name, message)| (format!("geo.{name}"), message)));
    let places = config.addresses.problems().into_iter();
    found.extend(places.map(|(name, message)| (format!("addresses.{name}"), message)));
    let staff = config.staff.problems().into_iter();
    found.extend(staff.map(|(name, message)| (format!("staff.{name}"), message)));
    let notices = config.notifications.problems().into_iter();
    found.extend(notices.map(|(name, message)| (format!("notifications.{name}"), message)));
    let legal = config.legal.problems().into_iter();
    found.extend(legal.map(|(name, message)| (format!("legal.{name}"), message)));
    if !config.demo {
        production(config, &mut found);
    }
    found
}

type Found = Vec<(String, String)>;

fn add(found: &mut Found, path: &str, message: impl Into<String>) {
    found.push((path.to_owned(), message.into()));
}

fn bounds(config: &Config, found: &mut Found) {
    let server = &config.server;
    let table: [(&str, u64, u64, u64); 14] = [
        ("server.header_seconds", server.header_seconds.into(), 1, 300),
        ("server.header_bytes", server.header_bytes.into(), 8 * 1024, 1024 * 1024),
        ("server.header_count", server.header_count.into(), 20, 1000),
        ("server.body_bytes", server.body_bytes, 1024, 64 * 1024 * 1024),
        ("server.upload_bytes", server.upload_bytes, server.body_bytes, 1024 * 1024 * 1024),
        ("server.body_idle_seconds", server.body_idle_seconds.into(), 1, 300),
        ("server.answer_idle_seconds", server.answer_idle_seconds.into(), 1, 3600),
        ("server.connections", server.connections.into(), 10, 1_000_000),
        ("server.connections_per_address", server.connections_per_address.into(), 1, 1_000_000),
        ("server.requests", server.requests.into(), 1, 1_000_000),
        ("server.threads", server.threads.into(), 0, 1024),
        ("database.readers", config.database.readers.into(), 1, 64),
        ("database.connections", config.database.connections.into(), 1, 1000),
        ("database.write_queue", config.database.write_queue.into(), 1, 1_000_000),
    ];
    for (path, value, least, most) in table {
        if !(least..=most).contains(&value) {
            add(found, path, format!("expected {least} to {most}"));
        }
    }
}

fn addresses(config: &Config, found: &mut Found) {
    let url = &config.server.public_url;
    let good = url.parse::<axum::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some()
            && uri.path() == "/"
            && uri.query().is_none()
    });
    if !good || url.ends_with('/') {
        add(
            found,
            "server.public_url",
            "expected scheme and host without a path, for example https://portal.example.org",
        );
    }
    if config.server.tls.is_some() && url.starts_with("http://") {
        add(found, "server.public_url", "with own TLS the address begins with https://");
    }
    match config.database.url.expose().split_once(':').map(|(scheme, _)| scheme) {
        None if config.database.url.expose().is_empty() => {}
        Some("sqlite" | "postgres" | "postgresql") => {}
        _ => add(found, "database.url", "expected sqlite:PATH or postgres://…"),
    }
    if config.metrics.listen == Some(config.server.listen) {
        add(found, "metrics.listen", "must differ from server.listen");
    }
    if let Some(tls) = &config.server.tls {
        for (path, file) in [("server.tls.certificate", &tls.certificate), ("server.tls.key", &tls.key)] {
            if let Err(error) = std::fs::File::open(file) {
                add(found, path, format!("the file cannot be opened: {error}"));
            }
        }
    }
}

fn logs_and_traces(config: &Config, found: &mut Found) {
    if crate::observe::log_filter(&config.log.level).is_none() {
        add(
            found,
            "log.level",
            "expected error, warn, info, debug, trace, or directives such as info,portal=debug",
        );
    }
    if !(0.0..=1.0).contains(&config.traces.share) {
        add(found, "traces.share", "expected 0 to 1");
    }
    if !config.traces.endpoint.is_empty() && cfg!(not(feature = "otel")) {
        add(
            found,
            "traces.endpoint",
            "this program was built without traces; build it with the cargo feature `otel`",
        );
    }
}

/// Outside the demonstration mode a start with demonstration parts is refused.
fn production(config: &Config, found: &mut Found) {
    let host = config.server.public_host();
    if !config.is_https() && !is_loopback(&host) {
        add(
            found,
            "server.public_url",
            "people's data over plain http: expected an https:// address (or demo = true)",
        );
    }
    let secrets =
        config.sms.smpp.iter().map(|(name, smpp)| (format!("sms.smpp.{name}.password"), &smpp.password));
    let secrets = secrets.chain([
        ("voice.token".to_owned(), &config.voice.token),
        ("mail.password".to_owned(), &config.mail.password),
    ]);
    for (path, secret) in secrets {
        if demo::DEMO_SECRETS
            .iter()
            .any(|known| kernel::secret::same(known.as_bytes(), secret.expose().as_bytes()))
        {
            add(
                found,
                &path,
                "this is a secret of the demonstration, known to everybody; set your own or demo = true",
            );
        }
    }
    if config.documents.storage.is_plain() {
        add(found, "documents.storage.s3.endpoint", "people's files over plain http: expected https://");
    }
    if config.push.allow_private {
        add(found, "push.allow_private", "lets strangers make the portal ask machines of its own network");
    }
    for register in gateway::register::Register::ALL {
        let settings = config.registers.of(register);
        if settings.is_plain() {
            add(
                found,
                &format!("registers.{}.url", register.word()),
                "people's data over plain http: expected https://",
            );
        }
        if settings.sign_key.expose().contains(demo::DEMO_KEY_MARK) {
            add(
                found,
                &format!("registers.{}.sign_key", register.word()),
                "this is a key of the demonstration, known to everybody; set your own or demo = true",
            );
        }
    }
    let tls_key = config.server.tls.iter().map(|tls| ("server.tls.key", tls.key.as_path()));
    let keys_file = config.keys_file();
    let files = config.secret_files.iter().map(|file| ("", file.as_path()));
    for (path, file) in tls_key.chain([("keys.file", keys_file.as_path())]).chain(files) {
        if others_can_read(file) {
            add(found, path, format!("{} can be read by everybody; run: chmod 600 {0}", file.display()));
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Whether a file exists and everybody on the machine may read it.
fn others_can_read(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o004 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}
