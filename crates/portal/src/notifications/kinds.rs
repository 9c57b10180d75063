//! The table of what people are told: to which group each message belongs, and where one acts upon it. A new
//! [`Notice`] gets its row in [`Notice::group`], [`Notice::way`] and [`Notice::ALL`]; the texts are in `text/`.

use super::{Channel, Notice};
use kernel::Time;
use serde::{Deserialize, Serialize};

/// Messages that are switched on and off together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Safety of the account: always told, by every contact, at any hour (spec 08).
    Security,
    /// The level of the account.
    Account,
    /// Checks of one's data.
    Checks,
    /// News of the portal: only to those who agreed.
    News,
}

impl Group {
    /// Every group, in the order of the page.
    pub const ALL: [Group; 4] = [Group::Security, Group::Account, Group::Checks, Group::News];

    /// The word in forms, settings and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Group::Security => "security",
            Group::Account => "account",
            Group::Checks => "checks",
            Group::News => "news",
        }
    }

    /// Keys of its name and of what belongs to it.
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Group::Security => ("notifications-group-security", "notifications-group-security-text"),
            Group::Account => ("notifications-group-account", "notifications-group-account-text"),
            Group::Checks => ("notifications-group-checks", "notifications-group-checks-text"),
            Group::News => ("notifications-group-news", "notifications-group-news-text"),
        }
    }

    /// Whether the person decides about it.
    pub const fn is_free(self) -> bool {
        !matches!(self, Group::Security)
    }

    /// Whether the page offers this channel for it: news are in the cabinet and in letters (spec 08).
    pub const fn offers(self, channel: Channel) -> bool {
        !matches!(self, Group::News) || matches!(channel, Channel::Email)
    }

    /// Whether it goes out by this channel as long as the person has not said otherwise. Text messages cost money and
    /// wake people, so they are off; who has nothing else gets them all the same (see [`super::choices`]).
    pub const fn by_default(self, channel: Channel) -> bool {
        match self {
            Group::Security => true,
            Group::Account | Group::Checks => matches!(channel, Channel::Email | Channel::Push),
            Group::News => false,
        }
    }
}

impl Notice {
    /// Every notice; a moment that one carries is not looked at.
    pub const ALL: [Notice; 43] = [
        Notice::Locked,
        Notice::PasswordChanged,
        Notice::PhoneMoved,
        Notice::KeySuspect,
        Notice::NewDevice,
        Notice::Restricted,
        Notice::LockedDown,
        Notice::LiftAsked,
        Notice::LockdownLifted,
        Notice::RestrictionSet,
        Notice::RestrictionLifting,
        Notice::RestrictionLifted,
        Notice::Kept,
        Notice::LockedByStaff,
        Notice::UnlockedByStaff,
        Notice::ContactAdded,
        Notice::ContactReplaced,
        Notice::ContactRemoved,
        Notice::ContactPrimary,
        Notice::ContactUndone,
        Notice::FactorAdded,
        Notice::FactorRemoved,
        Notice::RecoveryCodeUsed,
        Notice::SecondFailed,
        Notice::SavedCodeMade,
        Notice::AccessCodeIssued,
        Notice::RecoveryWait(Time(0)),
        Notice::RestartWait(Time(0)),
        Notice::RecoveryCancelled,
        Notice::RestartCancelled,
        Notice::StandardReached,
        Notice::ProfileDoubted,
        Notice::ProfileStuck,
        Notice::ScanAsked,
        Notice::ReviewRefused,
        Notice::SnilsMoved,
        Notice::CorrectionConfirmed,
        Notice::LevelLowered,
        Notice::DocumentInvalid,
        Notice::DeathTold,
        Notice::ClosingStarted(Time(0)),
        Notice::ClosingReminder(Time(0)),
        Notice::ClosingCancelled,
    ];

    /// The notice of the word in a row; `None` for one of another version.
    pub fn from_word(word: &str) -> Option<Notice> {
        Notice::ALL.into_iter().find(|notice| notice.words().0 == word)
    }

    /// The key of its title, which names nobody and has no variables.
    pub const fn title_key(self) -> &'static str {
        self.words().1
    }

    /// To which group it belongs.
    pub const fn group(self) -> Group {
        match self {
            Notice::StandardReached | Notice::LevelLowered | Notice::DocumentInvalid => Group::Account,
            Notice::ProfileDoubted
            | Notice::ProfileStuck
            | Notice::ScanAsked
            | Notice::ReviewRefused
            | Notice::CorrectionConfirmed => Group::Checks,
            Notice::Locked
            | Notice::PasswordChanged
            | Notice::PhoneMoved
            | Notice::KeySuspect
            | Notice::NewDevice
            | Notice::Restricted
            | Notice::LockedDown
            | Notice::LiftAsked
            | Notice::LockdownLifted
            | Notice::RestrictionSet
            | Notice::RestrictionLifting
            | Notice::RestrictionLifted
            | Notice::Kept
            | Notice::LockedByStaff
            | Notice::UnlockedByStaff
            | Notice::ContactAdded
            | Notice::ContactReplaced
            | Notice::ContactRemoved
            | Notice::ContactPrimary
            | Notice::ContactUndone
            | Notice::FactorAdded
            | Notice::FactorRemoved
            | Notice::RecoveryCodeUsed
            | Notice::SecondFailed
            | Notice::SavedCodeMade
            | Notice::AccessCodeIssued
            | Notice::RecoveryWait(_)
            | Notice::RestartWait(_)
            | Notice::RecoveryCancelled
            | Notice::RestartCancelled
            | Notice::DeathTold
            | Notice::SnilsMoved
            | Notice::ClosingStarted(_)
            | Notice::ClosingReminder(_)
            | Notice::ClosingCancelled => Group::Security,
        }
    }

    /// The page of ours where one acts upon it.
    pub const fn way(self) -> &'static str {
        match self {
            Notice::StandardReached
            | Notice::ProfileDoubted
            | Notice::ProfileStuck
            | Notice::CorrectionConfirmed
            | Notice::LevelLowered
            | Notice::DocumentInvalid
            | Notice::SnilsMoved
            | Notice::DeathTold => "/cabinet/profile",
            Notice::ScanAsked | Notice::ReviewRefused => "/cabinet/review",
            Notice::ContactAdded
            | Notice::ContactReplaced
            | Notice::ContactRemoved
            | Notice::ContactPrimary
            | Notice::ContactUndone
            | Notice::PhoneMoved => "/cabinet/security/contacts",
            Notice::FactorAdded | Notice::FactorRemoved | Notice::RecoveryCodeUsed => {
                "/cabinet/security/factors"
            }
            Notice::KeySuspect => "/cabinet/security/passkeys",
            Notice::NewDevice => "/cabinet/security/sessions",
            Notice::PasswordChanged | Notice::SecondFailed => "/cabinet/security/password",
            Notice::LockedDown | Notice::LiftAsked | Notice::LockdownLifted => "/cabinet/security/lockdown",
            Notice::Restricted
            | Notice::RestrictionSet
            | Notice::RestrictionLifting
            | Notice::RestrictionLifted
            | Notice::Kept => "/cabinet/security/restrictions",
            Notice::SavedCodeMade
            | Notice::AccessCodeIssued
            | Notice::RecoveryWait(_)
            | Notice::RecoveryCancelled => "/cabinet/security/recovery",
            Notice::ClosingStarted(_) | Notice::ClosingReminder(_) | Notice::ClosingCancelled => {
                "/cabinet/security/data"
            }
            Notice::Locked
            | Notice::LockedByStaff
            | Notice::UnlockedByStaff
            | Notice::RestartWait(_)
            | Notice::RestartCancelled => "/cabinet/security/journal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_notice_is_listed_once_and_found_by_its_word() {
        let words: BTreeSet<&str> = Notice::ALL.iter().map(|notice| notice.words().0).collect();
        assert_eq!(words.len(), Notice::ALL.len(), "a word stands for two notices, or one is listed twice");
        for notice in Notice::ALL {
            assert_eq!(Notice::from_word(notice.words().0), Some(notice));
        }
        // The enum in the source and the list agree.
        let source = include_str!("notice.rs");
        let body = source.split("pub enum Notice {").nth(1).and_then(|rest| rest.split("\n}").next());
        let variants = body.expect("the enum").lines().filter(|line| {
            let line = line.trim();
            line.starts_with(|sign: char| sign.is_ascii_uppercase())
        });
        assert_eq!(variants.count(), Notice::ALL.len(), "a notice is missing in Notice::ALL");
    }

    #[test]
    fn every_notice_is_in_the_documentation_with_its_group() {
        let page = include_str!("../../../../docs/notifications.md");
        for notice in Notice::ALL {
            let line = page.lines().find(|line| line.starts_with(&format!("| `{}` |", notice.words().0)));
            let line = line.unwrap_or_else(|| panic!("docs/notifications.md has no row of {notice:?}"));
            assert!(line.contains(&format!("| {} |", notice.group().word())), "{line}");
        }
    }

    #[test]
    fn ways_lead_to_our_own_pages() {
        for notice in Notice::ALL {
            assert!(notice.way().starts_with("/cabinet/"), "{notice:?}");
        }
    }

    #[test]
    fn only_safety_cannot_be_switched_off_and_news_are_off() {
        assert_eq!(Group::ALL.iter().filter(|group| !group.is_free()).count(), 1);
        for channel in Channel::ALL {
            assert!(Group::Security.by_default(channel) && !Group::News.by_default(channel));
        }
    }
}
