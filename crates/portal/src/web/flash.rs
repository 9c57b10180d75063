//! Messages shown once after a redirect. The cookie holds a name from this list, never words.

use super::page::{Flash, Kind};
use super::texts;
use kernel::Lang;

const KNOWN: &[(&str, Kind, &str)] = &[
    ("signed-out", Kind::Success, "web-flash-signed-out"),
    ("registered", Kind::Success, "web-flash-registered"),
    ("recovered", Kind::Success, "web-flash-recovered"),
    ("password-changed", Kind::Success, "web-flash-password-changed"),
    ("session-ended", Kind::Success, "web-flash-session-ended"),
    ("sessions-ended", Kind::Success, "web-flash-sessions-ended"),
    ("kept", Kind::Success, "web-flash-kept"),
    ("ban-set", Kind::Success, "web-flash-ban-set"),
    ("ban-lifting", Kind::Info, "web-flash-ban-lifting"),
    ("ban-kept", Kind::Success, "web-flash-ban-kept"),
    ("device-forgotten", Kind::Success, "web-flash-device-forgotten"),
    ("code-sent", Kind::Success, "web-flash-code-sent"),
    ("call-asked", Kind::Success, "web-flash-call-asked"),
    ("contact-confirmed", Kind::Success, "web-flash-contact-confirmed"),
    ("journal-not-yet", Kind::Info, "audit-flash-not-yet"),
    ("recovery-over", Kind::Info, "web-flash-recovery-over"),
    ("passkey-added", Kind::Success, "web-flash-passkey-added"),
    ("passkey-renamed", Kind::Success, "web-flash-passkey-renamed"),
    ("passkey-removed", Kind::Success, "web-flash-passkey-removed"),
    ("passkey-needed", Kind::Warning, "web-flash-passkey-needed"),
    ("contact-added", Kind::Success, "contacts-flash-added"),
    ("contact-replaced", Kind::Success, "contacts-flash-replaced"),
    ("contact-removed", Kind::Success, "contacts-flash-removed"),
    ("contact-primary", Kind::Success, "contacts-flash-primary"),
    ("contact-undone", Kind::Success, "contacts-flash-undone"),
    ("contacts-many", Kind::Info, "contacts-refused-many"),
    ("contacts-factor", Kind::Info, "contacts-refused-factor"),
    ("staff-joined", Kind::Success, "staff-flash-joined"),
    ("staff-already", Kind::Info, "staff-flash-already"),
    ("staff-left", Kind::Success, "staff-flash-left"),
    ("staff-invited", Kind::Success, "staff-flash-invited"),
    ("staff-withdrawn", Kind::Success, "staff-flash-withdrawn"),
    ("staff-changed", Kind::Success, "staff-flash-changed"),
    ("staff-own", Kind::Warning, "staff-flash-own"),
    ("staff-last-admin", Kind::Warning, "staff-flash-last-admin"),
    ("staff-done", Kind::Success, "staff-flash-done"),
    ("review-none", Kind::Info, "review-none"),
    ("review-decided", Kind::Success, "review-flash-decided"),
    ("review-waits", Kind::Success, "review-flash-waits"),
    ("review-gone", Kind::Warning, "review-flash-gone"),
    ("review-asked", Kind::Success, "review-flash-asked"),
    ("review-put-back", Kind::Success, "review-flash-put-back"),
    ("staff-nothing", Kind::Info, "staff-flash-nothing"),
    ("profile-kept", Kind::Success, "profile-flash-kept"),
    ("profile-entry-kept", Kind::Success, "profile-flash-entry-kept"),
    ("profile-entry-removed", Kind::Success, "profile-flash-entry-removed"),
    ("profile-entry-gone", Kind::Info, "profile-flash-entry-gone"),
    ("profile-full", Kind::Warning, "profile-flash-full"),
    ("profile-sent", Kind::Success, "checks-flash-sent"),
    ("scan-removed", Kind::Success, "documents-flash-removed"),
    ("profile-unfinished", Kind::Warning, "checks-flash-unfinished"),
    ("draft-gone", Kind::Info, "web-flash-draft-gone"),
    ("half-over", Kind::Info, "web-flash-half-over"),
    ("factor-added", Kind::Success, "web-flash-factor-added"),
    ("factor-renamed", Kind::Success, "web-flash-factor-renamed"),
    ("factor-removed", Kind::Success, "web-flash-factor-removed"),
    ("factor-needed", Kind::Warning, "web-flash-factor-needed"),
    ("factor-setup-over", Kind::Info, "web-flash-factor-setup-over"),
    ("factor-first", Kind::Warning, "web-flash-factor-first"),
    ("notices-read", Kind::Success, "notifications-flash-read"),
    ("notice-settings-saved", Kind::Success, "notifications-flash-saved"),
    ("push-added", Kind::Success, "notifications-flash-push-added"),
    ("push-removed", Kind::Success, "notifications-flash-push-removed"),
    ("push-full", Kind::Warning, "notifications-flash-push-full"),
    ("push-strange", Kind::Warning, "notifications-flash-push-strange"),
    ("device-distrusted", Kind::Success, "web-flash-device-distrusted"),
];

/// The message of a name, in a language; unknown names are nothing.
pub fn read(name: &str, lang: Lang) -> Option<Flash> {
    KNOWN
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, kind, key)| Flash { kind: *kind, text: texts::text(lang, key).into() })
}
