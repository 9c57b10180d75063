//! How strongly a person signed in: from the methods of the session (RFC 8176 words) to a level of authentication.

/// Levels of authentication, weak to strong (practice sheet §6). Apart from the levels of identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// One factor.
    Aal1,
    /// Two factors of different kinds.
    Aal2,
    /// Two factors that a false site cannot pass on: a passkey with the person verified, a signature.
    Aal2PhishingResistant,
}

impl Strength {
    /// The strength of a session's methods.
    ///
    /// `pwd` password, `otp` a code from an application or a recovery code, `sms` a code by message, `swk`/`hwk` a
    /// key in software or hardware, `user` the device verified the person, `qr` let in by another device of theirs,
    /// `trust` a device that was trusted after a second factor.
    pub fn of(methods: &str) -> Strength {
        let has = |word: &str| methods.split(' ').any(|method| method == word);
        let key = has("swk") || has("hwk");
        let knows = has("pwd");
        let holds = key || has("otp") || has("sms") || has("trust");
        if key && (has("user") || knows) {
            Strength::Aal2PhishingResistant
        } else if knows && holds || has("qr2") {
            Strength::Aal2
        } else {
            Strength::Aal1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_make_a_strength() {
        let table = [
            ("pwd", Strength::Aal1),
            ("", Strength::Aal1),
            ("hwk", Strength::Aal1),
            ("pwd otp", Strength::Aal2),
            ("pwd sms", Strength::Aal2),
            ("pwd trust", Strength::Aal2),
            ("hwk user", Strength::Aal2PhishingResistant),
            ("swk user", Strength::Aal2PhishingResistant),
            ("pwd hwk", Strength::Aal2PhishingResistant),
            ("qr2", Strength::Aal2),
        ];
        for (methods, strength) in table {
            assert_eq!(Strength::of(methods), strength, "{methods}");
        }
    }
}
