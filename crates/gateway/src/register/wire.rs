//! The bodies of the protocol (`docs/register-protocol.openapi.yaml`), in both directions.

use super::{Answer, Check, Field, InvalidReason, NotKnown, Person, Question, RequestId, Sex};
use kernel::Date;
use kernel::ids::InnPerson;
use serde::{Deserialize, Serialize};

/// The body of `POST /v1/checks`.
#[derive(Serialize)]
pub(super) struct CheckRequest<'a> {
    request: &'a str,
    check: Check,
    #[serde(skip_serializing_if = "Option::is_none")]
    snils: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<Sex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    division_code: Option<&'a str>,
    surname: &'a str,
    first_name: &'a str,
    /// Written as `null` when the person has none.
    patronymic: Option<&'a str>,
    birth_date: Date,
}

impl<'a> CheckRequest<'a> {
    pub(super) fn new(request: &'a RequestId, question: &'a Question) -> CheckRequest<'a> {
        let Person { surname, first_name, patronymic, birth_date } = question.person();
        let mut body = CheckRequest {
            request: request.as_str(),
            check: question.check(),
            snils: None,
            sex: None,
            series: None,
            number: None,
            issued_on: None,
            division_code: None,
            surname,
            first_name,
            patronymic: patronymic.as_deref(),
            birth_date: *birth_date,
        };
        match question {
            Question::Snils { snils, sex, .. } => {
                (body.snils, body.sex) = (Some(snils.as_str()), Some(*sex));
            }
            Question::Passport { passport, issued_on, division_code, .. } => {
                (body.series, body.number) = passport.as_str().split_once(' ').unzip();
                (body.issued_on, body.division_code) = (Some(*issued_on), Some(division_code.as_str()));
            }
            Question::Inn { passport, .. } => {
                (body.series, body.number) = passport.as_str().split_once(' ').unzip();
            }
        }
        body
    }
}

/// The body of 200 and of a webhook with an answer.
#[derive(Deserialize)]
pub(super) struct CheckResult {
    request: String,
    check: Check,
    answer: AnswerBody,
}

/// The body of 202.
#[derive(Deserialize)]
pub(super) struct CheckPending {
    request: String,
    check: Check,
}

/// The body of every refusal (RFC 9457).
#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) code: String,
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum AnswerBody {
    Match,
    Mismatch { fields: Vec<Field> },
    NoSuch,
    Valid,
    Invalid { reason: InvalidReason },
    Found { inn: InnPerson },
    Unclear { reason: NotKnown },
}

impl From<AnswerBody> for Answer {
    fn from(body: AnswerBody) -> Answer {
        match body {
            AnswerBody::Match => Answer::Match,
            AnswerBody::Mismatch { mut fields } => {
                fields.sort_unstable();
                fields.dedup();
                Answer::Mismatch { fields }
            }
            AnswerBody::NoSuch => Answer::NoSuch,
            AnswerBody::Valid => Answer::Valid,
            AnswerBody::Invalid { reason } => Answer::Invalid { reason },
            AnswerBody::Found { inn } => Answer::Found { inn },
            AnswerBody::Unclear { reason } => Answer::Unclear { reason },
        }
    }
}

impl CheckResult {
    /// The answer and its request, when they fit the check.
    pub(super) fn open(self, check: Check) -> Option<(RequestId, Answer)> {
        let answer = Answer::from(self.answer);
        let request = RequestId::parse(&self.request)?;
        (self.check == check && answer.suits(check)).then_some((request, answer))
    }
}

impl CheckPending {
    /// Whether it speaks of this request.
    pub(super) fn is_of(&self, request: &RequestId, check: Check) -> bool {
        self.request == request.as_str() && self.check == check
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Snils;
    use kernel::ids::{DivisionCode, PassportRf};
    use proptest::prelude::*;
    use serde_json::json;

    fn person(patronymic: Option<&str>) -> Person {
        Person {
            surname: "Ковалёва".into(),
            first_name: "Анна".into(),
            patronymic: patronymic.map(str::to_owned),
            birth_date: Date::new(1987, 3, 14).unwrap(),
        }
    }

    fn written(question: &Question) -> serde_json::Value {
        let id = RequestId::parse("chk_1").unwrap();
        serde_json::to_value(CheckRequest::new(&id, question)).unwrap()
    }

    #[test]
    fn each_question_carries_what_its_register_needs_and_no_more() {
        let (snils, sex) = (Snils::parse("11223344595").unwrap(), Sex::Female);
        let passport = PassportRf::parse("4510123456").unwrap();
        let (issued_on, division_code) =
            (Date::new(2007, 4, 2).unwrap(), DivisionCode::parse("770001").unwrap());
        let asked = written(&Question::Snils { snils, sex, person: person(None) });
        let expected = json!({
            "request": "chk_1", "check": "snils", "snils": "112-233-445 95", "sex": "female",
            "surname": "Ковалёва", "first_name": "Анна", "patronymic": null, "birth_date": "1987-03-14",
        });
        assert_eq!(asked, expected);
        let asked = written(&Question::Passport {
            passport: passport.clone(),
            issued_on,
            division_code,
            person: person(Some("Петровна")),
        });
        let expected = json!({
            "request": "chk_1", "check": "passport", "series": "4510", "number": "123456",
            "issued_on": "2007-04-02", "division_code": "770-001",
            "surname": "Ковалёва", "first_name": "Анна", "patronymic": "Петровна", "birth_date": "1987-03-14",
        });
        assert_eq!(asked, expected);
        let asked = written(&Question::Inn { passport, person: person(None) });
        assert_eq!((asked["series"].as_str(), asked.get("issued_on")), (Some("4510"), None));
    }

    fn read(answer: serde_json::Value, check: Check) -> Option<Answer> {
        let body = json!({ "request": "r", "check": check, "answer": answer, "new_member": 1 }).to_string();
        let result: CheckResult = serde_json::from_str(&body).ok()?;
        result.open(check).map(|(_, answer)| answer)
    }

    #[test]
    fn answers_are_read_and_what_does_not_fit_is_not() {
        assert_eq!(read(json!({ "outcome": "match" }), Check::Snils), Some(Answer::Match));
        let fields = vec![Field::Surname, Field::BirthDate];
        let doubled = json!({ "outcome": "mismatch", "fields": ["birth_date", "surname", "birth_date"] });
        assert_eq!(read(doubled, Check::Inn), Some(Answer::Mismatch { fields }));
        for (answer, check) in [
            (json!({ "outcome": "match" }), Check::Inn),
            (json!({ "outcome": "Match" }), Check::Snils),
            (json!({ "outcome": "mismatch", "fields": [] }), Check::Snils),
            (json!({ "outcome": "mismatch", "fields": ["shoe_size"] }), Check::Snils),
            (json!({ "outcome": "mismatch" }), Check::Snils),
            (json!({ "outcome": "invalid" }), Check::Passport),
            (json!({ "outcome": "found", "inn": "500100732258" }), Check::Inn),
            (json!("match"), Check::Snils),
            (json!(null), Check::Snils),
        ] {
            assert_eq!(read(answer.clone(), check), None, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn no_text_does_harm(text in "\\PC*|\\{\"request\":\"r\",\"check\":\"[a-z]{0,8}\",\"answer\":\\{.*\\}\\}") {
            if let Ok(result) = serde_json::from_str::<CheckResult>(&text) {
                let _ = result.open(Check::Snils);
            }
        }
    }
}
