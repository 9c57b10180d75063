//! Somebody with a browser, who remembers what the portal has acknowledged to them.

use super::act::Act;
use axum::http::StatusCode;
use kernel::Rng;
use testkit::app::{Browser, Page, TestApp, code_in};

/// An invented person.
pub struct Someone {
    number: usize,
    phone: String,
    email: String,
    /// Their browser.
    pub browser: Browser,
    /// The password that the portal acknowledged last; none without an account.
    pub password: Option<String>,
    /// Cookies of sessions that were theirs.
    pub old_sessions: Vec<String>,
    /// Wrong passwords in a row, since the portal last let them in.
    pub failures: u32,
    /// Whether a lock or challenge may stand in the way.
    pub may_be_locked: bool,
    /// Passwords made up so far.
    made: u32,
}

impl Someone {
    /// Person `number`: every third by phone, every third by e-mail, every third by both.
    pub fn new(number: usize, browser: Browser) -> Someone {
        let phone = if number % 3 == 1 {
            String::new()
        } else {
            format!("+7912{:03}{:04}", number * 7 % 1000, 1000 + number)
        };
        let email =
            if number.is_multiple_of(3) { String::new() } else { format!("someone{number}@example.org") };
        let (password, old_sessions) = (None, Vec::new());
        Someone {
            number,
            phone,
            email,
            browser,
            password,
            old_sessions,
            failures: 0,
            may_be_locked: false,
            made: 0,
        }
    }

    /// What they sign in with; the contact that is surely confirmed.
    pub fn login(&self) -> &str {
        if self.phone.is_empty() { &self.email } else { &self.phone }
    }

    /// What they want to do next: mostly what the portal asks for, sometimes anything.
    pub async fn wish(&mut self, rng: &mut Rng) -> Act {
        let acts: &[Act] = if self.password.is_some() { &Act::OWNER } else { &Act::NEWCOMER };
        if rng.below(5) < 2 || self.password.is_some() {
            return acts[rng.below(acts.len() as u64) as usize];
        }
        match self.browser.open("/register/code").await.path.as_str() {
            "/register/code" => Act::TypeCode,
            "/register/password" => Act::SetPassword,
            _ => Act::Register,
        }
    }

    /// Does it; `true` when the password was changed and other sessions must have ended.
    pub async fn act(&mut self, app: &TestApp, act: Act, rng: &mut Rng) -> bool {
        match act {
            Act::Register => self.register().await,
            Act::TypeCode => self.type_code(app).await,
            Act::MistypeCode => drop(self.send("/register/code", &[("code", "000000")]).await),
            Act::Resend => self.resend(rng).await,
            Act::FollowLink => self.follow_link(app).await,
            Act::SetPassword => self.set_password().await,
            Act::SignIn => self.sign_in().await,
            Act::MistypePassword => self.mistype_password().await,
            Act::SignOut => drop(self.send("/sign-out", &[]).await),
            Act::Recover => self.recover().await,
            Act::FinishRecovery => return self.finish_recovery(app).await,
            Act::ChangePassword => return self.change_password().await,
            Act::WalkAway => self.browser = app.browser(),
        }
        false
    }

    /// Sends a form from a fresh page; whatever comes is no failure of ours.
    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.browser.get("/help").await;
        let page = self.browser.send(path, fields).await;
        assert!(page.status.as_u16() < 500, "person {} at {path}: {}", self.number, page.status);
        page
    }

    async fn register(&mut self) {
        let (phone, email) = (self.phone.clone(), self.email.clone());
        let form = self.browser.get("/register").await.value("form").unwrap_or_default();
        let fields = [
            ("surname", "Выдуманов"),
            ("first_name", "Кто"),
            ("phone", &phone),
            ("email", &email),
            ("consent_terms", "on"),
            ("consent_data", "on"),
            ("form", form.as_str()),
        ];
        let page = self.send("/register", &fields).await;
        if page.asks("challenge_token") {
            let page = self.browser.post_solved(&page, "/register", &fields).await;
            assert!(page.status.as_u16() < 500);
        }
    }

    fn newest_code(&self, app: &TestApp, letter: bool) -> Option<String> {
        let calls = app
            .world
            .voice
            .accepted()
            .into_iter()
            .rev()
            .find(|call| call.to == self.phone)
            .map(|call| call.digits);
        if letter {
            let letters = app.world.mail.accepted().into_iter().rev().filter(|mail| mail.to == self.email);
            return letters.filter_map(|mail| code_in(&mail.text)).next();
        }
        let texts = app.world.sms.accepted().into_iter().rev().filter(|sms| sms.to == self.phone);
        texts.filter_map(|sms| code_in(&sms.text)).next().or(calls)
    }

    async fn type_code(&mut self, app: &TestApp) {
        let page = self.browser.open("/register/code").await;
        if page.path == "/register/code"
            && let Some(code) = self.newest_code(app, page.says("value=\"email\""))
        {
            self.send("/register/code", &[("code", &code)]).await;
        }
    }

    async fn resend(&mut self, rng: &mut Rng) {
        let page = self.browser.open("/register/code").await;
        let channel = if page.says("value=\"call\"") && rng.below(2) == 0 { "call" } else { "sms" };
        self.send("/register/code/send", &[("channel", channel)]).await;
    }

    async fn follow_link(&mut self, app: &TestApp) {
        let letter = app.world.mail.accepted().into_iter().rev().find(|mail| mail.to == self.email);
        let link = letter.and_then(|mail| {
            Some(mail.text.split_once("/register/link/")?.1.split_whitespace().next()?.to_owned())
        });
        if let Some(token) = link.filter(|_| !self.email.is_empty()) {
            self.send(&format!("/register/link/{token}"), &[]).await;
        }
    }

    fn new_password(&mut self) -> String {
        self.made += 1;
        format!("Vydumka-{}-{}!x", self.number, self.made)
    }

    async fn set_password(&mut self) {
        let page = self.browser.open("/register/password").await;
        if page.path == "/register/taken" {
            panic!("person {}: a contact of nobody else is taken", self.number);
        }
        if page.path != "/register/password" {
            return;
        }
        let password = self.new_password();
        let page =
            self.send("/register/password", &[("password", &password), ("password_repeat", &password)]).await;
        if page.path == "/cabinet" {
            assert_eq!(page.status, StatusCode::OK);
            self.password = Some(password);
            self.remember_session();
        }
    }

    /// Notes the cookie of the present session, to see it end one day.
    pub fn remember_session(&mut self) {
        self.old_sessions.extend(self.browser.cookie("sid").map(str::to_owned));
    }

    async fn try_password(&mut self, password: &str) -> Page {
        let login = self.login().to_owned();
        let fields = [("login", login.as_str()), ("password", password)];
        self.browser.get("/sign-in").await;
        let page = self.browser.post("/sign-in", &fields).await;
        // Asked for a challenge before the password was compared, a patient person solves it.
        if page.asks("challenge_token") {
            self.browser.post_solved(&page, "/sign-in", &fields).await
        } else {
            page
        }
    }

    async fn sign_in(&mut self) {
        let Some(password) = self.password.clone() else { return };
        let page = self.try_password(&password).await;
        let opened = page.status == StatusCode::SEE_OTHER;
        assert!(opened || self.may_be_locked, "person {}: {}", self.number, page.text());
        if opened {
            (self.failures, self.may_be_locked) = (0, false);
            self.remember_session();
        }
    }

    async fn mistype_password(&mut self) {
        let page = self.try_password("Oshibka-2026!x").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "person {}: a wrong password", self.number);
        self.failures += 2; // the fifth is followed by one more, with its challenge
        self.may_be_locked |= self.failures >= 10;
    }

    async fn recover(&mut self) {
        let login = self.login().to_owned();
        let page = self.send("/recover", &[("login", &login)]).await;
        if page.asks("challenge_token") {
            self.browser.post_solved(&page, "/recover", &[("login", &login)]).await;
        }
    }

    async fn finish_recovery(&mut self, app: &TestApp) -> bool {
        let mut page = self.browser.open("/recover/password").await;
        if page.path == "/recover/code"
            && let Some(code) = self.newest_code(app, self.phone.is_empty())
        {
            page = self.send("/recover/code", &[("code", &code)]).await;
        }
        if page.path != "/recover/password" {
            return false;
        }
        let password = self.new_password();
        let page =
            self.send("/recover/password", &[("password", &password), ("password_repeat", &password)]).await;
        self.acknowledged(page.path == "/cabinet", password)
    }

    async fn change_password(&mut self) -> bool {
        let Some(current) = self.password.clone() else { return false };
        if self.browser.open("/cabinet/security").await.path != "/cabinet/security" {
            return false;
        }
        let password = self.new_password();
        let fields =
            [("current_password", current.as_str()), ("password", &password), ("password_repeat", &password)];
        let page = self.browser.post("/cabinet/security/password", &fields).await;
        self.acknowledged(page.location() == Some("/cabinet/security"), password)
    }

    fn acknowledged(&mut self, done: bool, password: String) -> bool {
        if done {
            self.password = Some(password);
            (self.failures, self.may_be_locked) = (0, false);
            // The session that did it lives; the check leaves it out.
            let own = self.browser.cookie("sid").map(str::to_owned);
            self.old_sessions.retain(|old| Some(old) != own.as_ref());
        }
        done
    }
}
