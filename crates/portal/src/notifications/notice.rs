//! What owners are told of, and by which words.

use kernel::Time;

/// Something about the safety of an account that its owner is told. The words are in `text/` beside this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The password sign-in is locked for a while.
    Locked,
    /// The password was changed or recovered.
    PasswordChanged,
    /// The phone number belongs to another account now.
    PhoneMoved,
    /// A passkey behaves as if somebody had a copy of it.
    KeySuspect,
    /// Somebody signed in from a device or country that the account was never signed in from.
    NewDevice,
    /// The right password was given, and a ban of the owner's own refused it.
    Restricted,
    /// The account was closed for everybody by its owner, or by the link of a notice.
    LockedDown,
    /// Somebody asked to open an account in lockdown without a second factor: it happens after a wait.
    LiftAsked,
    /// The lockdown ended.
    LockdownLifted,
    /// The owner forbade something.
    RestrictionSet,
    /// Somebody asked to lift a ban: it happens after a wait.
    RestrictionLifting,
    /// A ban was lifted.
    RestrictionLifted,
    /// What waited was stopped, and stays as it was.
    Kept,
    /// Staff locked the account.
    LockedByStaff,
    /// Staff unlocked the account.
    UnlockedByStaff,
    /// A contact was added.
    ContactAdded,
    /// A contact was replaced by another.
    ContactReplaced,
    /// A contact was removed.
    ContactRemoved,
    /// Messages go to another contact first.
    ContactPrimary,
    /// A change of contacts was undone.
    ContactUndone,
    /// A second factor was added, or new recovery codes were made.
    FactorAdded,
    /// A second factor was removed.
    FactorRemoved,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Somebody gave the right password and several wrong second factors.
    SecondFailed,
    /// A saved recovery code was made.
    SavedCodeMade,
    /// Staff issued a temporary access code.
    AccessCodeIssued,
    /// Somebody who knows the password has lost the second factor and waits until this moment.
    RecoveryWait(Time),
    /// Somebody who has nothing but a contact waits until this moment to have the account deleted.
    RestartWait(Time),
    /// Such a wait was cancelled.
    RecoveryCancelled,
    /// A wait for the deletion was cancelled.
    RestartCancelled,
    /// The registers confirmed the data: the account is standard now.
    StandardReached,
    /// A register doubts a value.
    ProfileDoubted,
    /// The registers could not decide.
    ProfileStuck,
    /// Staff ask for a better scan of a document.
    ScanAsked,
    /// Staff looked at the documents and could not confirm the data.
    ReviewRefused,
    /// Staff found that the SNILS belongs to another account.
    SnilsMoved,
    /// Registers confirmed a correction of data that had been confirmed before.
    CorrectionConfirmed,
    /// Asked again, a register found a difference: the level is lower now. Names the fields.
    LevelLowered,
    /// A register told that the passport is not valid: the level is lower now.
    DocumentInvalid,
    /// A register told that the owner has died: the level is lower now, and every session ended.
    DeathTold,
    /// The owner asked to delete the account; a sign-in before this moment restores it.
    ClosingStarted(Time),
    /// The account will soon be deleted.
    ClosingReminder(Time),
    /// A sign-in restored the account.
    ClosingCancelled,
}

impl Notice {
    /// The word in the message's row, and the keys of subject and text.
    pub(super) const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Notice::Locked => ("locked", "notice-locked-subject", "notice-locked-text"),
            Notice::PasswordChanged => {
                ("password-changed", "notice-password-changed-subject", "notice-password-changed-text")
            }
            Notice::PhoneMoved => ("phone-moved", "notice-phone-moved-subject", "notice-phone-moved-text"),
            Notice::KeySuspect => ("key-suspect", "notice-key-suspect-subject", "notice-key-suspect-text"),
            Notice::NewDevice => ("new-device", "notice-new-device-subject", "notice-new-device-text"),
            Notice::Restricted => ("restricted", "notice-restricted-subject", "notice-restricted-text"),
            Notice::LockedDown => ("locked-down", "notice-locked-down-subject", "notice-locked-down-text"),
            Notice::LiftAsked => ("lift-asked", "notice-lift-asked-subject", "notice-lift-asked-text"),
            Notice::LockdownLifted => {
                ("lockdown-lifted", "notice-lockdown-lifted-subject", "notice-lockdown-lifted-text")
            }
            Notice::RestrictionSet => {
                ("restriction-set", "notice-restriction-set-subject", "notice-restriction-set-text")
            }
            Notice::RestrictionLifting => (
                "restriction-lifting",
                "notice-restriction-lifting-subject",
                "notice-restriction-lifting-text",
            ),
            Notice::RestrictionLifted => {
                ("restriction-lifted", "notice-restriction-lifted-subject", "notice-restriction-lifted-text")
            }
            Notice::Kept => ("kept", "notice-kept-subject", "notice-kept-text"),
            Notice::LockedByStaff => {
                ("locked-by-staff", "notice-locked-by-staff-subject", "notice-locked-by-staff-text")
            }
            Notice::UnlockedByStaff => {
                ("unlocked-by-staff", "notice-unlocked-by-staff-subject", "notice-unlocked-by-staff-text")
            }
            Notice::ContactAdded => {
                ("contact-added", "notice-contact-added-subject", "notice-contact-added-text")
            }
            Notice::ContactReplaced => {
                ("contact-replaced", "notice-contact-replaced-subject", "notice-contact-replaced-text")
            }
            Notice::ContactRemoved => {
                ("contact-removed", "notice-contact-removed-subject", "notice-contact-removed-text")
            }
            Notice::ContactPrimary => {
                ("contact-primary", "notice-contact-primary-subject", "notice-contact-primary-text")
            }
            Notice::ContactUndone => {
                ("contact-undone", "notice-contact-undone-subject", "notice-contact-undone-text")
            }
            Notice::FactorAdded => {
                ("factor-added", "notice-factor-added-subject", "notice-factor-added-text")
            }
            Notice::FactorRemoved => {
                ("factor-removed", "notice-factor-removed-subject", "notice-factor-removed-text")
            }
            Notice::RecoveryCodeUsed => {
                ("recovery-code-used", "notice-recovery-code-used-subject", "notice-recovery-code-used-text")
            }
            Notice::SecondFailed => {
                ("second-failed", "notice-second-failed-subject", "notice-second-failed-text")
            }
            Notice::SavedCodeMade => {
                ("saved-code-made", "notice-saved-code-made-subject", "notice-saved-code-made-text")
            }
            Notice::AccessCodeIssued => {
                ("access-code-issued", "notice-access-code-issued-subject", "notice-access-code-issued-text")
            }
            Notice::RecoveryWait(_) => {
                ("recovery-wait", "notice-recovery-wait-subject", "notice-recovery-wait-text")
            }
            Notice::RestartWait(_) => {
                ("restart-wait", "notice-restart-wait-subject", "notice-restart-wait-text")
            }
            Notice::RecoveryCancelled => {
                ("recovery-cancelled", "notice-recovery-cancelled-subject", "notice-recovery-cancelled-text")
            }
            Notice::RestartCancelled => {
                ("restart-cancelled", "notice-restart-cancelled-subject", "notice-restart-cancelled-text")
            }
            Notice::StandardReached => {
                ("standard-reached", "notice-standard-reached-subject", "notice-standard-reached-text")
            }
            Notice::ProfileDoubted => {
                ("profile-doubted", "notice-profile-doubted-subject", "notice-profile-doubted-text")
            }
            Notice::ProfileStuck => {
                ("profile-stuck", "notice-profile-stuck-subject", "notice-profile-stuck-text")
            }
            Notice::ScanAsked => ("scan-asked", "notice-scan-asked-subject", "notice-scan-asked-text"),
            Notice::ReviewRefused => {
                ("review-refused", "notice-review-refused-subject", "notice-review-refused-text")
            }
            Notice::SnilsMoved => ("snils-moved", "notice-snils-moved-subject", "notice-snils-moved-text"),
            Notice::CorrectionConfirmed => (
                "correction-confirmed",
                "notice-correction-confirmed-subject",
                "notice-correction-confirmed-text",
            ),
            Notice::LevelLowered => {
                ("level-lowered", "notice-level-lowered-subject", "notice-level-lowered-text")
            }
            Notice::DocumentInvalid => {
                ("document-invalid", "notice-document-invalid-subject", "notice-document-invalid-text")
            }
            Notice::DeathTold => ("death-told", "notice-death-told-subject", "notice-death-told-text"),
            Notice::ClosingStarted(_) => {
                ("closing-started", "notice-closing-started-subject", "notice-closing-started-text")
            }
            Notice::ClosingReminder(_) => {
                ("closing-reminder", "notice-closing-reminder-subject", "notice-closing-reminder-text")
            }
            Notice::ClosingCancelled => {
                ("closing-cancelled", "notice-closing-cancelled-subject", "notice-closing-cancelled-text")
            }
        }
    }

    /// The moment that the text names besides the present one.
    pub(super) const fn until(self) -> Option<Time> {
        match self {
            Notice::RecoveryWait(until)
            | Notice::RestartWait(until)
            | Notice::ClosingStarted(until)
            | Notice::ClosingReminder(until) => Some(until),
            _ => None,
        }
    }
}

impl Notice {
    /// Whether it carries «Это был не я»: what it tells of was done by somebody who was let in, and its owner may want
    /// to close the account. (Practice sheet §9.6.)
    pub(super) const fn is_of_an_act(self) -> bool {
        // Not done by somebody inside, or the account is closed already.
        !matches!(
            self,
            Notice::Locked
                | Notice::SecondFailed
                | Notice::Restricted
                | Notice::LockedDown
                | Notice::LiftAsked
                | Notice::ContactUndone
                | Notice::CorrectionConfirmed
                | Notice::LevelLowered
                | Notice::SnilsMoved
                | Notice::DocumentInvalid
                | Notice::DeathTold
        )
    }
}
