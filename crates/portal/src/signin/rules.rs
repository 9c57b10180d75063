//! What is asked next of somebody who gave a first proof: the table of methods and states, as data (spec 01 §2,
//! practice sheet §3).

use crate::factors::{Kind, Kinds};

/// What was given first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The right password.
    Password,
    /// A passkey that verified its person: two factors in one act.
    Key,
}

/// What the owner forbade to themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restriction {
    /// Nothing.
    #[default]
    None,
    /// No sign-in by password.
    NoPassword,
    /// The second factor must be a passkey.
    OnlyKey,
}

/// Where an account stands at the moment of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What was given.
    pub given: Given,
    /// The factors that are bound.
    pub bound: Kinds,
    /// Whether configuration asks this account for a second factor.
    pub required: bool,
    /// Whether this device is trusted.
    pub trusted: bool,
    /// Whether the password sign-in is locked.
    pub locked: bool,
    /// What the owner forbade.
    pub restriction: Restriction,
}

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Come in, with these words added to the session's methods.
    Enter(&'static str),
    /// One of the bound factors.
    AskAny,
    /// A passkey and nothing else.
    AskKey,
    /// Come in, only to bind a factor.
    Bind,
    /// No, in the words of a wrong pair.
    Refuse,
}

/// A row of the table. `None` is any value; the first row that fits decides.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    given: Option<Given>,
    locked: Option<bool>,
    restriction: Option<Restriction>,
    has_second: Option<bool>,
    has_key: Option<bool>,
    required: Option<bool>,
    trusted: Option<bool>,
    next: Next,
}

const ANY: Row = Row {
    given: None,
    locked: None,
    restriction: None,
    has_second: None,
    has_key: None,
    required: None,
    trusted: None,
    next: Next::Refuse,
};

/// The table.
pub const TABLE: [Row; 9] = [
    // A passkey passes locks and restrictions: no stranger can make it fail.
    Row { given: Some(Given::Key), next: Next::Enter(""), ..ANY },
    Row { locked: Some(true), next: Next::Refuse, ..ANY },
    Row { restriction: Some(Restriction::NoPassword), next: Next::Refuse, ..ANY },
    Row { restriction: Some(Restriction::OnlyKey), has_key: Some(true), next: Next::AskKey, ..ANY },
    Row { restriction: Some(Restriction::OnlyKey), next: Next::Refuse, ..ANY },
    Row { has_second: Some(false), required: Some(true), next: Next::Bind, ..ANY },
    Row { has_second: Some(false), next: Next::Enter(""), ..ANY },
    // Trust stands in for the factor only where nobody requires one.
    Row { required: Some(false), trusted: Some(true), next: Next::Enter("trust"), ..ANY },
    Row { next: Next::AskAny, ..ANY },
];

impl Row {
    fn fits(&self, state: &State) -> bool {
        fn is<T: PartialEq>(wanted: Option<T>, found: T) -> bool {
            wanted.is_none_or(|wanted| wanted == found)
        }
        is(self.given, state.given)
            && is(self.locked, state.locked)
            && is(self.restriction, state.restriction)
            && is(self.has_second, state.bound.has_second())
            && is(self.has_key, state.bound.has(Kind::Passkey))
            && is(self.required, state.required)
            && is(self.trusted, state.trusted)
    }
}

/// What is next for a state.
pub fn next(state: &State) -> Next {
    TABLE.iter().find(|row| row.fits(state)).map_or(Next::Refuse, |row| row.next)
}

/// The kinds that are accepted as the second step. Asked again at every try: what is not here opens nothing.
pub fn ways(state: &State) -> Kinds {
    match next(state) {
        Next::AskAny => state.bound,
        Next::AskKey => Kinds::of(&[Kind::Passkey]).and(state.bound),
        Next::Enter(_) | Next::Bind | Next::Refuse => Kinds::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state there is: 2 × 16 × 2 × 2 × 2 × 3 = 768.
    fn every() -> Vec<State> {
        let mut all = Vec::new();
        for given in [Given::Password, Given::Key] {
            for bound in Kinds::every() {
                for bits in 0..8 {
                    for restriction in [Restriction::None, Restriction::NoPassword, Restriction::OnlyKey] {
                        let (required, trusted, locked) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                        all.push(State { given, bound, required, trusted, locked, restriction });
                    }
                }
            }
        }
        assert_eq!(all.len(), 768);
        all
    }

    #[test]
    fn every_state_has_a_row_and_every_row_a_state() {
        let mut decided = [0; TABLE.len()];
        for state in every() {
            let row = TABLE.iter().position(|row| row.fits(&state)).expect("a row");
            decided[row] += 1;
        }
        assert!(decided.iter().all(|count| *count > 0), "{decided:?}");
    }

    #[test]
    fn a_password_alone_opens_only_what_has_no_factor_or_trusts_the_device() {
        for state in every().into_iter().filter(|state| state.given == Given::Password) {
            if let Next::Enter(words) = next(&state) {
                assert!(!state.locked && state.restriction == Restriction::None, "{state:?}");
                assert!(!state.bound.has_second() || state.trusted && !state.required, "{state:?}");
                assert_eq!(words == "trust", state.bound.has_second(), "{state:?}");
                assert!(!state.required, "{state:?}: required and without a factor");
            }
        }
    }

    #[test]
    fn a_passkey_is_never_locked_out() {
        assert!(every().iter().filter(|s| s.given == Given::Key).all(|s| next(s) == Next::Enter("")));
    }

    #[test]
    fn what_is_asked_is_bound_and_never_weaker_than_allowed() {
        for state in every() {
            let (next, ways) = (next(&state), ways(&state));
            assert_eq!(matches!(next, Next::AskAny | Next::AskKey), !ways.is_empty(), "{state:?}");
            assert_eq!(ways.and(state.bound), ways, "{state:?}");
            if state.restriction == Restriction::OnlyKey && state.given == Given::Password {
                assert!(ways.is_empty() || ways == Kinds::of(&[Kind::Passkey]), "{state:?}");
            }
        }
    }

    #[test]
    fn binding_leads_in_only_who_must_have_a_factor_and_has_none() {
        for state in every().into_iter().filter(|state| next(state) == Next::Bind) {
            assert!(state.required && !state.bound.has_second(), "{state:?}");
        }
    }
}
