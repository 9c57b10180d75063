//! A scanner that knows the EICAR test string, for tests and simulations.

use super::{Scanner, Verdict};
use crate::Health;
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The harmless string that every scanner takes for a virus, in halves, so that this file is not taken for one.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// The EICAR test string: what [`MemoryScanner`] and every real scanner take for a virus.
pub fn eicar() -> String {
    EICAR.concat()
}

/// Finds [`eicar`] anywhere in the bytes, and everything else clean, unless verdicts were planned.
#[derive(Default)]
pub struct MemoryScanner {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: VecDeque<Verdict>,
    down: Option<String>,
    calls: u64,
}

impl MemoryScanner {
    /// A scanner that is up.
    pub fn new() -> MemoryScanner {
        MemoryScanner::default()
    }

    /// The verdict of the next call without one; several are given in turn.
    pub fn plan(&self, verdict: Verdict) {
        self.lock().planned.push_back(verdict);
    }

    /// Makes every call [`Verdict::Unavailable`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Scanner for MemoryScanner {
    async fn inspect(&self, bytes: &[u8]) -> Verdict {
        let mut state = self.lock();
        state.calls += 1;
        if let Some(reason) = &state.down {
            return Verdict::unavailable(reason.clone());
        }
        let eicar = eicar();
        state.planned.pop_front().unwrap_or_else(|| {
            match bytes.windows(eicar.len()).any(|part| part == eicar.as_bytes()) {
                true => Verdict::infected("Eicar-Test-Signature"),
                false => Verdict::Clean,
            }
        })
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_finds_the_test_string_and_follows_plans() {
        let scanner = MemoryScanner::new();
        let ill = [b"%PDF".as_slice(), eicar().as_bytes(), b"tail"].concat();
        assert_eq!(scanner.inspect(&ill).await, Verdict::infected("Eicar-Test-Signature"));
        assert_eq!(scanner.inspect(b"%PDF").await, Verdict::Clean);
        scanner.plan(Verdict::unavailable("busy"));
        assert_eq!(scanner.inspect(b"%PDF").await, Verdict::unavailable("busy"));
        scanner.set_down(Some("away"));
        assert!(scanner.inspect(&ill).await == Verdict::unavailable("away") && !scanner.health().can_send());
        assert_eq!(scanner.calls(), 4);
    }

    #[test]
    fn a_name_keeps_what_is_printable_and_short() {
        let long = format!("Win.\u{7}Троян\n{}", "x".repeat(300));
        let Verdict::Infected { name } = Verdict::infected(&long) else { panic!() };
        assert!(name.starts_with("Win.xxx") && name.len() == 100);
    }
}
