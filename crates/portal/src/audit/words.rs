//! Events in plain words: their group, whether they went well, their details. Pure.

use super::Event;
use crate::web::format;
use crate::web::page::Kind;
use crate::web::texts::{self, Arg};
use jiff::tz::TimeZone;
use kernel::{Lang, Time};

/// Kinds of events that an owner looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Sign-ins, sessions, devices.
    SignIns,
    /// The password, second factors, recovery.
    Factors,
    /// Phones and addresses.
    Contacts,
    /// What staff did or saw.
    Staff,
    /// Everything else.
    Other,
}

impl Group {
    /// Every group, in the order of the choice.
    pub const ALL: [Group; 5] = [Group::SignIns, Group::Factors, Group::Contacts, Group::Staff, Group::Other];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Group::SignIns => "sign-ins",
            Group::Factors => "factors",
            Group::Contacts => "contacts",
            Group::Staff => "staff",
            Group::Other => "other",
        }
    }

    /// The group of a [`Group::word`].
    pub fn from_word(word: &str) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.word() == word)
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            Group::SignIns => "audit-group-sign-ins",
            Group::Factors => "audit-group-factors",
            Group::Contacts => "audit-group-contacts",
            Group::Staff => "audit-group-staff",
            Group::Other => "audit-group-other",
        }
    }

    /// The group of an event's word.
    pub fn of(event: &str) -> Group {
        let begins = |starts: &[&str]| starts.iter().any(|start| event.starts_with(start));
        if begins(&[
            "viewed_by_staff",
            "locked_by_staff",
            "unlocked_by_staff",
            "staff_",
            "review_",
            "scan_asked",
            "snils_moved",
        ]) {
            Group::Staff
        } else if begins(&["contact_", "registration_attempted"]) {
            Group::Contacts
        } else if begins(&["password_", "factor_", "recovery_", "code_", "lockdown_", "restriction_"])
            || event == "locked_down"
        {
            Group::Factors
        } else if begins(&["sign", "session", "step", "device_", "qr_", "not_me"]) {
            Group::SignIns
        } else {
            Group::Other
        }
    }

    /// The words of its events, each between commas.
    pub fn words(self) -> String {
        let own = Event::ALL.iter().filter(|(word, _)| Group::of(word) == self);
        own.fold(String::from(","), |list, (word, _)| list + word + ",")
    }
}

/// The name of an event; one of another version has a common name.
pub fn title(lang: Lang, word: &str) -> &'static str {
    let known = Event::ALL.iter().find(|(known, _)| *known == word);
    texts::text(lang, known.map_or("audit-event-unknown", |(_, key)| key))
}

/// How it ended, and in a word.
pub fn outcome(lang: Lang, word: &str) -> (Kind, &'static str) {
    match word {
        "sign_in_failed" | "step_up_failed" | "recovery_failed" | "code_failed" | "qr_refused" => {
            (Kind::Warning, texts::text(lang, "audit-outcome-refused"))
        }
        "registration_attempted"
        | "sign_in_locked"
        | "factor_suspect"
        | "not_me_reported"
        | "register_told"
        | "evidence_ended"
        | "level_lowered"
        | "snils_moved"
        | "scan_asked"
        | "limit_tripped" => (Kind::Warning, texts::text(lang, "audit-outcome-attention")),
        _ => (Kind::Success, texts::text(lang, "audit-outcome-done")),
    }
}

/// Declares a table from words of events to keys of texts.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($word:literal)|+ => $($key:literal)|+) => {
        $(#[$doc])*
        fn $name(lang: Lang, word: &str) -> Option<&'static str> {
            let table = [$(($word, $key)),+];
            table.iter().find(|(known, _)| *known == word).map(|(_, key)| texts::text(lang, key))
        }
    };
}

words! {
    /// Factors, by the words of RFC 8176 and ours.
    factor:
    "pwd" | "otp" | "totp" | "sms" | "email" | "hwk" | "swk" | "passkey" | "recovery-code" | "recovery-codes"
    | "qr" | "qr2" | "trust" | "call" | "phone"
    => "audit-factor-password" | "audit-factor-app" | "audit-factor-app" | "audit-factor-sms"
    | "audit-factor-email" | "audit-factor-key" | "audit-factor-key" | "audit-factor-key"
    | "audit-factor-recovery" | "audit-factor-recovery" | "audit-factor-qr" | "audit-factor-qr"
    | "audit-factor-trust" | "audit-factor-call" | "audit-factor-sms"
}

words! {
    /// Why something was refused or ended.
    reason:
    "wrong" | "locked" | "challenge" | "restricted" | "expired" | "spent" | "by-owner" | "by-staff" | "replaced"
    | "password-changed" | "factor-changed" | "lockdown" | "closing" | "signed-out" | "counter" | "number"
    | "by-register"
    => "audit-reason-wrong" | "audit-reason-locked" | "audit-reason-challenge" | "audit-reason-restricted"
    | "audit-reason-expired" | "audit-reason-spent" | "audit-reason-by-owner" | "audit-reason-by-staff"
    | "audit-reason-replaced" | "audit-reason-password-changed" | "audit-reason-factor-changed"
    | "audit-reason-lockdown" | "audit-reason-closing" | "audit-reason-signed-out" | "audit-reason-counter"
    | "audit-reason-number" | "audit-reason-by-register"
}

words! {
    /// What a register was asked, how it ended, what it told.
    check:
    "snils" | "passport" | "passed" | "doubted" | "unclear" | "gave_up" | "document_invalid" | "death" | "name_change"
    | "inn" | "dropped" | "confirmed" | "refused"
    => "audit-check-snils" | "audit-check-passport" | "audit-check-passed" | "audit-check-doubted"
    | "audit-check-unclear" | "audit-check-gave-up" | "audit-check-document-invalid" | "audit-check-death"
    | "audit-check-name-change" | "audit-check-inn" | "audit-check-dropped"
    | "audit-check-confirmed" | "audit-check-refused"
}

words! {
    /// Contacts and documents.
    thing:
    "phone" | "email" | "terms" | "data" | "csv" | "proof"
    => "audit-thing-phone" | "audit-thing-email" | "audit-thing-terms" | "audit-thing-data" | "audit-thing-csv"
    | "audit-thing-proof"
}

words! {
    /// How a recovery began, and what staff saw.
    how:
    "access-code" | "saved-code" | "waiting" | "lockdown" | "card" | "contacts" | "review"
    => "audit-how-access-code" | "audit-how-saved-code" | "audit-how-waiting" | "audit-how-lockdown"
    | "audit-how-card" | "audit-how-contacts" | "audit-how-review"
}

/// The details of an event in a few words; empty when there are none that a person would ask for.
pub fn details(lang: Lang, zone: &TimeZone, event: &Event) -> String {
    let until = |at: i64| {
        let time = format::date_time(lang, Time(at), zone);
        texts::format(lang, "audit-detail-until", &[("time", Arg::from(time))])
    };
    let left = |n: u32| texts::format(lang, "audit-detail-left", &[("n", n.into())]);
    let own = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    match event {
        Event::SignedIn { methods, remember, new_device } => {
            let mut parts: Vec<&str> = methods.split(' ').filter_map(|word| factor(lang, word)).collect();
            parts.extend(remember.then(|| texts::text(lang, "audit-detail-remembered")));
            parts.extend(new_device.then(|| texts::text(lang, "audit-detail-new-device")));
            parts.join(", ")
        }
        Event::SignInFailed { method, reason: why } => {
            let factors = method.split(' ').filter_map(|word| factor(lang, word));
            factors.chain(reason(lang, why)).collect::<Vec<_>>().join(", ")
        }
        Event::SteppedUp { method } | Event::StepUpFailed { method } => own(factor(lang, method)),
        Event::SignInLocked { until: at }
        | Event::DeviceTrusted { until: at, .. }
        | Event::ClosingStarted { until: at } => until(*at),
        Event::SessionEnded { why, .. }
        | Event::RecoveryFailed { reason: why, .. }
        | Event::CodeFailed { reason: why, .. }
        | Event::FactorSuspect { reason: why, .. }
        | Event::QrRefused { reason: why } => own(reason(lang, why)),
        Event::SessionsEnded { count, why } => {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            let count = texts::format(lang, "audit-detail-sessions", &[("n", count.into())]);
            [Some(count.as_str()), reason(lang, why)].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Event::RecoveryStarted { how: word } | Event::ViewedByStaff { what: word } => own(how(lang, word)),
        Event::PasswordRecovered { with } => {
            with.iter().filter_map(|word| factor(lang, word)).collect::<Vec<_>>().join(", ")
        }
        Event::AccountOpened { contacts } => {
            contacts.iter().filter_map(|word| thing(lang, word)).collect::<Vec<_>>().join(", ")
        }
        Event::CodeSent { channel, .. } => own(factor(lang, channel)),
        Event::ContactAdded { kind, .. }
        | Event::ContactReplaced { kind, .. }
        | Event::ContactRemoved { kind, .. }
        | Event::ContactMoved { kind } => own(thing(lang, kind)),
        Event::FactorAdded { kind, .. }
        | Event::FactorRenamed { kind, .. }
        | Event::FactorRemoved { kind, .. } => own(factor(lang, kind)),
        Event::RecoveryCodesMade { count } | Event::RecoveryCodeUsed { left: count } => left(*count),
        Event::ConsentGiven { document, .. } => own(thing(lang, document)),
        Event::JournalExported { form } => own(thing(lang, form)),
        Event::CheckEnded { check: what, outcome } => {
            [what, outcome].into_iter().filter_map(|word| check(lang, word)).collect::<Vec<_>>().join(", ")
        }
        Event::RegisterTold { what, .. } => own(check(lang, what)),
        Event::ReviewEnded { outcome, .. } => own(check(lang, outcome)),
        Event::EvidenceEnded { evidence, .. } => own(check(lang, evidence)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_group_a_name_and_an_outcome_in_both_languages() {
        for (word, _) in Event::ALL {
            assert!(Group::of(word).words().contains(&format!(",{word},")));
            for lang in [Lang::Ru, Lang::En] {
                assert!(!title(lang, word).is_empty() && !outcome(lang, word).1.is_empty(), "{word}");
            }
        }
        assert_eq!(Group::of("signed_in"), Group::SignIns);
        assert_eq!(Group::of("password_changed"), Group::Factors);
        assert_eq!(Group::of("contact_added"), Group::Contacts);
        assert_eq!(Group::of("viewed_by_staff"), Group::Staff);
        assert_eq!(Group::of("account_opened"), Group::Other);
    }

    #[test]
    fn details_say_how_and_why() {
        let zone = TimeZone::UTC;
        let event = Event::SignedIn { methods: "pwd otp".into(), remember: true, new_device: true };
        assert_eq!(
            details(Lang::Ru, &zone, &event),
            "пароль, код из приложения, браузер запомнен, новое устройство"
        );
        let event = Event::SignInFailed { method: "pwd".into(), reason: "wrong".into() };
        assert_eq!(details(Lang::En, &zone, &event), "password, not right");
        let event = Event::SessionsEnded { count: 3, why: "by-owner".into() };
        assert_eq!(details(Lang::Ru, &zone, &event), "3 сеанса, владельцем");
        assert_eq!(details(Lang::En, &zone, &Event::PasswordChanged), "");
    }
}
