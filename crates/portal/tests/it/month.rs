//! A month of many people and faulty registers, grown from one seed: everybody ends in the state that is theirs, and the
//! promises hold on every day. `PRISTAN_MONTH_PEOPLE=10000` makes it large, `PRISTAN_MONTH_SEED` plays another month.

mod fate;

use fate::{Fate, passport, register, snils};
use gateway::register::memory::MemoryRegister;
use gateway::register::webhook::{Event, Happened, Subject};
use gateway::register::{Asked, Connector, InvalidReason, Register, RequestId};
use kernel::{Lang, Rng, Span};
use portal::accounts::{self, AccountId, Login, NewAccount};
use portal::app::Gateways;
use portal::checks::{self, CheckId};
use portal::profile::{self, Field, Section};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use testkit::app::{TestApp, config};
use testkit::db::{self, TestDb};

/// People when nobody says otherwise: what a debug build does in some seconds.
const PEOPLE: u64 = 150;
/// Simulated days, and steps of each.
const DAYS: u64 = 30;
const STEPS_A_DAY: u64 = 4;

/// Somebody of the month.
struct Someone {
    number: u64,
    fate: Fate,
    account: AccountId,
    /// Steps at which they send the profile, and at which something happens to them.
    sends_at: u64,
    happens_at: u64,
    corrected: bool,
}

struct Month {
    app: TestApp,
    registers: Vec<Arc<MemoryRegister>>,
    people: Vec<Someone>,
    rng: Rng,
}

impl Month {
    async fn new(db: TestDb, seed: u64, people: u64) -> Month {
        let mut rng = Rng::seeded(seed);
        let mut settings = config();
        // What staff do, and what comes of their silence, is not of this month.
        settings.review.answer_days = 366;
        // Everybody is asked about once more within the month.
        (settings.checks.recheck_days, settings.checks.recheck_spread_days) = (14, 3);
        let quiet = TestApp::with(db, seed, settings).await;
        let fates: Arc<Vec<Fate>> = Arc::new((0..people).map(|_| Fate::of(&mut rng)).collect());
        let registers = Register::ALL.map(|kind| register(kind, &quiet, seed, fates.clone())).to_vec();
        let over: Vec<Arc<dyn Connector>> =
            registers.iter().map(|register| register.clone() as Arc<dyn Connector>).collect();
        let app = quiet.again_over(|gateways: &mut Gateways| gateways.registers = over).await;
        let mut everybody = Vec::new();
        for (number, fate) in (0..people).zip(fates.iter()) {
            let account = open(&app, number, *fate).await;
            let sends_at = rng.below(8 * STEPS_A_DAY);
            let happens_at = (20 + rng.below(8)) * STEPS_A_DAY;
            let someone = Someone { number, fate: *fate, account, sends_at, happens_at, corrected: false };
            everybody.push(someone);
        }
        Month { app, registers, people: everybody, rng }
    }

    async fn step(&mut self, step: u64) {
        self.weather();
        for index in 0..self.people.len() {
            let someone = &self.people[index];
            if someone.sends_at == step {
                self.send(index).await;
            }
            if someone.happens_at == step {
                self.happen(index).await;
            }
        }
        self.app.run_jobs().await;
        self.webhooks().await;
        self.correct().await;
        self.app.advance(Span::minutes(i64::try_from(24 * 60 / STEPS_A_DAY).expect("minutes")));
    }

    /// Registers go down, come back, and lose single answers.
    fn weather(&mut self) {
        for register in &self.registers {
            match self.rng.below(8) {
                0 => register.set_down(Some("weather")),
                1..=3 => register.set_down(None),
                _ => {}
            }
            let lost = if self.rng.below(4) == 0 { self.rng.below(9) } else { 0 };
            for _ in 0..lost {
                register.plan(Asked::temporary("half an answer"));
            }
        }
    }

    async fn send(&self, index: usize) {
        let (ctx, config, id) =
            (self.app.app.job_ctx(), self.app.app.config_arc(), self.people[index].account.clone());
        let sent = self.app.app.write(move |tx| checks::send(tx, &ctx, &config, &id)).await.expect("storage");
        assert_eq!(sent, checks::Sent::Begun, "person {index}");
    }

    async fn happen(&self, index: usize) {
        let someone = &self.people[index];
        let happened = match someone.fate {
            Fate::LosesPassport => Happened::DocumentInvalid(InvalidReason::Stolen),
            Fate::Dies => Happened::Death,
            Fate::Renamed | Fate::Expires => Happened::NameChange,
            _ => return,
        };
        let subject = Subject { snils: None, passport: Some(passport(someone.number)), inn: None };
        let event = Event { id: format!("event-{index}"), happened, subject, on: None };
        for _ in 0..2 {
            let (ctx, config, event) = (self.app.app.job_ctx(), self.app.app.config_arc(), event.clone());
            let told = move |tx: &mut store::Tx<'_>| {
                checks::take_event(tx, &ctx, &config, Register::Interior, &event)
            };
            self.app.app.write(told).await.expect("storage");
        }
    }

    /// Some answers come by themselves, some of them twice.
    async fn webhooks(&mut self) {
        let sql =
            "SELECT id, kind FROM register_check WHERE ended_at IS NULL AND state = 'asked' ORDER BY id";
        let open: Vec<(CheckId, String)> = self
            .app
            .app
            .read(move |tx| Ok(tx.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?))
            .await
            .expect("storage");
        for (id, kind) in open {
            let place = ["snils", "passport", "inn"].iter().position(|word| *word == kind).expect("a kind");
            let request = RequestId::parse(id.as_str()).expect("an id");
            let Some(answer) = self.registers[place].answer(&request) else { continue };
            for _ in 0..self.rng.below(3) {
                let (ctx, config, id, answer) =
                    (self.app.app.job_ctx(), self.app.app.config_arc(), id.clone(), answer.clone());
                let register = Register::ALL[place];
                let told = move |tx: &mut store::Tx<'_>| {
                    checks::take_answer(tx, &ctx, &config, register, &id, &answer)
                };
                self.app.app.write(told).await.expect("storage");
            }
        }
    }

    /// Who was told of a difference and can mend it does so.
    async fn correct(&mut self) {
        let sql = "SELECT account_id FROM sending WHERE state = 'doubted' ORDER BY account_id";
        let doubted: Vec<AccountId> =
            self.app.app.read(move |tx| Ok(tx.all(sql, &[], |row| row.get(0))?)).await.expect("storage");
        for index in 0..self.people.len() {
            let someone = &self.people[index];
            if someone.fate != Fate::Corrects || someone.corrected || !doubted.contains(&someone.account) {
                continue;
            }
            save(&self.app, &someone.account, Section::Personal, personal("Лодкина")).await;
            self.people[index].corrected = true;
            self.send(index).await;
        }
    }

    /// What holds on every day.
    async fn promises(&self, day: u64) {
        let wrong = [
            "SELECT COUNT(*) FROM account a WHERE (a.level = 'standard') <>
               ((SELECT COUNT(*) FROM evidence e WHERE e.account_id = a.id) = 2)",
            "SELECT COUNT(*) FROM evidence e JOIN register_check c ON c.id = e.check_id
               WHERE c.state <> 'passed' OR c.account_id <> e.account_id",
            "SELECT COUNT(*) FROM evidence e WHERE NOT EXISTS (SELECT 1 FROM register_check c WHERE c.id = e.check_id)",
            "SELECT COUNT(*) FROM sending s WHERE (s.ended_at IS NULL) <> EXISTS (SELECT 1 FROM register_check c
               WHERE c.sending_id = s.id AND c.ended_at IS NULL)",
            "SELECT COUNT(*) FROM job WHERE state = 'dead'",
            "SELECT COUNT(*) FROM account a WHERE
               (SELECT COUNT(*) FROM journal j WHERE j.chain = a.id AND j.event = 'level_raised')
               - (SELECT COUNT(*) FROM journal j WHERE j.chain = a.id AND j.event = 'level_lowered')
               <> (CASE WHEN a.level = 'standard' THEN 1 ELSE 0 END)",
        ];
        for sql in wrong {
            assert_eq!(self.app.number(sql, &[]).await, 0, "day {day}: {sql}");
        }
    }

    /// The weather clears up; goes on until nothing of the month is under way. Later rechecks begin meanwhile.
    async fn drain(&mut self) {
        let open = "SELECT COUNT(*) FROM sending WHERE ended_at IS NULL AND sent_at < $1";
        let end = self.app.now();
        for _ in 0..20 * STEPS_A_DAY {
            self.registers.iter().for_each(|register| register.set_down(None));
            self.app.run_jobs().await;
            self.correct().await;
            if self.app.number(open, &[end.into()]).await == 0 {
                self.app.run_jobs().await;
                return;
            }
            self.app.advance(Span::hours(6));
        }
        panic!("something is under way for ever");
    }

    /// Everybody's evidence and texts; compared with what the fate says.
    async fn ends(&self) -> BTreeMap<u64, (Fate, Vec<String>, Vec<String>)> {
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        for sms in self.app.world.sms.accepted() {
            texts.entry(sms.to).or_default().push(sms.text);
        }
        let mut ends = BTreeMap::new();
        for someone in &self.people {
            let id = someone.account.clone();
            let held = self.app.app.read(move |tx| checks::evidence(tx, &id)).await.expect("storage");
            let held: Vec<String> = held.iter().map(|held| held.kind.word().to_owned()).collect();
            let texts = texts.remove(&phone(someone.number)).unwrap_or_default();
            let (evidence, told) = someone.fate.end();
            assert_eq!(held, evidence, "person {} {:?}", someone.number, someone.fate);
            assert_eq!(texts.len(), told.len(), "person {} {:?}: {texts:?}", someone.number, someone.fate);
            for (text, part) in texts.iter().zip(told) {
                assert!(text.contains(part), "person {} {:?}: {texts:?}", someone.number, someone.fate);
            }
            let words = told.iter().map(|part| (*part).to_owned()).collect();
            ends.insert(someone.number, (someone.fate, held, words));
        }
        ends
    }

    /// Nothing was worked twice: every check that was answered is one question, and so is at most every other one.
    async fn worked_once(&self) {
        for (place, kind) in ["snils", "passport", "inn"].into_iter().enumerate() {
            let all = "SELECT COUNT(*) FROM register_check WHERE kind = $1 AND asks > 0";
            let answered = "SELECT COUNT(*) FROM register_check WHERE kind = $1 AND state IN ('passed', 'doubted', 'unclear')";
            let (all, answered) =
                (self.app.number(all, &[kind.into()]).await, self.app.number(answered, &[kind.into()]).await);
            let worked = i64::try_from(self.registers[place].worked()).expect("a number");
            assert!(
                (answered..=all).contains(&worked),
                "{kind}: {worked} of {answered} answered, {all} asked"
            );
        }
    }
}

fn phone(number: u64) -> String {
    format!("+7912{number:07}")
}

async fn open(app: &TestApp, number: u64, fate: Fate) -> AccountId {
    let phone = kernel::phone::Phone::parse(&phone(number)).expect("a phone");
    let surname = if fate == Fate::Corrects { "Ошибкина" } else { "Лодкина" };
    let new = NewAccount {
        person: accounts::Person {
            surname: surname.into(),
            first_name: "Вера".into(),
            patronymic: Some("Ильинична".into()),
        },
        contacts: vec![Login::phone(&phone)],
        lang: Lang::Ru,
        password_hash: String::new(),
    };
    let ctx = app.app.job_ctx();
    let account = app.app.write(move |tx| accounts::create(tx, &ctx, &new)).await.expect("storage");
    save(app, &account, Section::Personal, personal(surname)).await;
    let document = vec![
        (Field::DocumentKind, "passport_rf".to_owned()),
        (Field::DocumentNumber, passport(number).as_str().to_owned()),
        (Field::IssuedOn, "20.01.2005".to_owned()),
        (Field::IssuedBy, "ОВД".to_owned()),
        (Field::Division, "690-001".to_owned()),
    ];
    save(app, &account, Section::Document, document).await;
    save(app, &account, Section::Numbers, vec![(Field::Snils, snils(number).as_str().to_owned())]).await;
    account
}

fn personal(surname: &str) -> Vec<(Field, String)> {
    vec![
        (Field::Surname, surname.to_owned()),
        (Field::FirstName, "Вера".to_owned()),
        (Field::Patronymic, "Ильинична".to_owned()),
        (Field::Sex, "f".to_owned()),
        (Field::BirthDate, "05.11.1984".to_owned()),
        (Field::BirthPlace, "гор. Тверь".to_owned()),
        (Field::Citizenship, "rus".to_owned()),
    ]
}

async fn save(app: &TestApp, account: &AccountId, section: Section, typed: Vec<(Field, String)>) {
    let (ctx, id) = (app.app.job_ctx(), account.clone());
    let sent = profile::Sent { typed, ..profile::Sent::default() };
    let saved = app.app.write(move |tx| profile::save(tx, &ctx, &id, section, &sent)).await.expect("storage");
    assert!(saved.faults.is_empty(), "{:?}", saved.faults);
}

type Ends = BTreeMap<u64, (Fate, Vec<String>, Vec<String>)>;

async fn play(db: TestDb, seed: u64, people: u64) -> Ends {
    let mut month = Month::new(db, seed, people).await;
    for step in 0..DAYS * STEPS_A_DAY {
        month.step(step).await;
        if step % STEPS_A_DAY == 0 {
            month.promises(step / STEPS_A_DAY).await;
        }
    }
    month.drain().await;
    month.promises(DAYS).await;
    month.worked_once().await;
    month.ends().await
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[tokio::test]
async fn a_month_of_faulty_registers_ends_with_everybody_in_the_right_state() {
    let (seed, people) =
        (number("PRISTAN_MONTH_SEED").unwrap_or(1), number("PRISTAN_MONTH_PEOPLE").unwrap_or(PEOPLE));
    eprintln!("PRISTAN_MONTH_SEED={seed} PRISTAN_MONTH_PEOPLE={people}");
    let ends = play(db::sqlite().await, seed, people).await;
    let fates: BTreeSet<String> = ends.values().map(|end| format!("{:?}", end.0)).collect();
    assert!(people < 100 || fates.len() == 10, "only {fates:?} happened");
    if people == PEOPLE
        && let Some(postgres) = db::postgres().await
    {
        play(postgres, seed + 1, people / 4).await;
    }
}

#[tokio::test]
async fn the_same_seed_is_the_same_month() {
    let (one, two) = (play(db::sqlite().await, 5, 30).await, play(db::sqlite().await, 5, 30).await);
    assert!(one == two);
    assert!(play(db::sqlite().await, 6, 30).await != one, "another seed is another month");
}
