//! What a person's checks lead to: the «magic» of the stand's people.

use serde::{Deserialize, Serialize};

/// What the registers make of a person whose values are typed as the stand shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every check passes.
    #[default]
    Match,
    /// Every register has another surname.
    MismatchSurname,
    /// Every register has another first name.
    MismatchFirstName,
    /// Every register has another patronymic.
    MismatchPatronymic,
    /// Every register has another birth date.
    MismatchBirthDate,
    /// The pension fund has the other sex.
    MismatchSex,
    /// The interior ministry has another day of issue.
    MismatchIssuedOn,
    /// The interior ministry has another office.
    MismatchDivisionCode,
    /// The pension fund has no such SNILS.
    NoSnils,
    /// The tax service has no INN of the person.
    NoInn,
    /// The passport's term is over.
    PassportExpired,
    /// A newer passport was issued.
    PassportReplaced,
    /// The passport was reported as lost.
    PassportLost,
    /// The passport was reported as stolen.
    PassportStolen,
    /// The passport was declared invalid.
    PassportDeclaredInvalid,
    /// The holder has died.
    PassportHolderDied,
    /// There is no such passport.
    PassportNotIssued,
    /// Several records fit, in every register.
    UnclearSeveralRecords,
    /// The record is being corrected, in every register.
    UnclearUnderCorrection,
    /// The record is given out by hand only, in every register.
    UnclearByHandOnly,
    /// Every answer comes after some seconds on the same connection.
    Slow,
    /// The first answer comes after everybody's time limit; later ones at once.
    Late,
    /// Taken, answered after minutes.
    Minutes,
    /// Taken, answered after hours.
    Hours,
    /// Taken, answered after days.
    Days,
    /// Taken, and never answered.
    Never,
    /// An error of the register, every time.
    Error,
    /// Answers that are no JSON.
    Garbage,
    /// Half an answer, every time.
    Half,
    /// The answer, and the same again twice by webhook.
    Twice,
    /// The webhook with the answer arrives before "taken".
    OutOfOrder,
    /// Away at every other attempt.
    Flapping,
    /// The register will not work the request.
    Refused,
}

/// Every outcome: its word, and what it means in Russian and English.
const TABLE: [(Outcome, &str, &str, &str); 33] = [
    (Outcome::Match, "match", "Все проверки пройдут", "All checks pass"),
    (Outcome::MismatchSurname, "mismatch_surname", "Фамилия не сойдётся", "The surname differs"),
    (Outcome::MismatchFirstName, "mismatch_first_name", "Имя не сойдётся", "The first name differs"),
    (Outcome::MismatchPatronymic, "mismatch_patronymic", "Отчество не сойдётся", "The patronymic differs"),
    (
        Outcome::MismatchBirthDate,
        "mismatch_birth_date",
        "Дата рождения не сойдётся",
        "The birth date differs",
    ),
    (Outcome::MismatchSex, "mismatch_sex", "Пол не сойдётся", "The sex differs"),
    (Outcome::MismatchIssuedOn, "mismatch_issued_on", "Дата выдачи не сойдётся", "The day of issue differs"),
    (
        Outcome::MismatchDivisionCode,
        "mismatch_division_code",
        "Код подразделения не сойдётся",
        "The office's code differs",
    ),
    (Outcome::NoSnils, "no_snils", "Такого СНИЛС нет", "There is no such SNILS"),
    (Outcome::NoInn, "no_inn", "ИНН ещё нет", "There is no INN yet"),
    (Outcome::PassportExpired, "passport_expired", "Срок паспорта истёк", "The passport has expired"),
    (Outcome::PassportReplaced, "passport_replaced", "Паспорт заменён новым", "The passport was replaced"),
    (Outcome::PassportLost, "passport_lost", "Паспорт утерян", "The passport was lost"),
    (Outcome::PassportStolen, "passport_stolen", "Паспорт украден", "The passport was stolen"),
    (
        Outcome::PassportDeclaredInvalid,
        "passport_declared_invalid",
        "Паспорт признан недействительным",
        "The passport was declared invalid",
    ),
    (Outcome::PassportHolderDied, "passport_holder_died", "Владелец умер", "The holder has died"),
    (Outcome::PassportNotIssued, "passport_not_issued", "Такого паспорта нет", "There is no such passport"),
    (
        Outcome::UnclearSeveralRecords,
        "unclear_several_records",
        "Неясно: подходит несколько записей",
        "Unclear: several records fit",
    ),
    (
        Outcome::UnclearUnderCorrection,
        "unclear_under_correction",
        "Неясно: запись исправляют",
        "Unclear: the record is being corrected",
    ),
    (
        Outcome::UnclearByHandOnly,
        "unclear_by_hand_only",
        "Неясно: только вручную",
        "Unclear: given out by hand only",
    ),
    (Outcome::Slow, "slow", "Ответ через 5 секунд", "Answered after 5 seconds"),
    (Outcome::Late, "late", "Первый ответ опоздает", "The first answer comes too late"),
    (Outcome::Minutes, "minutes", "Ответ через 2 минуты", "Answered after 2 minutes"),
    (Outcome::Hours, "hours", "Ответ через 3 часа", "Answered after 3 hours"),
    (Outcome::Days, "days", "Ответ через 3 дня", "Answered after 3 days"),
    (Outcome::Never, "never", "Ответа не будет", "Never answered"),
    (Outcome::Error, "error", "Ошибка реестра", "An error of the register"),
    (Outcome::Garbage, "garbage", "Мусор вместо ответа", "Nonsense for an answer"),
    (Outcome::Half, "half", "Пол-ответа", "Half an answer"),
    (Outcome::Twice, "twice", "Ответ трижды", "Answered three times"),
    (Outcome::OutOfOrder, "out_of_order", "Ответ раньше, чем «принято»", "Answered before “taken”"),
    (Outcome::Flapping, "flapping", "Отвечает через раз", "Away every other time"),
    (Outcome::Refused, "refused", "Реестр откажется проверять", "The register will not check"),
];

impl Outcome {
    /// Every outcome in the order of the page.
    pub fn all() -> impl Iterator<Item = Outcome> {
        TABLE.iter().map(|row| row.0)
    }

    /// The word of addresses.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The outcome of a word.
    pub fn from_word(word: &str) -> Option<Outcome> {
        TABLE.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// What it is called on the page.
    pub(crate) fn title(self, lang: kernel::Lang) -> &'static str {
        match lang {
            kernel::Lang::Ru => self.row().2,
            kernel::Lang::En => self.row().3,
        }
    }

    fn row(self) -> &'static (Outcome, &'static str, &'static str, &'static str) {
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_json() {
        for outcome in Outcome::all() {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
            assert_eq!(Outcome::from_word(outcome.word()), Some(outcome));
        }
        assert_eq!(Outcome::all().count(), TABLE.len());
    }
}
