//! What somebody may do in one step.

/// One step of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Fills in the first page of registration.
    Register,
    /// Looks at the phone or the letters and types the newest code.
    TypeCode,
    /// Types a wrong code.
    MistypeCode,
    /// Asks for another code.
    Resend,
    /// Opens the link of the letter.
    FollowLink,
    /// Sets the password of the new account.
    SetPassword,
    /// Signs in.
    SignIn,
    /// Signs in with a wrong password.
    MistypePassword,
    /// Signs out.
    SignOut,
    /// Begins to recover.
    Recover,
    /// Types the code of the recovery and a new password.
    FinishRecovery,
    /// Changes the password in the cabinet.
    ChangePassword,
    /// Comes back with another browser: all cookies are gone.
    WalkAway,
}

impl Act {
    /// For people without an account.
    pub const NEWCOMER: [Act; 12] = [
        Act::Register,
        Act::Register,
        Act::TypeCode,
        Act::TypeCode,
        Act::TypeCode,
        Act::MistypeCode,
        Act::Resend,
        Act::FollowLink,
        Act::SetPassword,
        Act::SetPassword,
        Act::SetPassword,
        Act::WalkAway,
    ];
    /// For people who have one.
    pub const OWNER: [Act; 10] = [
        Act::SignIn,
        Act::SignIn,
        Act::MistypePassword,
        Act::MistypePassword,
        Act::SignOut,
        Act::Recover,
        Act::FinishRecovery,
        Act::FinishRecovery,
        Act::ChangePassword,
        Act::WalkAway,
    ];
}
