//! The registry of events: what may stand in the journal. A word, once used, is never given another meaning.

use super::declare::events;
use serde::{Deserialize, Serialize};

events! {
    /// The account was opened.
    AccountOpened {
        /// Kinds of the confirmed contacts.
        contacts: Vec<String>,
    } = "account_opened", "audit-event-account-opened";
    /// Somebody tried to register a contact of this account.
    RegistrationAttempted = "registration_attempted", "audit-event-registration-attempted";
    /// A session began.
    SignedIn {
        /// How, in words of RFC 8176.
        methods: String,
        /// Whether the session is remembered.
        remember: bool,
        /// Whether the device was unknown.
        new_device: bool,
    } = "signed_in", "audit-event-signed-in";
    /// A try to sign in failed.
    SignInFailed {
        /// Which factor: `pwd`, `totp`, `sms`, `passkey`, `recovery-code` …
        method: String,
        /// `wrong`, `locked`, `challenge`, `restricted`, `expired`, `spent` …
        reason: String,
    } = "sign_in_failed", "audit-event-sign-in-failed";
    /// The password sign-in was locked for a while.
    SignInLocked {
        /// Microseconds since 1970.
        until: i64,
    } = "sign_in_locked", "audit-event-sign-in-locked";
    /// A factor was given again before a sensitive act.
    SteppedUp {
        /// Which factor was given again.
        method: String,
    } = "stepped_up", "audit-event-stepped-up";
    /// The factor given again was wrong.
    StepUpFailed {
        /// Which factor.
        method: String,
    } = "step_up_failed", "audit-event-step-up-failed";
    /// The person signed out.
    SignedOut = "signed_out", "audit-event-signed-out";
    /// One session was ended.
    SessionEnded {
        /// Which.
        session: String,
        /// `by-owner`, `replaced`, `by-staff` …
        why: String,
    } = "session_ended", "audit-event-session-ended";
    /// Several sessions were ended.
    SessionsEnded {
        /// How many.
        count: u64,
        /// Why.
        why: String,
    } = "sessions_ended", "audit-event-sessions-ended";
    /// The password was changed.
    PasswordChanged = "password_changed", "audit-event-password-changed";
    /// A forgotten password was replaced.
    PasswordRecovered {
        /// What was given: `sms`, `email`, `totp`, `recovery-code` …
        with: Vec<String>,
    } = "password_recovered", "audit-event-password-recovered";
    /// A recovery of access began.
    RecoveryStarted {
        /// `code`, `waiting`, `saved-code` …
        how: String,
    } = "recovery_started", "audit-event-recovery-started";
    /// A step of a recovery failed.
    RecoveryFailed {
        /// At which step.
        how: String,
        /// Why.
        reason: String,
    } = "recovery_failed", "audit-event-recovery-failed";
    /// A recovery was cancelled.
    RecoveryCancelled {
        /// Which recovery.
        how: String,
    } = "recovery_cancelled", "audit-event-recovery-cancelled";
    /// A one-time code was sent.
    CodeSent {
        /// What for.
        purpose: String,
        /// `sms`, `call`, `email`.
        channel: String,
    } = "code_sent", "audit-event-code-sent";
    /// A one-time code did not fit.
    CodeFailed {
        /// What for.
        purpose: String,
        /// `wrong`, `expired`, `spent` …
        reason: String,
    } = "code_failed", "audit-event-code-failed";
    /// A confirmed contact was added.
    ContactAdded {
        /// Which row.
        contact: String,
        /// `phone` or `email`.
        kind: String,
    } = "contact_added", "audit-event-contact-added";
    /// A contact was replaced by another.
    ContactReplaced {
        /// The new row.
        contact: String,
        /// The old row.
        old: String,
        /// `phone` or `email`.
        kind: String,
    } = "contact_replaced", "audit-event-contact-replaced";
    /// A contact was removed.
    ContactRemoved {
        /// Which row.
        contact: String,
        /// `phone` or `email`.
        kind: String,
    } = "contact_removed", "audit-event-contact-removed";
    /// Messages go to this contact first from now on.
    ContactMadePrimary {
        /// Which row.
        contact: String,
    } = "contact_made_primary", "audit-event-contact-made-primary";
    /// A change of contacts was undone by its old contact.
    ContactChangeUndone {
        /// Which row came back.
        contact: String,
    } = "contact_change_undone", "audit-event-contact-change-undone";
    /// A contact was confirmed by another account and left this one.
    ContactMoved {
        /// `phone` or `email`.
        kind: String,
    } = "contact_moved", "audit-event-contact-moved";
    /// The person changed what they tell about themselves.
    ProfileChanged {
        /// Words of the fields.
        fields: Vec<String>,
    } = "profile_changed", "audit-event-profile-changed";
    /// A child was added to what the person tells about themselves.
    ChildAdded = "child_added", "audit-event-child-added";
    /// What they tell about a child was changed.
    ChildChanged {
        /// Words of the fields.
        fields: Vec<String>,
    } = "child_changed", "audit-event-child-changed";
    /// A child was taken away.
    ChildRemoved = "child_removed", "audit-event-child-removed";
    /// A vehicle was added.
    VehicleAdded = "vehicle_added", "audit-event-vehicle-added";
    /// A vehicle was changed.
    VehicleChanged {
        /// Words of the fields.
        fields: Vec<String>,
    } = "vehicle_changed", "audit-event-vehicle-changed";
    /// A vehicle was taken away.
    VehicleRemoved = "vehicle_removed", "audit-event-vehicle-removed";
    /// A file was uploaded.
    ScanUploaded {
        /// What it shows: `main`, `registration`, `other`.
        slot: String,
    } = "scan_uploaded", "audit-event-scan-uploaded";
    /// A file was found fit and is kept.
    ScanKept {
        /// What it shows.
        slot: String,
    } = "scan_kept", "audit-event-scan-kept";
    /// A file was not kept.
    ScanRefused {
        /// What it was to show.
        slot: String,
        /// Why, in a word.
        reason: String,
    } = "scan_refused", "audit-event-scan-refused";
    /// A file was taken away by its owner.
    ScanRemoved {
        /// What it showed.
        slot: String,
    } = "scan_removed", "audit-event-scan-removed";
    /// The profile was sent to the registers.
    ProfileSent {
        /// Which sending.
        sending: String,
    } = "profile_sent", "audit-event-profile-sent";
    /// A check by a register ended.
    CheckEnded {
        /// `snils`, `passport` or `inn`.
        check: String,
        /// `passed`, `doubted`, `unclear`, `gave_up` or `dropped`.
        outcome: String,
    } = "check_ended", "audit-event-check-ended";
    /// The account has a higher level.
    LevelRaised {
        /// The level.
        level: String,
    } = "level_raised", "audit-event-level-raised";
    /// Registers are asked again about what the level stands on.
    RecheckBegun {
        /// Which sending.
        sending: String,
        /// `due` or `event`.
        why: String,
    } = "recheck_begun", "audit-event-recheck-begun";
    /// A register told of a change by itself.
    RegisterTold {
        /// Which register.
        register: String,
        /// `document_invalid`, `death` or `name_change`.
        what: String,
        /// Its reason, in a word; may be empty.
        reason: String,
    } = "register_told", "audit-event-register-told";
    /// Something that the level stood on holds no longer.
    EvidenceEnded {
        /// `snils` or `passport`.
        evidence: String,
        /// Why: a register's word.
        reason: String,
    } = "evidence_ended", "audit-event-evidence-ended";
    /// The account has a lower level.
    LevelLowered {
        /// The level.
        level: String,
    } = "level_lowered", "audit-event-level-lowered";
    /// A factor was bound.
    FactorAdded {
        /// Which row.
        factor: String,
        /// `totp`, `sms`, `passkey`, `recovery-codes`.
        kind: String,
    } = "factor_added", "audit-event-factor-added";
    /// A factor got another name.
    FactorRenamed {
        /// Which row.
        factor: String,
        /// Its kind.
        kind: String,
    } = "factor_renamed", "audit-event-factor-renamed";
    /// A factor was removed.
    FactorRemoved {
        /// Which row.
        factor: String,
        /// Its kind.
        kind: String,
    } = "factor_removed", "audit-event-factor-removed";
    /// A factor behaves like a copy.
    FactorSuspect {
        /// Which row.
        factor: String,
        /// `counter`: the sign counter went backwards.
        reason: String,
    } = "factor_suspect", "audit-event-factor-suspect";
    /// A new set of recovery codes was made; the old set is dead.
    RecoveryCodesMade {
        /// How many.
        count: u32,
    } = "recovery_codes_made", "audit-event-recovery-codes-made";
    /// A recovery code was spent.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    } = "recovery_code_used", "audit-event-recovery-code-used";
    /// A device needs no second factor for a while.
    DeviceTrusted {
        /// Which row.
        device: String,
        /// Microseconds since 1970.
        until: i64,
    } = "device_trusted", "audit-event-device-trusted";
    /// A device needs the second factor again.
    DeviceDistrusted {
        /// Which row, or `all`.
        device: String,
    } = "device_distrusted", "audit-event-device-distrusted";
    /// A device counts as new from now on.
    DeviceForgotten {
        /// Which row, or `all`.
        device: String,
    } = "device_forgotten", "audit-event-device-forgotten";
    /// Another device was signed in from this one.
    QrApproved = "qr_approved", "audit-event-qr-approved";
    /// A sign-in by QR code was refused.
    QrRefused {
        /// `by-owner`, `number`, `expired`.
        reason: String,
    } = "qr_refused", "audit-event-qr-refused";
    /// The owner said that a sign-in or change was not theirs.
    NotMeReported {
        /// Which session, or empty.
        session: String,
    } = "not_me_reported", "audit-event-not-me-reported";
    /// The owner closed the account for everybody.
    LockedDown {
        /// `owner`, `notice`.
        by: String,
    } = "locked_down", "audit-event-locked-down";
    /// The lockdown ended.
    LockdownLifted {
        /// With what.
        proof: String,
    } = "lockdown_lifted", "audit-event-lockdown-lifted";
    /// The owner forbade something to themselves.
    RestrictionSet {
        /// Which.
        restriction: String,
    } = "restriction_set", "audit-event-restriction-set";
    /// The owner asked to lift a self-restriction; it ends at a moment.
    RestrictionLifting {
        /// Which.
        restriction: String,
        /// Microseconds since 1970: when it ends.
        until: i64,
    } = "restriction_lifting", "audit-event-restriction-lifting";
    /// A self-restriction that was to be lifted stays.
    RestrictionKept {
        /// Which.
        restriction: String,
    } = "restriction_kept", "audit-event-restriction-kept";
    /// A self-restriction was lifted.
    RestrictionLifted {
        /// Which.
        restriction: String,
        /// With what.
        proof: String,
    } = "restriction_lifted", "audit-event-restriction-lifted";
    /// The owner chose by which ways they are told of what.
    NoticeSettingsChanged {
        /// What is on: `checks:email` …
        on: Vec<String>,
    } = "notice_settings_changed", "audit-event-notice-settings-changed";
    /// A browser is told of messages from now on.
    PushAdded {
        /// Which browser.
        browser: String,
    } = "push_added", "audit-event-push-added";
    /// A browser is told no more.
    PushRemoved {
        /// Which browser.
        browser: String,
    } = "push_removed", "audit-event-push-removed";
    /// The owner downloaded the copy of their data.
    ExportTaken = "export_taken", "audit-event-export-taken";
    /// The owner asked to delete the account.
    ClosingStarted {
        /// Microseconds since 1970: when the data key is destroyed.
        until: i64,
    } = "closing_started", "audit-event-closing-started";
    /// The owner signed in again within the grace period.
    ClosingCancelled = "closing_cancelled", "audit-event-closing-cancelled";
    /// The data key was destroyed.
    AccountErased = "account_erased", "audit-event-account-erased";
    /// The owner downloaded from the journal.
    JournalExported {
        /// `csv` or `proof`.
        form: String,
    } = "journal_exported", "audit-event-journal-exported";
    /// A consent was given.
    ConsentGiven {
        /// Which text.
        document: String,
        /// Which version.
        version: String,
    } = "consent_given", "audit-event-consent-given";
    /// Staff looked at this person's data.
    ViewedByStaff {
        /// Which data.
        what: String,
    } = "viewed_by_staff", "audit-event-viewed-by-staff";
    /// What no register could decide went to staff.
    ReviewOpened = "review_opened", "audit-event-review-opened";
    /// Staff found that the SNILS of this account belongs to another one.
    SnilsMoved = "snils_moved", "audit-event-snils-moved";
    /// Staff ask for a better scan.
    ScanAsked {
        /// Of what: `main`, `registration`, `other`.
        slot: String,
    } = "scan_asked", "audit-event-scan-asked";
    /// Staff have looked at what was sent.
    ReviewEnded {
        /// `confirmed`, `refused`.
        outcome: String,
        /// Why, in a word; may be empty.
        reason: String,
    } = "review_ended", "audit-event-review-ended";
    /// Staff locked the account.
    LockedByStaff = "locked_by_staff", "audit-event-locked-by-staff";
    /// Staff unlocked the account.
    UnlockedByStaff = "unlocked_by_staff", "audit-event-unlocked-by-staff";
    /// A staff member was invited.
    StaffInvited {
        /// Which row.
        staff: String,
        /// The role.
        role: String,
    } = "staff_invited", "audit-event-staff-invited";
    /// A staff member accepted the invitation.
    StaffJoined {
        /// Which row.
        staff: String,
    } = "staff_joined", "audit-event-staff-joined";
    /// A staff member's role was changed.
    StaffRoleChanged {
        /// Which row.
        staff: String,
        /// The new role.
        role: String,
    } = "staff_role_changed", "audit-event-staff-role-changed";
    /// A staff member was removed.
    StaffRemoved {
        /// Which row.
        staff: String,
    } = "staff_removed", "audit-event-staff-removed";
    /// Staff looked for an account.
    StaffSearched {
        /// Whether there was such an account.
        found: bool,
    } = "staff_searched", "audit-event-staff-searched";
    /// A member of staff opened the workplace.
    StaffEntered {
        /// Which row.
        staff: String,
    } = "staff_entered", "audit-event-staff-entered";
    /// A member of staff left the workplace.
    StaffLeft {
        /// Which row.
        staff: String,
    } = "staff_left", "audit-event-staff-left";
    /// The workplace refused a member of staff.
    StaffRefused {
        /// `right`, `address`, `strength`, `own-account`, `colleague`, `searches`.
        reason: String,
    } = "staff_refused", "audit-event-staff-refused";
    /// A member of staff acted on a person; the person's own journal has the event itself.
    StaffActed {
        /// `card`, `reveal`, `end-session`, `lock` …
        act: String,
        /// Whose account.
        account: String,
        /// The kind of reason.
        why: String,
    } = "staff_acted", "audit-event-staff-acted";
    /// An invitation was withdrawn.
    StaffInvitationWithdrawn {
        /// Which row.
        invitation: String,
    } = "staff_invitation_withdrawn", "audit-event-staff-invitation-withdrawn";
    /// Staff ended a lock after wrong passwords.
    ThrottleClearedByStaff = "throttle_cleared_by_staff", "audit-event-throttle-cleared-by-staff";
    /// Staff set a dead job to work again.
    JobRetried {
        /// Which.
        job: String,
    } = "job_retried", "audit-event-job-retried";
    /// Keys of the portal were rotated.
    KeysRotated {
        /// Which keys.
        key_use: String,
    } = "keys_rotated", "audit-event-keys-rotated";
    /// The portal started with another configuration.
    ConfigurationChanged {
        /// SHA-256 of the effective configuration without secrets.
        digest: String,
    } = "configuration_changed", "audit-event-configuration-changed";
    /// The journal was verified.
    JournalVerified {
        /// How many.
        events: i64,
        /// Whether all was in order.
        good: bool,
    } = "journal_verified", "audit-event-journal-verified";
    /// A limit stopped somebody; once in its window.
    LimitTripped {
        /// Which.
        limit: String,
    } = "limit_tripped", "audit-event-limit-tripped";
}
