//! Who may do what at the workplace: one table, default deny.

use super::settings::Need;
use crate::sessions::Strength;
use kernel::{Span, Time};

/// What a member of staff is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks after the portal and its staff.
    Admin,
    /// Helps people who cannot get in.
    Support,
    /// Stops abuse.
    Security,
    /// Reads and changes nothing.
    Auditor,
    /// Looks at documents where no register can decide.
    Reviewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [Role::Admin, Role::Support, Role::Security, Role::Auditor, Role::Reviewer];

    /// The word in the database, in forms and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Support => "support",
            Role::Security => "security",
            Role::Auditor => "auditor",
            Role::Reviewer => "reviewer",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            Role::Admin => "staff-role-admin",
            Role::Support => "staff-role-support",
            Role::Security => "staff-role-security",
            Role::Auditor => "staff-role-auditor",
            Role::Reviewer => "staff-role-reviewer",
        }
    }

    /// The key of what it is for, in a sentence.
    pub const fn about_key(self) -> &'static str {
        match self {
            Role::Admin => "staff-role-admin-about",
            Role::Support => "staff-role-support-about",
            Role::Security => "staff-role-security-about",
            Role::Auditor => "staff-role-auditor-about",
            Role::Reviewer => "staff-role-reviewer-about",
        }
    }
}

/// Something that a page or an act of the workplace needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// The figures on the first page.
    Overview,
    /// Finding an account by its exact contact and seeing its masked card.
    FindPeople,
    /// Seeing contacts in full.
    RevealData,
    /// Ending a person's sessions.
    EndSessions,
    /// Giving a temporary access code.
    IssueCode,
    /// Forgetting wrong passwords that locked the sign-in for a while.
    ClearThrottle,
    /// Locking and unlocking accounts.
    LockAccounts,
    /// Seeing background work.
    SeeJobs,
    /// Running dead jobs again.
    RetryJobs,
    /// Seeing the state of SMS, voice and mail.
    SeeConnectors,
    /// Seeing the configuration without its secrets.
    SeeConfiguration,
    /// Seeing the journal's heads and what staff did.
    SeeJournal,
    /// Seeing who is staff.
    SeeStaff,
    /// Inviting, changing roles, removing.
    ManageStaff,
    /// Looking at people's documents and saying what they say.
    Review,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 15] = [
        Right::Overview,
        Right::FindPeople,
        Right::RevealData,
        Right::EndSessions,
        Right::IssueCode,
        Right::ClearThrottle,
        Right::LockAccounts,
        Right::SeeJobs,
        Right::RetryJobs,
        Right::SeeConnectors,
        Right::SeeConfiguration,
        Right::SeeJournal,
        Right::SeeStaff,
        Right::ManageStaff,
        Right::Review,
    ];
}

/// The rights of administrators: all but the review. Who appoints reviewers does not decide who people are.
const ADMIN: &[Right] = &[
    Right::Overview,
    Right::FindPeople,
    Right::RevealData,
    Right::EndSessions,
    Right::IssueCode,
    Right::ClearThrottle,
    Right::LockAccounts,
    Right::SeeJobs,
    Right::RetryJobs,
    Right::SeeConnectors,
    Right::SeeConfiguration,
    Right::SeeJournal,
    Right::SeeStaff,
    Right::ManageStaff,
];

/// The table: role × right. What is not named is not allowed.
const ALLOWED: &[(Role, &[Right])] = &[
    (Role::Admin, ADMIN),
    (Role::Reviewer, &[Right::Overview, Right::Review]),
    (
        Role::Support,
        &[
            Right::Overview,
            Right::FindPeople,
            Right::RevealData,
            Right::EndSessions,
            Right::IssueCode,
            Right::ClearThrottle,
            Right::SeeConnectors,
        ],
    ),
    (
        Role::Security,
        &[
            Right::Overview,
            Right::FindPeople,
            Right::RevealData,
            Right::EndSessions,
            Right::IssueCode,
            Right::ClearThrottle,
            Right::LockAccounts,
            Right::SeeConnectors,
            Right::SeeJournal,
            Right::SeeStaff,
        ],
    ),
    (
        Role::Auditor,
        &[
            Right::Overview,
            Right::FindPeople,
            Right::SeeJobs,
            Right::SeeConnectors,
            Right::SeeConfiguration,
            Right::SeeJournal,
            Right::SeeStaff,
        ],
    ),
];

/// Whether a role has a right.
pub fn may(role: Role, right: Right) -> bool {
    ALLOWED.iter().any(|(known, rights)| *known == role && rights.contains(&right))
}

/// Whether a person signed in strongly enough for the workplace. A trusted device stands for a second factor at home,
/// never here: its word is not counted.
pub fn strong_enough(methods: &str, need: Need) -> bool {
    let given: Vec<&str> = methods.split(' ').filter(|method| *method != "trust").collect();
    Strength::of(&given.join(" ")) >= need.strength()
}

/// Whether a session at the workplace may still be used.
pub fn alive(created_at: Time, seen_at: Time, expires_at: Time, idle_seconds: i64, now: Time) -> bool {
    now < expires_at && now < seen_at + Span::seconds(idle_seconds) && created_at <= now + Span::minutes(1)
}

/// Why a person's card is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYours {
    /// It is the member's own account.
    Own,
    /// It is an account of another member of staff: for administrators only.
    Colleague,
}

/// Whether a member may work on an account.
///
/// # Errors
/// Nobody works on their own account; only administrators work on those of colleagues.
pub fn may_work_on(role: Role, own: bool, is_staff: bool) -> Result<(), NotYours> {
    match (own, is_staff) {
        (true, _) => Err(NotYours::Own),
        (false, true) if role != Role::Admin => Err(NotYours::Colleague),
        _ => Ok(()),
    }
}

/// What a reason is about; the words follow it in the person's journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The person asked for help.
    Request,
    /// Suspected fraud.
    Fraud,
    /// A fault of the portal.
    Fault,
    /// A request that the law demands to be answered.
    Law,
    /// A check of staff work.
    Check,
}

impl Why {
    /// Every kind.
    pub const ALL: [Why; 5] = [Why::Request, Why::Fraud, Why::Fault, Why::Law, Why::Check];

    /// The word in the database, in forms and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Why::Request => "request",
            Why::Fraud => "fraud",
            Why::Fault => "fault",
            Why::Law => "law",
            Why::Check => "check",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Why> {
        Why::ALL.into_iter().find(|why| why.word() == word)
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            Why::Request => "staff-why-request",
            Why::Fraud => "staff-why-fraud",
            Why::Fault => "staff-why-fault",
            Why::Law => "staff-why-law",
            Why::Check => "staff-why-check",
        }
    }
}

/// The fewest and most characters of a reason.
pub const REASON: std::ops::RangeInclusive<usize> = 10..=500;

/// A reason as it is kept: trimmed, with single spaces; none when it says too little or too much.
pub fn reason(typed: &str) -> Option<String> {
    let words: Vec<&str> = typed.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let text = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
    (REASON.contains(&text.chars().count()) && distinct >= 4).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_roles_and_rights_is_the_one_that_was_thought_about() {
        // In the order of `Right::ALL`: + allowed, . not.
        let table = [
            (Role::Admin, "++++++++++++++."),
            (Role::Support, "++++++...+....."),
            (Role::Security, "+++++++..+.++.."),
            (Role::Auditor, "++.....+.++++.."),
            (Role::Reviewer, "+.............+"),
        ];
        for (role, row) in table {
            let found: String =
                Right::ALL.iter().map(|right| if may(role, *right) { '+' } else { '.' }).collect();
            assert_eq!(found, row, "{role:?}");
        }
    }

    #[test]
    fn only_administrators_manage_staff_and_auditors_change_nothing() {
        for role in Role::ALL {
            assert_eq!(may(role, Right::ManageStaff), role == Role::Admin);
        }
        for right in [
            Right::EndSessions,
            Right::IssueCode,
            Right::ClearThrottle,
            Right::LockAccounts,
            Right::RetryJobs,
            Right::RevealData,
        ] {
            assert!(!may(Role::Auditor, right), "{right:?}");
        }
    }

    #[test]
    fn a_trusted_device_is_no_second_factor_here() {
        for (methods, aal2, resistant) in [
            ("pwd", false, false),
            ("pwd trust", false, false),
            ("pwd otp", true, false),
            ("pwd otp trust", true, false),
            ("pwd hwk", true, true),
            ("swk user", true, true),
            ("", false, false),
        ] {
            assert_eq!(strong_enough(methods, Need::Aal2), aal2, "{methods}");
            assert_eq!(strong_enough(methods, Need::PhishingResistant), resistant, "{methods}");
        }
    }

    #[test]
    fn sessions_end_by_idleness_and_absolutely() {
        let start = Time(1_000_000_000_000_000);
        let end = start + Span::hours(8);
        let at = |seen: i64, now: i64| {
            alive(start, start + Span::seconds(seen), end, 900, start + Span::seconds(now))
        };
        assert!(at(0, 899) && !at(0, 900));
        assert!(at(28_000, 28_799) && !at(28_700, 28_800));
        assert!(!alive(start, start, end, 900, start - Span::minutes(2)), "the clock jumped back");
    }

    #[test]
    fn nobody_works_on_their_own_account_and_few_on_those_of_colleagues() {
        for role in Role::ALL {
            assert_eq!(may_work_on(role, true, true), Err(NotYours::Own));
            let colleague = may_work_on(role, false, true);
            assert_eq!(colleague.is_ok(), role == Role::Admin, "{role:?}");
            assert_eq!(may_work_on(role, false, false), Ok(()));
        }
    }

    #[test]
    fn a_reason_says_something() {
        for bad in ["", "short", "aaaaaaaaaaaaaaaa", "          ", "1111111111 1", &"ab ".repeat(400)] {
            assert_eq!(reason(bad), None, "{bad}");
        }
        assert_eq!(reason("  звонок\n 4517,  просит помочь ").as_deref(), Some("звонок 4517, просит помочь"));
    }
}
