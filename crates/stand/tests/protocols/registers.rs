//! The connector against the stand's registers: what is asked is answered, once, and in its own time.

use crate::registry::*;
use crate::support::*;
use gateway::Health;
use gateway::register::{Answer, Asked, Connector, Field, InvalidReason, NotKnown, Question, Register};
use kernel::Span;
use stand::systems::registers::Outcome;

/// What the three registers say about people of an outcome; nothing where all is well.
fn expected(outcome: Outcome) -> Option<[Option<Answer>; 3]> {
    let doubt = |field| Some(Answer::Mismatch { fields: vec![field] });
    let everywhere = |field| [doubt(field), doubt(field), doubt(field)];
    let invalid = |reason| [None, Some(Answer::Invalid { reason }), None];
    let unclear = |reason| {
        let unclear = || Some(Answer::Unclear { reason });
        [unclear(), unclear(), unclear()]
    };
    Some(match outcome {
        Outcome::Match => [None, None, None],
        Outcome::MismatchSurname => everywhere(Field::Surname),
        Outcome::MismatchFirstName => everywhere(Field::FirstName),
        Outcome::MismatchPatronymic => everywhere(Field::Patronymic),
        Outcome::MismatchBirthDate => everywhere(Field::BirthDate),
        Outcome::MismatchSex => [doubt(Field::Sex), None, None],
        Outcome::MismatchIssuedOn => [None, doubt(Field::IssuedOn), None],
        Outcome::MismatchDivisionCode => [None, doubt(Field::DivisionCode), None],
        Outcome::NoSnils => [Some(Answer::NoSuch), None, None],
        Outcome::NoInn => [None, None, Some(Answer::NoSuch)],
        Outcome::PassportExpired => invalid(InvalidReason::Expired),
        Outcome::PassportReplaced => invalid(InvalidReason::Replaced),
        Outcome::PassportLost => invalid(InvalidReason::Lost),
        Outcome::PassportStolen => invalid(InvalidReason::Stolen),
        Outcome::PassportDeclaredInvalid => invalid(InvalidReason::DeclaredInvalid),
        Outcome::PassportHolderDied => invalid(InvalidReason::HolderDied),
        Outcome::PassportNotIssued => {
            let fields = vec![Field::Series, Field::Number];
            let reason = InvalidReason::NotIssued;
            [None, Some(Answer::Invalid { reason }), Some(Answer::Mismatch { fields })]
        }
        Outcome::UnclearSeveralRecords => unclear(NotKnown::SeveralRecords),
        Outcome::UnclearUnderCorrection => unclear(NotKnown::UnderCorrection),
        Outcome::UnclearByHandOnly => unclear(NotKnown::ByHandOnly),
        Outcome::Slow | Outcome::Twice => [None, None, None],
        _ => return None,
    })
}

#[tokio::test]
async fn every_outcome_is_answered_by_every_register() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let mut asked = 0;
    for (n, register) in Register::ALL.into_iter().enumerate() {
        let connector = connector(&stand, register, &clock);
        for outcome in Outcome::all() {
            let Some(mut expected) = expected(outcome) else { continue };
            let person = person(&stand, outcome, 3);
            let answer = expected[n].take().unwrap_or_else(|| good(register, &person));
            let request = id(&format!("{}-{}", register.word(), outcome.word()));
            let got = soon(connector.ask(&request, &question(register, &person))).await;
            assert_eq!(got, Asked::Answered(answer), "{register:?} {outcome:?}");
            asked += 1;
        }
        assert_eq!(connector.health(), Health::Up);
    }
    assert_eq!(asked, 3 * 22);
}

#[tokio::test]
async fn what_is_typed_otherwise_is_doubted_field_by_field() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let pension = connector(&stand, Register::Pension, &clock);
    let known = person(&stand, Outcome::Match, 17);
    let said = async |request: &str, change: &dyn Fn(&mut gateway::register::Person)| {
        let mut asked = question(Register::Pension, &known);
        let Question::Snils { person, .. } = &mut asked else { panic!("of the pension fund") };
        change(person);
        soon(pension.ask(&id(request), &asked)).await
    };
    let doubted = |fields: &[Field]| Asked::Answered(Answer::Mismatch { fields: fields.to_vec() });
    let capitals =
        said("a", &|person| person.surname = person.surname.to_uppercase().replace('Ё', "Е")).await;
    assert_eq!(capitals, Asked::Answered(Answer::Match), "capitals and Ё are no difference");
    assert_eq!(said("b", &|person| person.first_name = "Иная".into()).await, doubted(&[Field::FirstName]));
    let two = said("c", &|person| {
        person.patronymic = None;
        person.birth_date = person.birth_date.plus_days(1);
    });
    assert_eq!(two.await, doubted(&[Field::Patronymic, Field::BirthDate]));
}

#[tokio::test]
async fn what_the_page_says_that_the_registers_have_passes() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let interior = connector(&stand, Register::Interior, &clock);
    let mut shown = person(&stand, Outcome::MismatchBirthDate, 1);
    shown.birth_date = shown.birth_date.plus_days(1);
    let asked = question(Register::Interior, &shown);
    assert_eq!(soon(interior.ask(&id("corrected"), &asked)).await, Asked::Answered(Answer::Valid));
}

#[tokio::test]
async fn a_request_is_worked_once_however_often_and_however_many_ask_at_a_time() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let tax = connector(&stand, Register::Tax, &clock);
    let known = person(&stand, Outcome::Match, 5);
    let asked = question(Register::Tax, &known);
    let (request, expected) = (id("one"), Asked::Answered(good(Register::Tax, &known)));
    let all: Vec<_> = (0..12).map(|_| tax.ask(&request, &asked)).collect();
    for one in all {
        assert_eq!(soon(one).await, expected);
    }
    let (a, b, c, d) = soon(async {
        tokio::join!(
            tax.ask(&request, &asked),
            tax.ask(&request, &asked),
            tax.collect(&request),
            tax.ask(&request, &asked)
        )
    })
    .await;
    for one in [a, b, c, d] {
        assert_eq!(one, expected);
    }
    assert_eq!(
        (stand.registers().worked(kind(Register::Tax)), stand.registers().asked(kind(Register::Tax), "one")),
        (1, 15)
    );
    let other = question(Register::Tax, &person(&stand, Outcome::Match, 6));
    assert_eq!(soon(tax.ask(&request, &other)).await, Asked::refused("conflict"));
    assert_eq!(stand.registers().worked(kind(Register::Tax)), 1);
}

#[tokio::test]
async fn answers_come_after_minutes_hours_and_days_by_poll_and_by_webhook() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let portal = Portal::open(&stand, &clock).await;
    let pension = connector(&stand, Register::Pension, &clock);
    let waits = [
        (Outcome::Minutes, Span::minutes(2), 120),
        (Outcome::Hours, Span::hours(3), 3600),
        (Outcome::Days, Span::days(3), 3600),
    ];
    for (n, (outcome, span, wait)) in waits.into_iter().enumerate() {
        let request = id(&format!("r{n}"));
        let pending = Asked::Pending { ask_again_after: Span::seconds(wait) };
        assert_eq!(ask(&stand, &pension, request.as_str(), outcome).await, pending);
        clock.advance(Span(span.0 - Span::seconds(30).0));
        let nearly = Asked::Pending { ask_again_after: Span::seconds(30) };
        assert_eq!(soon(pension.collect(&request)).await, nearly);
        assert_eq!(portal.notices().len(), n, "nothing comes before its time");
        clock.advance(Span::seconds(30));
        assert_eq!(soon(pension.collect(&request)).await, Asked::Answered(Answer::Match));
        until(|| portal.notices().len() > n).await;
        let notice = gateway::register::webhook::Notice::Answered { request, answer: Answer::Match };
        assert_eq!(portal.notices()[n], notice);
    }
    assert_eq!(stand.registers().worked(kind(Register::Pension)), 3);
}

#[tokio::test]
async fn a_register_may_never_answer_forget_or_refuse() {
    let clock = Hand::new();
    let stand = registers(&clock).await;
    let interior = connector(&stand, Register::Interior, &clock);
    assert_eq!(soon(interior.collect(&id("never-asked"))).await, Asked::Unknown);
    assert!(matches!(ask(&stand, &interior, "n", Outcome::Never).await, Asked::Pending { .. }));
    clock.advance(Span::days(11));
    assert!(matches!(soon(interior.collect(&id("n"))).await, Asked::Pending { .. }));
    stand.registers().forget();
    assert_eq!(soon(interior.collect(&id("n"))).await, Asked::Unknown);
    assert!(matches!(ask(&stand, &interior, "n", Outcome::Never).await, Asked::Pending { .. }), "asked anew");
    assert_eq!(ask(&stand, &interior, "r", Outcome::Refused).await, Asked::refused("invalid_question"));
    let wrong = question(Register::Tax, &person(&stand, Outcome::Match, 0));
    assert_eq!(interior.ask(&id("w"), &wrong).await, Asked::refused("wrong_check"));
    assert_eq!(interior.health(), Health::Up, "refusals say nothing against the register");
}
