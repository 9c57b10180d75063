//! Section `[codes]`: how long one-time codes live, how often they may be sent and tried.

use crate::limits::Limit;
use serde::{Deserialize, Serialize};

/// Section `[codes]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Digits of a code (NIST SP 800-63B §3.1.3.2: at least six).
    pub digits: u8,
    /// Seconds that a code by SMS or call lives (spec 01 §1.2: 300).
    pub phone_seconds: i64,
    /// Seconds that a code or link by e-mail lives (spec 01 §1.2: 24 hours).
    pub email_seconds: i64,
    /// Wrong tries after which a code is dead (spec 01 §1.2: 5).
    pub tries: i64,
    /// Seconds before «Отправить снова» works (spec 01 §1.2: 60).
    pub resend_seconds: i64,
    /// Sends to one contact (spec 01 §1.2: 5 an hour).
    pub sends_per_contact: Limit,
    /// Sends to one contact in a day (practice sheet §1: 10).
    pub sends_per_contact_day: Limit,
    /// Sends of one flow after which «Позвонить» is offered (spec 01 §1.2: after the second).
    pub call_after_sends: i64,
    /// Wrong tries of one draft or recovery, over all its codes (practice sheet §1: 10 in 24 hours).
    pub tries_per_flow: Limit,
    /// Wrong tries for one contact, over all flows (checklist 3.4: tries a day ÷ 10⁶ ≤ 10⁻⁴).
    pub tries_per_contact: Limit,
    /// Texts and calls to one network of visitors, /24 or /48 (practice sheet, SMS cost fraud).
    pub sms_per_network: Limit,
    /// Texts and calls asked for by one browser.
    pub sms_per_visitor: Limit,
    /// Texts and calls to one block of numbers: the country code and six digits.
    pub sms_per_prefix: Limit,
    /// Texts and calls of the whole portal in a minute: the circuit breaker.
    pub sms_per_minute: Limit,
    /// Texts and calls of the whole portal in a day: the budget.
    pub sms_per_day: Limit,
    /// Dialling prefixes that codes are sent to (practice sheet: `+7` only unless configured).
    pub sms_prefixes: Vec<String>,
    /// Whether a visitor must solve a challenge before a text is sent: `auto` asks when half of the network's,
    /// the prefix's or the minute's allowance is spent; `always` and `never` as they say.
    pub challenge: ChallengeWhen,
}

/// When a challenge stands before a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChallengeWhen {
    /// When an allowance runs low.
    Auto,
    /// Before every text.
    Always,
    /// Never.
    Never,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            digits: 6,
            phone_seconds: 300,
            email_seconds: 24 * 3_600,
            tries: 5,
            resend_seconds: 60,
            sends_per_contact: Limit::new(5, 3_600),
            sends_per_contact_day: Limit::new(10, 86_400),
            call_after_sends: 2,
            tries_per_flow: Limit::new(10, 86_400),
            tries_per_contact: Limit::new(50, 86_400),
            sms_per_network: Limit::new(30, 3_600),
            sms_per_visitor: Limit::new(15, 3_600),
            sms_per_prefix: Limit::new(300, 3_600),
            sms_per_minute: Limit::new(600, 60),
            sms_per_day: Limit::new(100_000, 86_400),
            sms_prefixes: vec!["+7".into()],
            challenge: ChallengeWhen::Auto,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guess_budget_of_a_contact_holds() {
        let settings = Settings::default();
        let day = 86_400.0 / settings.tries_per_contact.seconds as f64;
        let guesses = settings.tries_per_contact.count as f64 * day;
        assert!(guesses / 10f64.powi(i32::from(settings.digits)) <= 1e-4);
    }
}
