//! What the portal holds about who a person is: the profile, documents, checks and reviews.

use super::holding::{Erase, Export, Holding, Kind, column};

/// The list.
pub const HELD: &[Holding] = &[
    Holding {
        table: "profile",
        export: Export::Rows {
            title: "closing-part-profile",
            sql: "SELECT sealed, changed_at FROM profile WHERE account_id = $1",
            columns: &[
                column("fields", "closing-field-value", Kind::SealedJson("profile")),
                column("changed", "closing-field-changed", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM profile WHERE account_id = $1"),
    },
    Holding {
        table: "upload_piece",
        export: Export::Nothing("parts of a file that is being uploaded; the scan it becomes is shown"),
        erase: Erase::Run("DELETE FROM upload_piece WHERE account_id = $1"),
    },
    // After its pieces, which refer to it.
    Holding {
        table: "upload",
        export: Export::Nothing("a file that is being uploaded; it disappears after a day"),
        erase: Erase::Run("DELETE FROM upload WHERE account_id = $1"),
    },
    // Its files lie elsewhere, sealed under the account's key; the job `documents.orphans` collects them.
    Holding {
        table: "scan",
        export: Export::Rows {
            title: "closing-part-scans",
            sql: "SELECT slot, state, created_at, told FROM scan WHERE account_id = $1 ORDER BY created_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("state", "closing-field-state", Kind::Text),
                column("begun", "closing-field-begun", Kind::Time),
                column("values", "closing-field-value", Kind::SealedJson("scan.told")),
            ],
        },
        erase: Erase::Run("DELETE FROM scan WHERE account_id = $1"),
    },
    Holding {
        table: "review_opinion",
        export: Export::Nothing(
            "what each member of staff found led to what the person is told, which is shown",
        ),
        erase: Erase::Run("DELETE FROM review_opinion WHERE account_id = $1"),
    },
    // After its opinions, which refer to it. Why staff look may speak of somebody else, so it is not shown.
    Holding {
        table: "review_case",
        export: Export::Rows {
            title: "closing-part-reviews",
            sql: "SELECT state, opened_at, ended_at, told FROM review_case WHERE account_id = $1 ORDER BY opened_at",
            columns: &[
                column("state", "closing-field-state", Kind::Text),
                column("begun", "closing-field-begun", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
                column("values", "closing-field-value", Kind::SealedJson("review.told")),
            ],
        },
        erase: Erase::Run("DELETE FROM review_case WHERE account_id = $1"),
    },
    Holding {
        table: "register_subject",
        export: Export::Nothing("keyed hashes of the numbers of the profile, which are shown themselves"),
        erase: Erase::Run("DELETE FROM register_subject WHERE account_id = $1"),
    },
    Holding {
        table: "register_check",
        export: Export::Rows {
            title: "closing-part-checks",
            sql: "SELECT kind, state, created_at, ended_at FROM register_check WHERE account_id = $1 ORDER BY created_at",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("state", "closing-field-state", Kind::Text),
                column("begun", "closing-field-begun", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM register_check WHERE account_id = $1"),
    },
    // After its checks, which refer to it.
    Holding {
        table: "sending",
        export: Export::Rows {
            title: "closing-part-sendings",
            sql: "SELECT state, sent_at, ended_at, values_ FROM sending WHERE account_id = $1 ORDER BY sent_at",
            columns: &[
                column("state", "closing-field-state", Kind::Text),
                column("sent", "closing-field-sent", Kind::Time),
                column("ended", "closing-field-ended", Kind::Time),
                column("values", "closing-field-value", Kind::SealedJson("sending")),
            ],
        },
        erase: Erase::Run("DELETE FROM sending WHERE account_id = $1"),
    },
    Holding {
        table: "evidence",
        export: Export::Rows {
            title: "closing-part-evidence",
            sql: "SELECT kind, at, recheck_at FROM evidence WHERE account_id = $1 ORDER BY kind",
            columns: &[
                column("kind", "closing-field-kind", Kind::Text),
                column("confirmed", "closing-field-confirmed", Kind::Time),
                column("until", "closing-field-until", Kind::Time),
            ],
        },
        erase: Erase::Run("DELETE FROM evidence WHERE account_id = $1"),
    },
];
