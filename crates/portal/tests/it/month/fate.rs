//! What is true of the people of the month, and what registers say about them.

use gateway::register::memory::{MemoryRegister, Plan};
use gateway::register::{Answer, Check, Field as Doubted, InvalidReason, NotKnown, Question, Register};
use kernel::ids::PassportRf;
use kernel::{Rng, Snils, Span};
use std::collections::HashMap;
use std::sync::Arc;
use testkit::app::TestApp;

/// What is true of a person, and what will happen to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Everything is right.
    Right,
    /// Types a wrong surname first, and corrects it.
    Corrects,
    /// Has a SNILS that the pension fund does not know.
    NoSnils,
    /// The interior ministry cannot decide.
    Unclear,
    /// The interior ministry never answers.
    Silent,
    /// The pension fund will not work the question.
    Refused,
    /// The passport becomes invalid one day.
    LosesPassport,
    /// Dies one day.
    Dies,
    /// Changes the name one day, and the registers still know the old one.
    Renamed,
    /// The passport is found expired when it is asked about again.
    Expires,
}

impl Fate {
    pub fn of(rng: &mut Rng) -> Fate {
        match rng.below(100) {
            0..=54 => Fate::Right,
            55..=64 => Fate::Corrects,
            65..=69 => Fate::NoSnils,
            70..=74 => Fate::Unclear,
            75..=77 => Fate::Silent,
            78..=80 => Fate::Refused,
            81..=86 => Fate::LosesPassport,
            87..=89 => Fate::Dies,
            90..=94 => Fate::Renamed,
            _ => Fate::Expires,
        }
    }

    /// The evidence at the end, and the texts that were sent: a word of each.
    pub fn end(self) -> (&'static [&'static str], &'static [&'static str]) {
        const REACHED: &str = "Теперь учётная запись стандартная";
        match self {
            Fate::Right | Fate::Renamed => (&["snils", "passport"], &[REACHED]),
            Fate::Corrects => (&["snils", "passport"], &["нашёл расхождение в ваших данных", REACHED]),
            Fate::NoSnils => (&[], &["нашёл расхождение в ваших данных"]),
            Fate::Unclear | Fate::Silent | Fate::Refused => (&[], &["не смогли подтвердить"]),
            Fate::LosesPassport => (&["snils"], &[REACHED, "паспорт недействителен"]),
            Fate::Dies => (&[], &[REACHED, "о смерти владельца"]),
            Fate::Expires => (&["snils"], &[REACHED, "при повторной проверке"]),
        }
    }
}

pub fn snils(number: u64) -> Snils {
    let base = 200_000_000 + number;
    let digits: Vec<u64> = (0..9).rev().map(|place| base / 10_u64.pow(place) % 10).collect();
    let sum: u64 = digits.iter().zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    Snils::parse(&format!("{base}{:02}", sum % 101 % 100)).expect("a SNILS")
}

pub fn passport(number: u64) -> PassportRf {
    PassportRf::parse(&format!("28 11 {:06}", 100_000 + number)).expect("a passport")
}

/// Whom a question is about.
fn number_of(question: &Question) -> u64 {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let parse = |text: &str| text.parse::<u64>().expect("digits");
    match question {
        Question::Snils { snils, .. } => parse(&digits(snils.as_str())[..9]) - 200_000_000,
        Question::Passport { passport, .. } | Question::Inn { passport, .. } => {
            parse(&digits(passport.as_str())[4..]) - 100_000
        }
    }
}

/// A register that knows everybody's fate; how long an answer takes grows from the seed and the question's turn.
pub fn register(kind: Register, app: &TestApp, seed: u64, fates: Arc<Vec<Fate>>) -> Arc<MemoryRegister> {
    let mut asked: HashMap<u64, u64> = HashMap::new();
    let register = MemoryRegister::new(kind, Arc::new(app.world.clock.clone()), move |_, question| {
        let number = number_of(question);
        let turn = asked.entry(number).or_default();
        *turn += 1;
        let fate = fates[usize::try_from(number).expect("a number")];
        let Some(answer) = answer(question, fate, *turn) else {
            return if fate == Fate::Refused { Plan::Refuse("invalid_question") } else { Plan::Never };
        };
        let mut rng = Rng::seeded(seed ^ (number << 20) ^ (*turn << 8) ^ kind as u64);
        match rng.below(10) {
            0..=5 => Plan::Now(answer),
            6..=8 => Plan::After(Span::minutes(rng.below(600) as i64), answer),
            _ => Plan::After(Span::hours(rng.below(100) as i64), answer),
        }
    });
    register.set_ask_again_after(Span::hours(3));
    Arc::new(register)
}

/// What a register says at the `turn`-th question about somebody; `None` for nothing that decides.
fn answer(question: &Question, fate: Fate, turn: u64) -> Option<Answer> {
    let wrong_name = question.person().surname == "Ошибкина";
    Some(match (question.check(), fate) {
        (Check::Inn, _) => Answer::NoSuch,
        (_, _) if wrong_name => Answer::Mismatch { fields: vec![Doubted::Surname] },
        (Check::Snils, Fate::NoSnils) => Answer::NoSuch,
        (Check::Snils, Fate::Refused) | (Check::Passport, Fate::Silent) => return None,
        (Check::Passport, Fate::Unclear) => Answer::Unclear { reason: NotKnown::SeveralRecords },
        (Check::Passport, Fate::Expires) if turn > 1 => Answer::Invalid { reason: InvalidReason::Expired },
        (Check::Passport, _) => Answer::Valid,
        (Check::Snils, _) => Answer::Match,
    })
}
