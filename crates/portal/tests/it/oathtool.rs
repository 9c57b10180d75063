//! Our codes against those of a program that nobody here wrote: Debian's oathtool.

use kernel::{Rng, Time};
use portal::factors::totp;
use std::process::Command;

#[test]
fn codes_are_those_of_oathtool() {
    let mut rng = Rng::seeded(20);
    for _ in 0..20 {
        let secret = rng.bytes::<{ totp::SECRET_BYTES }>();
        let seconds = 1_000_000_000 + i64::try_from(rng.below(3_000_000_000)).expect("small");
        let (key, now) = (totp::base32(&secret), format!("@{seconds}"));
        let made = Command::new("oathtool").args(["--totp", "-b", "-N", &now, "--", &key]).output();
        let Ok(made) = made else {
            println!("skipped: oathtool is not installed (apt-get install oathtool)");
            return;
        };
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let ours = totp::code(&secret, totp::step_at(Time(seconds * 1_000_000)), totp::DIGITS);
        assert_eq!(String::from_utf8_lossy(&made.stdout).trim(), ours.as_str(), "{seconds}");
    }
}
