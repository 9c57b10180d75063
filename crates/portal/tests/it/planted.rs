//! A known person goes through everything; then all that was written is searched for what is theirs.
//!
//! Searched: every byte of the database files (or every row as text on PostgreSQL), every log line of all crates at
//! the finest level, the metrics page, job rows, the addresses that answers led to.

use crate::people::{Person, register, twice};
use kernel::{Secret, Span};
use portal::observe::MetricsPage;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::Engine;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;
use tracing_subscriber::fmt::MakeWriter;

const PLANTED: Person = Person {
    surname: "Бергамотова",
    first_name: "Евлампия",
    phone: "+79587413620",
    email: "evlampia.zefirova@bergamot.example",
};
const PASSWORDS: [&str; 3] = ["Zvezdochet-71!q", "Kolokolchik-82!w", "Nevernyy-93!e"];

/// A birth place, a passport, an office, a SNILS, a number that is not an INN, two streets.
const PROFILE: [&str; 7] = [
    "дер. Малые Бергамоты",
    "4517 918273",
    "Отдел «Зефирный»",
    "861-552-684 26",
    "918273645546",
    "Цветочно-Бергамотная",
    "Набережная Зефирная",
];

/// Every line that any crate logs in this process, from the moment of the first call.
#[derive(Clone, Default)]
pub struct Lines(pub Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(part);
        Ok(part.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;
    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

pub fn observed() -> &'static (Lines, MetricsPage) {
    static OBSERVED: OnceLock<(Lines, MetricsPage)> = OnceLock::new();
    OBSERVED.get_or_init(|| {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(lines.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of these tests");
        (lines, MetricsPage::install(Secret::default()).expect("the only registry of these tests"))
    })
}

/// What must be nowhere, as its name and bytes.
#[derive(Default)]
pub struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    pub fn add(&mut self, name: &str, value: &str) {
        assert!(value.len() >= 6, "{name} is too short to be searched for");
        self.0.push((name.to_owned(), value.as_bytes().to_vec()));
    }

    pub fn search(&self, place: &str, bytes: &[u8]) {
        for (name, secret) in &self.0 {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_slice());
            assert!(!found, "{name} stands in {place}");
        }
    }
}

#[tokio::test]
async fn nothing_that_was_written_names_the_person_or_holds_a_secret() {
    let (lines, metrics) = observed();
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut secrets = Secrets::default();
        everything(&app, &mut secrets).await;
        for (name, value) in [
            ("the surname", PLANTED.surname),
            ("the first name", PLANTED.first_name),
            ("the phone", PLANTED.phone),
            ("the phone without its code", "9587413620"),
            ("the phone as shown", "958 741-36-20"),
            ("the e-mail", PLANTED.email),
            ("the local part", "evlampia.zefirova"),
            ("a password", PASSWORDS[0]),
            ("a second password", PASSWORDS[1]),
            ("a wrong password", PASSWORDS[2]),
        ] {
            secrets.add(name, value);
        }
        for value in PROFILE {
            secrets.add("a field of the profile", value);
        }
        let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert!(
            String::from_utf8_lossy(&lines).contains("/register/code"),
            "there are lines of these requests"
        );
        secrets.search("the log", &lines);
        let page = metrics.render();
        assert!(page.contains("registrations_total"), "{page}");
        secrets.search("the metrics", page.as_bytes());
        secrets.search("the addresses", app.urls().join("\n").as_bytes());
        let account =
            app.app.read(|tx| Ok(tx.one("SELECT id FROM account", &[], |row| row.get::<String>(0))?)).await;
        let account = account.expect("the account").into_bytes();
        let mut control = false;
        for (place, bytes) in written(&app).await {
            secrets.search(&place, &bytes);
            control |= bytes.windows(account.len()).any(|window| window == account.as_slice());
        }
        assert!(control, "what may stand there is found, so the search works");
    })
    .await;
}

/// Registering with both contacts, a link, signing in rightly and wrongly, a lock, recovering, changing.
async fn everything(app: &TestApp, secrets: &mut Secrets) {
    let mut browser = app.browser();
    register(app, &mut browser, &PLANTED, PASSWORDS[0]).await;
    let mut by_link = app.browser();
    by_link.get("/register").await;
    app.advance(Span::minutes(2));
    by_link.send("/register", &Person { phone: "", ..PLANTED }.fields()).await;
    let link = app.mail_link(PLANTED.email).await;
    secrets.add("the token of a link", link.rsplit('/').next().unwrap_or_default());
    by_link.get(&link).await;
    by_link.send(&link, &[]).await;
    let mut stranger = app.browser().at("198.51.100.77");
    let mut page = stranger.get("/sign-in").await;
    for _ in 0..11 {
        let fields = [("login", PLANTED.phone), ("password", PASSWORDS[2])];
        page = if page.asks("challenge_token") {
            stranger.post_solved(&page, "/sign-in", &fields).await
        } else {
            stranger.post("/sign-in", &fields).await
        };
    }
    secrets.add("the token of a challenge", &page.value("challenge_token").expect("a challenge"));
    let mut recovering = app.browser();
    recovering.get("/recover").await;
    recovering.send("/recover", &[("login", PLANTED.phone)]).await;
    let code = app.sms_code(PLANTED.phone).await;
    recovering.send("/recover/code", &[("code", &code)]).await;
    for name in ["rcv", "vid"] {
        secrets.add("a cookie", recovering.cookie(name).expect(name));
    }
    secrets.add("a code in the log or a row", &format!("\"{code}\""));
    secrets.add("a form token", recovering.csrf());
    assert_eq!(recovering.send("/recover/password", &twice(PASSWORDS[1])).await.path, "/cabinet");
    recovering.get("/cabinet/security").await;
    fill_in_profile(&mut recovering).await;
    recovering.get("/cabinet/security/sessions").await;
    let change =
        [("current_password", PASSWORDS[1]), ("password", PASSWORDS[0]), ("password_repeat", PASSWORDS[0])];
    assert_eq!(recovering.send("/cabinet/security/password", &change).await.path, "/cabinet/security");
    secrets.add("a session's cookie", recovering.cookie("sid").expect("a session"));
    // Left open: a draft with everything in it, and messages that could not leave.
    app.world.sms.set_down(Some("no link"));
    let mut waiting = app.browser();
    waiting.get("/register").await;
    waiting.send("/register", &PLANTED.fields()).await;
    for kept in [waiting.cookie("reg"), by_link.cookie("reg")].into_iter().flatten() {
        secrets.add("a draft's cookie", kept);
    }
    app.run_jobs().await;
    let queued =
        app.number("SELECT COUNT(*) FROM message WHERE state = 'queued' AND body IS NOT NULL", &[]).await;
    assert!(queued > 0, "a message waits with its words sealed");
}

/// The person's passport, SNILS and address: as values, as drafts of an open form, and unreadable.
async fn fill_in_profile(browser: &mut Browser) {
    for (section, fields) in [
        ("personal", &[("birth_place", PROFILE[0]), ("birth_date", "07.07.1971")][..]),
        (
            "document",
            &[("document_kind", "passport_rf"), ("document_number", PROFILE[1]), ("issued_by", PROFILE[2])],
        ),
        ("numbers", &[("snils", PROFILE[3]), ("inn", PROFILE[4])]),
        ("registered", &[("registered_street", PROFILE[5])]),
    ] {
        let path = format!("/cabinet/profile/section/{section}");
        browser.get(&path).await;
        browser.send(&path, fields).await;
    }
    browser.post("/cabinet/profile/check", &[("field", "residence_street"), ("typed", PROFILE[6])]).await;
    assert!(
        browser.get("/cabinet/profile/section/numbers").await.value("inn").as_deref() == Some(PROFILE[4])
    );
}

/// Everything that the database wrote, by place.
pub async fn written(app: &TestApp) -> Vec<(String, Vec<u8>)> {
    match app.db().engine() {
        Engine::Sqlite => {
            let file = std::path::Path::new(app.db_url().trim_start_matches("sqlite:"));
            let folder = std::fs::read_dir(file.parent().expect("a folder")).expect("the folder");
            let files: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
            assert!(files.len() >= 2, "the file and its write-ahead log: {files:?}");
            files
                .into_iter()
                .map(|path| (path.display().to_string(), std::fs::read(&path).expect("the file")))
                .collect()
        }
        Engine::Postgres => {
            let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
            let read = app.app.read(move |tx| {
                let names: Vec<String> = tx.all(tables, &[], |row| row.get(0))?;
                let mut rows = Vec::new();
                for name in names {
                    // A row as JSON shows text as it is; bytes are hexadecimal, so they are decoded as well.
                    let sql = format!("SELECT CAST(row_to_json(t) AS TEXT) FROM \"{name}\" t");
                    let text = tx.all(&sql, &[], |row| row.get::<String>(0))?.join("\n");
                    rows.push((name.clone(), text.clone().into_bytes()));
                    rows.push((format!("{name} (bytes)"), decoded(&text)));
                }
                Ok(rows)
            });
            read.await.expect("every table is read")
        }
    }
}

/// Every run of `\\x…` decoded, one after another.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in text.split("\\\\x").skip(1) {
        let digits: Vec<u32> = run.chars().map_while(|sign| sign.to_digit(16)).collect();
        bytes.extend(digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8));
        bytes.push(b'\n');
    }
    bytes
}
