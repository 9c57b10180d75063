//! When a session is alive.

use super::{Session, Settings};
use kernel::{Span, Time};

/// Whether the session may still be used at `now`: not past its absolute end, not idle for too long,
/// and not begun in the future by more than a day (a clock that jumped back revives nothing, checklist 13.8).
pub fn alive(session: &Session, settings: &Settings, now: Time) -> bool {
    let idle = if session.remember {
        Span::days(settings.remember_days)
    } else {
        Span::seconds(settings.idle_seconds)
    };
    now < session.expires_at && now < session.seen_at + idle && session.created_at <= now + Span::days(1)
}

/// Methods of a session with those given now: each word once, in the order in which they came. Being kept to binding a
/// factor ends with a second factor.
pub fn merged(before: &str, now: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in before.split(' ').chain(now.split(' ')).filter(|word| !word.is_empty()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.iter().any(|word| matches!(*word, "otp" | "sms" | "hwk" | "swk")) {
        words.retain(|word| *word != "bind");
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_grow() {
        for (before, now, merged_words) in [
            ("pwd", "otp", "pwd otp"),
            ("pwd otp", "otp", "pwd otp"),
            ("pwd trust", "hwk user", "pwd trust hwk user"),
            ("pwd bind", "pwd", "pwd bind"),
            ("pwd bind", "otp", "pwd otp"),
            ("", "pwd", "pwd"),
        ] {
            assert_eq!(merged(before, now), merged_words);
        }
    }
    use crate::accounts::Person;
    use kernel::{Id, Lang, Level, Rng};

    fn session(remember: bool) -> Session {
        let mut rng = Rng::seeded(1);
        let start = Time(1_000_000_000_000_000);
        Session {
            id: Id::new(start, &mut rng),
            token_hash: [0; 32],
            account: Id::new(start, &mut rng),
            level: Level::Simplified,
            lang: Lang::Ru,
            person: Person { surname: "А".into(), first_name: "Б".into(), patronymic: None },
            unread: 0,
            tour_done: false,
            restored: false,
            methods: "pwd".into(),
            remember,
            created_at: start,
            auth_at: start,
            seen_at: start,
            home: Default::default(),
            expires_at: start + if remember { Span::days(365) } else { Span::hours(12) },
        }
    }

    #[test]
    fn idle_and_absolute_ends() {
        let settings = Settings::default();
        let mut plain = session(false);
        let start = plain.created_at;
        for (after, expected) in [(0, true), (1_799, true), (1_800, false)] {
            assert_eq!(alive(&plain, &settings, start + Span::seconds(after)), expected, "{after}");
        }
        plain.seen_at = start + Span::hours(12) - Span::seconds(1);
        assert!(alive(&plain, &settings, start + Span::hours(12) - Span::seconds(1)));
        assert!(!alive(&plain, &settings, start + Span::hours(12)));
    }

    #[test]
    fn remembered_sessions_slide() {
        let settings = Settings::default();
        let mut kept = session(true);
        let start = kept.created_at;
        assert!(alive(&kept, &settings, start + Span::days(30) - Span::seconds(1)));
        assert!(!alive(&kept, &settings, start + Span::days(30)));
        kept.seen_at = start + Span::days(29);
        assert!(alive(&kept, &settings, start + Span::days(58)));
    }

    #[test]
    fn a_clock_that_jumped_back_revives_nothing() {
        let later = session(false);
        assert!(!alive(&later, &Settings::default(), later.created_at - Span::days(2)));
    }
}
