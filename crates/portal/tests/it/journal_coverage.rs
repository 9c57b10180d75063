//! Every act writes its event: for each POST route there is a scenario here that looks at the journal, or a reason why
//! it has none.
//!
//! # Adding a route
//! When this test names your route, do one of these:
//! - call `ledger.post(&mut browser, "/your/route", &[("field", "value")], "word_of_event").await` in a scenario below
//!   (or add an `async fn` with your own, and call it from [`scenarios`]); it sends the form and fails unless the
//!   journal gained an event of that word;
//! - where the address has parameters or the act takes several steps: `let before = ledger.mark().await;`, act as you
//!   like, then `ledger.saw("/your/{route}", before, "word_of_event").await`;
//! - if the act changes nothing about an account, add a line to [`EXEMPT`] with the reason.

use crate::people::{ANNA, IGOR, OTHER_PASSWORD, PASSWORD, Person, VERA, begin, registered, sign_in, twice};
use crate::recovery_proofs::{bind, newest, prove_mail};
use std::collections::BTreeSet;
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db;

/// Acts without an event, and why.
const EXEMPT: &[(&str, &str)] = &[
    ("/sign-in/qr", "a code on a screen; whose account it is for is not known yet"),
    ("/preferences", "a cookie of the browser; no account is touched"),
    ("/register", "a draft: there is no account yet"),
    ("/register/discard", "a draft: there is no account yet"),
    (
        "/register/code",
        "a draft: there is no account yet; that a contact was confirmed stands in account_opened",
    ),
    ("/register/code/send", "a draft: there is no account yet"),
    ("/register/code/later", "a draft: there is no account yet"),
    ("/register/link/{token}", "a draft: there is no account yet; the same as typing the code"),
    (
        "/register/taken",
        "a choice kept in the draft; what follows from it is contact_moved, at the account's opening",
    ),
    ("/cabinet/security/factors/codes/file", "gives back, as a file, what the page before it showed"),
    (
        "/cabinet/security/contacts/cancel",
        "gives up a contact that never was one; its code_sent stands in the journal",
    ),
    ("/admin/people/{card}/close", "puts a card away; that it was opened is written down"),
    ("/cabinet/documents/uploads", "an upload begins; when it is whole, scan_uploaded is written"),
    ("/cabinet/profile/addresses", "asks the directory of addresses; the account is as it was"),
    (
        "/cabinet/profile/section/{section}/find",
        "asks the directory of addresses and keeps what is typed in an open form; nothing counts by it",
    ),
    (
        "/cabinet/profile/list/{list}/{item}/check",
        "keeps what is being typed into an open form; nothing counts by it",
    ),
    ("/cabinet/profile/check", "keeps what is being typed into an open form; nothing counts by it"),
    (
        "/hooks/registers/{register}",
        "a register, not a person; what it leads to is check_ended or register_told (tests/it/levels.rs)",
    ),
    ("/cabinet/notifications/read", "a message was seen; the account is as it was"),
    ("/cabinet/notifications/read-all", "messages were seen; the account is as it was"),
    ("/cabinet/tour", "the tour was seen: a look of the first page"),
    ("/recover/code", "a right code only opens the next page; what it leads to is password_recovered"),
    ("/recover/second/start", "asks for a message within a recovery that has begun"),
    ("/recover/code/send", "asks for another message within a recovery that has begun"),
    ("/recover", "answers alike for people who exist and who do not; what it leads to is password_recovered"),
];

/// Remembers which routes were seen to write an event.
pub struct Ledger<'a> {
    app: &'a TestApp,
    seen: BTreeSet<&'static str>,
}

impl Ledger<'_> {
    /// How long every chain is now.
    pub async fn mark(&self) -> i64 {
        self.app.rows("journal").await
    }

    /// Notes that the act of `route`, done since `before`, wrote an event of this word.
    pub async fn saw(&mut self, route: &'static str, before: i64, word: &str) {
        let read = self.app.app.read(move |tx| {
            let sql = "SELECT event FROM journal ORDER BY id";
            Ok(tx.all(sql, params![], |row| row.get::<String>(0))?)
        });
        let words = read.await.expect("the database answers");
        let new = words.len() - usize::try_from(before).expect("a count");
        // Identifiers of one moment are in no order, so the new ones are counted, not cut off.
        assert!(new > 0, "{route} wrote no event at all");
        let count = words.iter().filter(|known| *known == word).count();
        assert!(count > 0, "{route} wrote no {word}; the journal: {words:?}");
        self.seen.insert(route);
    }

    /// Sends a form and fails unless the journal gained an event of this word by it.
    pub async fn post(
        &mut self,
        browser: &mut Browser,
        route: &'static str,
        fields: &[(&str, &str)],
        word: &str,
    ) -> Page {
        let (before, of_word) = (self.mark().await, self.count(word).await);
        let page = browser.post(route, fields).await;
        self.saw(route, before, word).await;
        let grown = self.count(word).await - of_word;
        assert!(grown > 0, "{route} wrote no {word} ({}): {}", page.status, page.text());
        page
    }

    async fn count(&self, word: &str) -> i64 {
        let word = word.to_owned();
        self.app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[word.into()]).await
    }
}

/// Every scenario. They share one portal; each has people of its own.
async fn scenarios(ledger: &mut Ledger<'_>, app: &TestApp) {
    crate::passkey_factors::journal(ledger, app).await;
    crate::qr::journal(ledger, app).await;
    account_and_sessions(ledger, app).await;
    files_of_the_journal(ledger, app).await;
    recovery(ledger, app).await;
    closing(ledger, app).await;
    recovery_with_proofs(ledger, app).await;
    devices(ledger, app).await;
    crate::factors_coverage::acts(ledger, app).await;
    crate::contacts_coverage::acts(ledger, app).await;
    profile(ledger, app).await;
    crate::review::acts(ledger, app).await;
    safety(ledger, app).await;
    crate::notices_push::acts(ledger, app).await;
}

async fn profile(ledger: &mut Ledger<'_>, app: &TestApp) {
    let mut owner = registered(app, &Person { phone: "+79123330022", ..VERA }).await;
    let before = ledger.mark().await;
    owner.get(crate::profile::PERSONAL).await;
    owner.send(crate::profile::PERSONAL, crate::profile::CITIZEN).await;
    ledger.saw("/cabinet/profile/section/{section}", before, "profile_changed").await;
    let before = ledger.mark().await;
    let vehicles = portal::profile::List::Vehicles;
    let entry = crate::lists::added(&mut owner, vehicles, &[("plate", "А123ВС77")]).await;
    ledger.saw("/cabinet/profile/list/{list}/{item}", before, "vehicle_added").await;
    let before = ledger.mark().await;
    owner.send(&format!("{entry}/remove"), &[]).await;
    ledger.saw("/cabinet/profile/list/{list}/{item}/remove", before, "vehicle_removed").await;
    let before = ledger.mark().await;
    crate::checks::fill_in(&mut owner, "861-552-684 26").await;
    owner.send("/cabinet/profile/send", &[]).await;
    ledger.saw("/cabinet/profile/send", before, "profile_sent").await;
    let before = ledger.mark().await;
    let page =
        crate::documents::send(&mut owner, "/cabinet/documents/slot/main", "p.jpg", crate::documents::good())
            .await;
    ledger.saw("/cabinet/documents/slot/{slot}", before, "scan_uploaded").await;
    let start = page.body.find("/cabinet/documents/scan/").expect("a scan");
    let remove = format!("{}/remove", &page.body[start..start + "/cabinet/documents/scan/scn_".len() + 32]);
    let before = ledger.mark().await;
    owner.send(&remove, &[]).await;
    ledger.saw("/cabinet/documents/scan/{scan}/remove", before, "scan_removed").await;
}

async fn safety(ledger: &mut Ledger<'_>, app: &TestApp) {
    let mut owner = registered(app, &Person { phone: "+79123330011", ..VERA }).await;
    let fields = [("ban", "no-credit"), ("act", "set")];
    ledger.post(&mut owner, "/cabinet/security/restrictions", &fields, "restriction_set").await;
    app.run_jobs().await;
    sign_in(&mut app.browser(), "+79123330011", PASSWORD).await;
    app.run_jobs().await;
    let text = app.last_sms("+79123330011").expect("a notice");
    let link = &text[text.find("/n/").expect("a link")..];
    let before = ledger.mark().await;
    app.browser().post(link, &[("choice", "session")]).await;
    ledger.saw("/n/{token}", before, "not_me_reported").await;
    let fields = [("understood", "on")];
    ledger.post(&mut owner, "/cabinet/security/lockdown", &fields, "locked_down").await;
    crate::staff_joining::acts(ledger, app).await;
}

async fn devices(ledger: &mut Ledger<'_>, app: &TestApp) {
    app.advance(kernel::Span::seconds(1));
    let mut owner = registered(app, &IGOR).await;
    let sql = "SELECT id FROM device ORDER BY id DESC LIMIT 1";
    let id: String =
        app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("a device");
    let fields = [("device", id.as_str())];
    ledger.post(&mut owner, "/cabinet/security/devices/forget", &fields, "device_forgotten").await;
}

async fn account_and_sessions(ledger: &mut Ledger<'_>, app: &TestApp) {
    let mut person = app.browser();
    begin(&mut person, &VERA).await;
    let code = app.sms_code(VERA.phone).await;
    person.send("/register/code", &[("code", &code)]).await;
    ledger.post(&mut person, "/register/password", &twice(PASSWORD), "account_opened").await;

    let mut other = app.browser();
    other.get("/sign-in").await;
    let fields = [("login", VERA.phone), ("password", PASSWORD)];
    ledger.post(&mut other, "/sign-in", &fields, "signed_in").await;
    let fields = [("login", VERA.phone), ("password", "Wrong-2026!x")];
    ledger.post(&mut app.browser(), "/sign-in", &fields, "sign_in_failed").await;
    ledger.post(&mut other, "/sign-out", &[], "signed_out").await;

    app.advance(kernel::Span::seconds(1));
    sign_in(&mut other, VERA.phone, PASSWORD).await;
    let id = newest_session(app).await;
    let ended = [("session", id.as_str())];
    ledger.post(&mut person, "/cabinet/security/sessions/end", &ended, "session_ended").await;
    sign_in(&mut other, VERA.phone, PASSWORD).await;
    ledger.post(&mut person, "/cabinet/security/sessions/end-others", &[], "sessions_ended").await;

    let fields = [
        ("login", VERA.phone),
        ("current_password", PASSWORD),
        ("password", OTHER_PASSWORD),
        ("password_repeat", OTHER_PASSWORD),
    ];
    ledger.post(&mut person, "/cabinet/security/password", &fields, "password_changed").await;
}

async fn files_of_the_journal(ledger: &mut Ledger<'_>, app: &TestApp) {
    let lev = Person { surname: "Причалов", first_name: "Лев", phone: "+79165550011", email: "" };
    let mut person = registered(app, &lev).await;
    portal::audit::jobs::publish(&app.app).await.expect("a head");
    ledger.post(&mut person, "/cabinet/security/journal/csv", &[], "journal_exported").await;
    let event = person.get("/cabinet/security/journal").await.value("event").expect("a proof to take");
    let fields = [("event", event.as_str())];
    ledger.post(&mut person, "/cabinet/security/journal/proof", &fields, "journal_exported").await;
}

/// The newest session: that of the browser which signed in last.
async fn newest_session(app: &TestApp) -> String {
    let sql = "SELECT id FROM session WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1";
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("a session")
}

async fn recovery(ledger: &mut Ledger<'_>, app: &TestApp) {
    registered(app, &ANNA).await;
    let mut lost = at_new_password(app, &ANNA).await;
    ledger.post(&mut lost, "/recover/password", &twice(OTHER_PASSWORD), "password_recovered").await;
}

async fn recovery_with_proofs(ledger: &mut Ledger<'_>, app: &TestApp) {
    let nina =
        Person { surname: "Бакова", first_name: "Нина", phone: "", email: "nina@example.org" };
    let mut owner = registered(app, &nina).await;
    owner.get("/cabinet/security/recovery").await;
    ledger.post(&mut owner, "/cabinet/security/recovery", &[], "recovery_codes_made").await;
    for path in ["/recover/saved-code", "/recover/access-code"] {
        let code = if path.ends_with("saved-code") { "0000-0000-0000-0000" } else { "0000-0000-0000" };
        let fields = [("login", nina.email), ("code", code)];
        ledger.post(&mut app.browser(), path, &fields, "recovery_failed").await;
    }
    let id = newest(app).await;
    bind(app, &id).await;
    app.advance(kernel::Span::minutes(5));
    let mut lost = app.browser();
    assert_eq!(prove_mail(app, &mut lost, nina.email).await.path, "/recover/second");
    let wrong = [("way", "totp"), ("code", "000000")];
    ledger.post(&mut lost, "/recover/second", &wrong, "recovery_failed").await;
    ledger.post(&mut lost, "/recover/wait", &[("password", PASSWORD)], "recovery_started").await;
    ledger.post(&mut lost, "/recover/restart", &[], "recovery_started").await;
    let letter = app.last_mail(nina.email).await.expect("a letter").text;
    let at = letter.find("/recover/cancel/").expect("a link");
    let link: String = letter[at..].chars().take_while(|sign| !sign.is_whitespace()).collect();
    let before = ledger.mark().await;
    lost.get(&link).await;
    lost.post(&link, &[]).await;
    ledger.saw("/recover/cancel/{token}", before, "recovery_cancelled").await;
}

async fn closing(ledger: &mut Ledger<'_>, app: &TestApp) {
    let path = "/cabinet/security/delete";
    let oleg = Person { surname: "Реев", first_name: "Олег", phone: "", email: "oleg@example.org" };
    let mut leaving = registered(app, &oleg).await;
    app.advance(kernel::Span::minutes(2));
    leaving.get(path).await;
    ledger.post(&mut leaving, "/cabinet/security/data", &[], "export_taken").await;
    ledger.post(&mut leaving, path, &[("channel", "email")], "code_sent").await;
    let code = app.mail_code(oleg.email).await;
    let fields = [("code", code.as_str()), ("current_password", PASSWORD)];
    ledger.post(&mut leaving, path, &fields, "closing_started").await;
}

/// A browser that has shown the code of a recovery and stands before the new password.
async fn at_new_password(app: &TestApp, person: &Person) -> Browser {
    let mut lost = app.browser();
    lost.get("/recover").await;
    lost.send("/recover", &[("login", person.phone)]).await;
    let code = app.sms_code(person.phone).await;
    let page = lost.send("/recover/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/recover/password", "{}", page.text());
    lost
}

#[tokio::test]
async fn every_act_writes_its_event_or_has_a_reason_not_to() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut ledger = Ledger { app: &app, seen: BTreeSet::new() };
    scenarios(&mut ledger, &app).await;
    let table = portal::web::routes();
    let acts: BTreeSet<&str> =
        table.rows().iter().filter(|row| row.method == "POST").map(|row| row.path).collect();
    let exempt: BTreeSet<&str> = EXEMPT.iter().map(|(path, _)| *path).collect();
    let both: Vec<_> = ledger.seen.intersection(&exempt).collect();
    assert!(both.is_empty(), "these write events and need no exemption: {both:?}");
    let known: BTreeSet<&str> = ledger.seen.union(&exempt).copied().collect();
    let forgotten: Vec<_> = acts.difference(&known).collect();
    assert!(
        forgotten.is_empty(),
        "acts without a scenario or a reason: {forgotten:?}; see the top of journal_coverage.rs"
    );
    let gone: Vec<_> = known.difference(&acts).collect();
    assert!(gone.is_empty(), "these acts are no more: {gone:?}");
    assert!(EXEMPT.iter().all(|(_, reason)| reason.len() > 20), "a reason says why");
}
