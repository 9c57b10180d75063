//! What the portal holds about an account: every table that names one, what the copy of one's data shows of it, and
//! what becomes of it when the account is erased. A new table with an account in it gets its entry here: a test reads
//! the schema and fails when one is missing.

pub use super::holding::{Column, Erase, Export, Holding, Kind};

use super::holding::column;
use super::identity;

/// Everything that is held, in the order of the copy and of the erasure.
pub fn holdings() -> impl Iterator<Item = &'static Holding> {
    ACCOUNT.iter().chain(identity::HELD)
}

/// About the account itself.
const ACCOUNT: &[Holding] = &[
    Holding {
        table: "staff",
        export: Export::Nothing("the journal in this copy says when the person joined the staff and left it"),
        erase: Erase::Keep("whose acts at the workplace were whose must stay known; the row names nobody by itself"),
    },
    Holding {
        table: "staff_opening",
        export: Export::Nothing("each look of staff is in the journal of this copy, with who and why"),
        erase: Erase::Run("DELETE FROM staff_opening WHERE account_id = $1"),
    },
    Holding {
        table: "account",
        export: Export::Rows {
            title: "closing-part-account",
            sql: "SELECT id, level, lang, created_at, password_set_at, person FROM account WHERE id = $1",
            columns: &[
                column("id", "closing-field-number", Kind::Text),
                column("level", "closing-field-level", Kind::Text),
                column("language", "closing-field-language", Kind::Text),
                column("opened", "closing-field-opened", Kind::Time),
                column("password_set", "closing-field-password-set", Kind::Time),
                column("person", "closing-field-person", Kind::SealedJson("account.person")),
            ],
        },
        erase: Erase::Keep("a row without key, names and password: the number that pseudonymous events refer to"),
    },
    Holding {
        table: "contact",
        export: Export::Rows {
            title: "closing-part-contacts",
            sql: "SELECT kind, value, is_primary, confirmed_at, detached_at FROM contact WHERE account_id = $1
                  ORDER BY confirmed_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("value", "closing-field-value", Kind::Sealed("contact.value")),
                column("primary", "closing-field-primary", Kind::Flag),
                column("confirmed", "closing-field-confirmed", Kind::Time),
                column("removed", "closing-field-removed", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM contact WHERE account_id = $1"),
    },
    Holding {
        table: "login",
        export: Export::Nothing("keyed hashes of the contacts, which are shown themselves"),
        erase: Erase::Run("DELETE FROM login WHERE account_id = $1"),
    },
    Holding {
        table: "contact_flow",
        export: Export::Nothing("a new contact that waits for its code; it disappears after a day"),
        erase: Erase::Run("DELETE FROM contact_flow WHERE account_id = $1"),
    },
    Holding {
        table: "contact_change",
        export: Export::Nothing("keyed hashes of links that undo a change; the changes stand in the journal"),
        erase: Erase::Run("DELETE FROM contact_change WHERE account_id = $1"),
    },
    Holding {
        table: "account_hold",
        export: Export::Nothing("until when contacts stay as they are; the page of contacts says it"),
        erase: Erase::Run("DELETE FROM account_hold WHERE account_id = $1"),
    },
    Holding {
        table: "consent",
        export: Export::Rows {
            title: "closing-part-consents",
            sql: "SELECT document, version, lang, given_at, address FROM consent WHERE account_id = $1 ORDER BY given_at",
            columns: &[
                column("document", "closing-field-document", Kind::Text),
                column("version", "closing-field-version", Kind::Text),
                column("language", "closing-field-language", Kind::Text),
                column("given", "closing-field-given", Kind::Time),
                column("address", "closing-field-address", Kind::Sealed("consent.address")),
            ],
        },
        erase: Erase::Keep("which text was agreed to and when, without a name: the proof that data could be kept"),
    },
    Holding {
        table: "session",
        export: Export::Rows {
            title: "closing-part-sessions",
            sql: "SELECT methods, device, created_at, seen_at, ended_at, ended_why FROM session WHERE account_id = $1
                  ORDER BY created_at",
            columns: &[
                column("methods", "closing-field-methods", Kind::Text),
                column("device", "closing-field-device", Kind::SealedJson("session.device")),
                column("begun", "closing-field-begun", Kind::Time),
                column("last_used", "closing-field-used", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
                column("ended_why", "closing-field-why", Kind::Text),
            ],
        },
        erase: Erase::Run("DELETE FROM session WHERE account_id = $1"),
    },
    Holding {
        table: "device",
        export: Export::Rows {
            title: "closing-part-devices",
            sql: "SELECT label, first_at, last_at FROM device WHERE account_id = $1 ORDER BY first_at",
            columns: &[
                column("device", "closing-field-device", Kind::SealedJson("device.label")),
                column("first_used", "closing-field-begun", Kind::Time),
                column("last_used", "closing-field-used", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM device WHERE account_id = $1"),
    },
    Holding {
        table: "passkey",
        export: Export::Nothing("public keys and their counters; the names and times of the keys are among the factors"),
        erase: Erase::Run("DELETE FROM passkey WHERE account_id = $1"),
    },
    Holding {
        table: "qr_sign_in",
        export: Export::Nothing("a sign-in under way by QR code; it is over within four minutes"),
        erase: Erase::Run("DELETE FROM qr_sign_in WHERE account_id = $1"),
    },
    Holding {
        table: "factor",
        export: Export::Rows {
            title: "closing-part-factors",
            sql: "SELECT kind, name, created_at, confirmed_at, used_at, removed_at FROM factor WHERE account_id = $1
                  ORDER BY created_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("name", "closing-field-name", Kind::Sealed("factor.name")),
                column("begun", "closing-field-begun", Kind::Time),
                column("confirmed", "closing-field-confirmed", Kind::Time),
                column("last_used", "closing-field-used", Kind::Time),
                column("removed", "closing-field-removed", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM factor WHERE account_id = $1"),
    },
    Holding {
        table: "recovery_code",
        export: Export::Nothing("secrets, kept as keyed hashes; the journal tells when they were made and used"),
        erase: Erase::Run("DELETE FROM recovery_code WHERE account_id = $1"),
    },
    Holding {
        table: "trusted_device",
        export: Export::Rows {
            title: "closing-part-trusted",
            sql: "SELECT device, created_at, used_at, expires_at, ended_at FROM trusted_device WHERE account_id = $1
                  ORDER BY created_at",
            columns: &[
                column("device", "closing-field-device", Kind::SealedJson("trusted.device")),
                column("begun", "closing-field-begun", Kind::Time),
                column("last_used", "closing-field-used", Kind::Time),
                column("until", "closing-field-until", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM trusted_device WHERE account_id = $1"),
    },
    Holding {
        table: "restriction",
        export: Export::Rows {
            title: "closing-part-bans",
            sql: "SELECT kind, set_at, lift_at FROM restriction WHERE account_id = $1 ORDER BY set_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("begun", "closing-field-begun", Kind::Time),
                column("until", "closing-field-until", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM restriction WHERE account_id = $1"),
    },
    Holding {
        table: "lockdown",
        export: Export::Rows {
            title: "closing-part-lockdowns",
            sql: "SELECT begun_by, begun_at, ended_at FROM lockdown WHERE account_id = $1 ORDER BY begun_at",
            columns: &[
                column("by", "closing-field-kind", Kind::Text),
                column("begun", "closing-field-begun", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM lockdown WHERE account_id = $1"),
    },
    Holding {
        table: "notice_link",
        export: Export::Nothing("keyed hashes of links in messages that were sent"),
        erase: Erase::Run("DELETE FROM notice_link WHERE account_id = $1"),
    },
    Holding {
        table: "factor_guard",
        export: Export::Nothing("counters of wrong tries; the tries themselves stand in the journal"),
        erase: Erase::Run("DELETE FROM factor_guard WHERE account_id = $1"),
    },
    Holding {
        table: "factor_duty",
        export: Export::Nothing("that a role asks for a second factor; the role itself is shown"),
        erase: Erase::Run("DELETE FROM factor_duty WHERE account_id = $1"),
    },
    Holding {
        table: "half_sign_in",
        export: Export::Nothing("a sign-in under way; it is over within half an hour"),
        erase: Erase::Run("DELETE FROM half_sign_in WHERE account_id = $1"),
    },
    Holding {
        table: "registration",
        export: Export::Nothing("a draft whose data became the account; it disappears after a day"),
        erase: Erase::Run("DELETE FROM registration WHERE account_id = $1"),
    },
    Holding {
        table: "recovery",
        export: Export::Nothing("a recovery under way; the journal tells when it began and how it ended"),
        erase: Erase::Run("DELETE FROM recovery WHERE account_id = $1"),
    },
    Holding {
        table: "saved_code",
        export: Export::Nothing("a secret, kept as a keyed hash; the journal tells when it was made"),
        erase: Erase::Run("DELETE FROM saved_code WHERE account_id = $1"),
    },
    Holding {
        table: "access_code",
        export: Export::Nothing("a secret, kept as a keyed hash; the journal tells when it was issued"),
        erase: Erase::Run("DELETE FROM access_code WHERE account_id = $1"),
    },
    Holding {
        table: "recovery_wait",
        export: Export::Nothing("a waiting period; the journal tells when it began and how it ended"),
        erase: Erase::Run("DELETE FROM recovery_wait WHERE account_id = $1"),
    },
    Holding {
        table: "message",
        export: Export::Rows {
            title: "closing-part-messages",
            sql: "SELECT kind, channel, state, created_at, sent_at FROM message WHERE account_id = $1 ORDER BY created_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("channel", "closing-field-channel", Kind::Text),
                column("state", "closing-field-state", Kind::Text),
                column("written", "closing-field-written", Kind::Time),
                column("sent", "closing-field-sent", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM message WHERE account_id = $1"),
    },
    Holding {
        table: "notice",
        export: Export::Rows {
            title: "closing-part-notices",
            sql: "SELECT kind, details, created_at, read_at FROM notice WHERE account_id = $1 ORDER BY created_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("details", "closing-field-value", Kind::SealedJson("notice.details")),
                column("written", "closing-field-written", Kind::Time),
                column("read", "closing-field-read", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM notice WHERE account_id = $1"),
    },
    Holding {
        table: "notice_settings",
        export: Export::Rows {
            title: "closing-part-notice-settings",
            sql: "SELECT choices, changed_at FROM notice_settings WHERE account_id = $1",
            columns: &[
                column("choices", "closing-field-value", Kind::SealedJson("notice_settings")),
                column("changed", "closing-field-changed", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM notice_settings WHERE account_id = $1"),
    },
    Holding {
        table: "push_subscription",
        export: Export::Rows {
            title: "closing-part-push",
            sql: "SELECT created_at, used_at FROM push_subscription WHERE account_id = $1 ORDER BY created_at",
            columns: &[
                column("begun", "closing-field-begun", Kind::Time),
                column("last_used", "closing-field-used", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM push_subscription WHERE account_id = $1"),
    },
    Holding {
        table: "code",
        export: Export::Nothing("keyed hashes of codes that were sent; they disappear within days"),
        erase: Erase::Run("DELETE FROM code WHERE subject = $1"),
    },
    Holding {
        table: "journal",
        export: Export::Rows {
            title: "closing-part-journal",
            sql: "SELECT at, event, sealed, record FROM journal WHERE chain = $1 ORDER BY number",
            columns: &[
                column("at", "closing-field-at", Kind::Time),
                column("event", "closing-field-event", Kind::Event),
                column("private", "closing-field-private", Kind::SealedJson("journal.private")),
                column("record", "closing-field-record", Kind::Text),
            ],
        },
        erase: Erase::Run("UPDATE journal SET sealed = NULL WHERE chain = $1"),
    },
];
