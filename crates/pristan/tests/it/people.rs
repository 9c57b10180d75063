//! What a person does, page by page: they look at where they are and do what the page asks, also after the
//! portal fell over in the middle.

use crate::browser::{Browser, NoAnswer, Page};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Looks before we say that a message will not come: on PostgreSQL the jobs of a killed instance wait up to a minute.
const LOOKS: u32 = 1_400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The password a person registers with.
pub const PASSWORD: &str = "Gavan-2026!x";

/// The password after recovering.
pub const NEW_PASSWORD: &str = "Prichal-2027!y";

/// Where the profile is sent.
const SEND: &str = "/cabinet/profile/send";

/// Pages in a row that a person fills before we say that they go in a circle.
const MOST_PAGES: usize = 12;

/// Counts answered forms, so that a kill comes after a random number of them, in the middle of others.
#[derive(Default)]
pub struct Progress {
    answered: AtomicU64,
    changed: Notify,
}

impl Progress {
    /// Forms answered so far.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }

    /// Waits until so many are answered.
    pub async fn reaches(&self, wanted: u64) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listen before looking, or an answer in between would be missed.
            changed.as_mut().enable();
            if self.answered() >= wanted {
                return;
            }
            changed.await;
        }
    }

    fn one_more(&self) {
        self.answered.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
    }
}

/// An invented person at a browser.
pub struct Person {
    phone: String,
    portal: String,
    browser: Browser,
    stand: Browser,
    /// Codes that opened something, or that a page refused: a code belongs to the form that asked for it, so the code
    /// of a form that a kill took away is wrong in the next one for ever.
    spent: BTreeSet<String>,
    /// How often they waited for a message that did not come.
    in_vain: u32,
    last_code: Option<String>,
    progress: Arc<Progress>,
}

impl Person {
    /// A person with a number of their own; numbers are spread over many blocks.
    pub fn new(number: u32, portal: &str, stand: &str, progress: Arc<Progress>) -> Person {
        Person {
            phone: format!("+7911{:03}{:04}", number % 1000, 4000 + number),
            portal: portal.to_owned(),
            browser: Browser::new(portal),
            stand: Browser::new(stand),
            spent: BTreeSet::new(),
            in_vain: 0,
            last_code: None,
            progress,
        }
    }

    /// Goes on with registering from wherever they are, to the cabinet.
    pub async fn register(&mut self) -> Result<(), NoAnswer> {
        let phone = self.phone.clone();
        let page = self.browser.get("/register").await?;
        let data = [
            ("surname", "Береговой"),
            ("first_name", "Пётр"),
            ("phone", phone.as_str()),
            ("consent_terms", "on"),
            ("consent_data", "on"),
        ];
        self.fill(page, "surname", &data, PASSWORD).await
    }

    /// Goes on with recovering from wherever they are, to the end.
    pub async fn recover(&mut self) -> Result<(), NoAnswer> {
        let phone = self.phone.clone();
        let page = self.browser.get("/recover").await?;
        self.fill(page, "login", &[("login", phone.as_str())], NEW_PASSWORD).await
    }

    /// Fills in the profile of somebody whom the registers know, and sends it; goes on from wherever they are. A
    /// sending that the portal acknowledged is there afterwards.
    pub async fn send_profile(&mut self, values: &serde_json::Value) -> Result<(), NoAnswer> {
        let of = |name: &str| values[name].as_str().unwrap_or_default().to_owned();
        let page = self.browser.get("/cabinet/profile").await?;
        if !page.body.contains(SEND) && page.body.contains("aria-labelledby=\"sending\"") {
            return Ok(());
        }
        let mut personal = vec![("birth_place", "гор. Тверь".to_owned()), ("citizenship", "rus".to_owned())];
        for name in ["surname", "first_name", "patronymic", "sex", "birth_date"] {
            personal.push((name, of(name)));
        }
        if of("patronymic").is_empty() {
            personal.push(("no_patronymic", "yes".to_owned()));
        }
        let mut document =
            vec![("document_kind", "passport_rf".to_owned()), ("issued_by", "ОВД г. Твери".to_owned())];
        for name in ["document_number", "issued_on", "division"] {
            document.push((name, of(name)));
        }
        let sections =
            [("personal", personal), ("document", document), ("numbers", vec![("snils", of("snils"))])];
        for (section, fields) in sections {
            let page = self.browser.get(&format!("/cabinet/profile/section/{section}")).await?;
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = self.browser.submit(&page, fields[0].0, &fields).await?;
            self.answered(&page)?;
            assert_eq!(page.path, "/cabinet/profile", "{section} was not taken");
        }
        let page = self.browser.get("/cabinet/profile").await?;
        let page = self.browser.press(&page, SEND).await?;
        self.answered(&page)
    }

    fn answered(&self, page: &Page) -> Result<(), NoAnswer> {
        if page.status == 503 {
            return Err(NoAnswer);
        }
        assert!(page.status < 500, "{} answers {}", page.path, page.status);
        self.progress.one_more();
        Ok(())
    }

    /// Whether a fresh browser gets in with this password.
    pub async fn can_sign_in(&self, password: &str) -> bool {
        let mut browser = Browser::new(&self.portal);
        let page = browser.get("/sign-in").await.expect("the sign-in page");
        let values = [("login", self.phone.as_str()), ("password", password)];
        let page = browser.submit(&page, "password", &values).await.expect("an answer");
        page.path.starts_with("/cabinet") && page.status == 200
    }

    /// A new browser, and codes that came so far are old.
    pub fn begin_again(&mut self) {
        self.browser = Browser::new(&self.portal);
        self.spent.extend(self.last_code.take());
    }

    /// Waits until the portal answers again.
    pub async fn wait_for_portal(&mut self) {
        for _ in 0..LOOKS {
            if matches!(self.browser.get("/health/ready").await, Ok(page) if page.status == 200) {
                return;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("the portal did not come back");
    }

    /// Answers page after page until it is done.
    async fn fill(
        &mut self,
        first: Page,
        first_field: &str,
        data: &[(&str, &str)],
        password: &str,
    ) -> Result<(), NoAnswer> {
        let mut page = first;
        for _ in 0..MOST_PAGES {
            assert!(page.status < 500 || page.status == 503, "{} answers {}", page.path, page.status);
            page = if page.status == 503 {
                return Err(NoAnswer);
            } else if page.asks("password_repeat") {
                let values = [("password", password), ("password_repeat", password)];
                self.browser.submit(&page, "password_repeat", &values).await?
            } else if page.asks("code") {
                // Without a message within the minute they begin again, as people do.
                let Some(code) = self.newest_code().await else { return Err(NoAnswer) };
                let next = self.browser.submit(&page, "code", &[("code", &code)]).await?;
                if next.status == 422 {
                    // An older message came first, or once more after a kill. Typing it twice would use up the tries.
                    self.spent.insert(code);
                }
                next
            } else if page.asks(first_field) && page.path.split('?').next() != Some("/sign-in") {
                self.browser.submit(&page, first_field, data).await?
            } else {
                return Ok(());
            };
            self.progress.one_more();
        }
        panic!("goes in a circle at {}", page.path);
    }

    async fn newest_code(&mut self) -> Option<String> {
        let query = format!("/api/messages?channel=sms&to=%2B{}", self.phone.trim_start_matches('+'));
        for _ in 0..LOOKS {
            let page = self.stand.get(&query).await.expect("the stand answers");
            let messages: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
            let list = messages.as_array().or_else(|| messages["messages"].as_array()).expect("a list");
            let mut codes = list.iter().filter_map(|message| message["text"].as_str()).filter_map(code_in);
            if let Some(code) = codes.find(|code| !self.spent.contains(code)) {
                self.last_code = Some(code.clone());
                return Some(code);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        self.in_vain += 1;
        assert!(self.in_vain < 3, "no text message came");
        None
    }
}

/// The first run of exactly six digits.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}
