//! Rows of `figure`: what would take a whole table to count is counted by a job.

use crate::error::Result;
use kernel::{Span, Time};
use std::collections::BTreeMap;
use store::{Engine, Tx, jobs, params};

/// One figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub value: i64,
    /// The reason of the newest failure, where the figure is about failures.
    pub words: String,
}

/// Figures by name: words joined by slashes, for example `account/open/simplified`.
pub type Figures = BTreeMap<String, Counted>;

fn put(figures: &mut Figures, name: String, value: i64) {
    figures.entry(name).or_default().value += value;
}

/// Counts everything. Reads many rows; a job does it, never a page.
pub fn count(tx: &mut Tx<'_>, now: Time) -> Result<Figures> {
    let mut figures = Figures::new();
    let accounts =
        tx.all("SELECT status, level, COUNT(*) FROM account GROUP BY status, level", &[], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?))
        })?;
    for (status, level, count) in accounts {
        put(&mut figures, format!("account/{status}/{level}"), count);
    }
    count_events(tx, now, &mut figures)?;
    count_messages(tx, now, &mut figures)?;
    count_reviews(tx, now, &mut figures)?;
    for counts in jobs::counts(tx, now)? {
        let states = [("waiting", counts.waiting), ("done", counts.done), ("dead", counts.dead)];
        for (state, count) in states {
            put(
                &mut figures,
                format!("job/{}/{state}", counts.kind),
                i64::try_from(count).unwrap_or(i64::MAX),
            );
        }
    }
    let size = match tx.engine() {
        Engine::Sqlite => {
            "SELECT c.page_count * s.page_size FROM pragma_page_count() AS c, pragma_page_size() AS s"
        }
        Engine::Postgres => "SELECT pg_database_size(current_database())",
    };
    put(&mut figures, "storage".into(), tx.one(size, &[], |row| row.get(0))?);
    Ok(figures)
}

/// The least identifier of an event at a moment: identifiers begin with their time, so they serve as its index.
fn least_id(at: Time) -> String {
    format!("jrn_{:012x}", at.0.max(0) / 1_000)
}

/// Events that are counted.
const EVENTS: [&str; 3] = ["signed_in", "sign_in_failed", "sign_in_locked"];

/// Sign-ins, failures and locks within an hour and a day.
fn count_events(tx: &mut Tx<'_>, now: Time, figures: &mut Figures) -> Result<()> {
    let (day, hour) = (least_id(now - Span::days(1)), least_id(now - Span::hours(1)));
    // One row in one pass, not groups: SQLite would sort a day of events in memory to group them.
    let sql = "SELECT COUNT(CASE WHEN event = $3 THEN 1 END), COUNT(CASE WHEN event = $3 AND id >= $2 THEN 1 END),
                      COUNT(CASE WHEN event = $4 THEN 1 END), COUNT(CASE WHEN event = $4 AND id >= $2 THEN 1 END),
                      COUNT(CASE WHEN event = $5 THEN 1 END), COUNT(CASE WHEN event = $5 AND id >= $2 THEN 1 END)
               FROM journal WHERE id >= $1";
    let [signed_in, failed, locked] = EVENTS;
    tx.one(sql, params![&day, &hour, signed_in, failed, locked], |row| {
        for (place, event) in EVENTS.iter().enumerate() {
            put(figures, format!("event/{event}/day"), row.get(2 * place)?);
            put(figures, format!("event/{event}/hour"), row.get(2 * place + 1)?);
        }
        Ok(())
    })?;
    Ok(())
}

/// Messages of a day, by channel and state, by gateway and state; the newest reason of a failure by channel.
/// What staff are to look at, how much of it is late, and what waits for its person.
fn count_reviews(tx: &mut Tx<'_>, now: Time, figures: &mut Figures) -> Result<()> {
    let late = "SELECT COUNT(*) FROM review_case WHERE state = 'waiting' AND due_at <= $1";
    put(figures, "review/late".into(), tx.one(late, params![now], |row| row.get(0))?);
    for (name, sql) in [
        ("review/waiting", "SELECT COUNT(*) FROM review_case WHERE state = 'waiting'"),
        ("review/asked", "SELECT COUNT(*) FROM review_case WHERE state = 'asked'"),
    ] {
        put(figures, name.into(), tx.one(sql, &[], |row| row.get(0))?);
    }
    Ok(())
}

fn count_messages(tx: &mut Tx<'_>, now: Time, figures: &mut Figures) -> Result<()> {
    // PostgreSQL groups in a small table; SQLite would sort every row in memory, so there the rows are counted here.
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT channel, COALESCE(gateway, ''), state, 1 FROM message WHERE created_at >= $1"
        }
        Engine::Postgres => {
            "SELECT channel, COALESCE(gateway, ''), state, COUNT(*) FROM message WHERE created_at >= $1
             GROUP BY channel, COALESCE(gateway, ''), state"
        }
    };
    tx.all(sql, params![now - Span::days(1)], |row| {
        let (channel, gateway): (String, String) = (row.get(0)?, row.get(1)?);
        let (state, count): (String, i64) = (row.get(2)?, row.get(3)?);
        if !gateway.is_empty() {
            put(figures, format!("gateway/{gateway}/{state}"), count);
        }
        put(figures, format!("message/{channel}/{state}"), count);
        Ok(())
    })?;
    for channel in ["sms", "call", "email"] {
        let failed = tx.opt(
            "SELECT COALESCE(reason, ''), COALESCE(ended_at, created_at) FROM message
             WHERE created_at >= $1 AND channel = $2 AND state = 'failed' ORDER BY created_at DESC LIMIT 1",
            params![now - Span::days(1), channel],
            |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)),
        )?;
        if let Some((words, value)) = failed {
            figures.insert(format!("error/{channel}"), Counted { value, words });
        }
    }
    Ok(())
}

/// Keeps the figures in the place of those before.
pub fn keep(tx: &mut Tx<'_>, figures: &Figures, now: Time) -> Result<()> {
    tx.exec("DELETE FROM figure WHERE at <= $1 AND name NOT LIKE 'last/%'", params![now])?;
    figures.iter().try_for_each(|(name, counted)| put_row(tx, name, counted, now))
}

fn put_row(tx: &mut Tx<'_>, name: &str, counted: &Counted, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO figure (name, value, words, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET value = $2, words = $3, at = $4",
        params![name, counted.value, &counted.words, now],
    )?;
    Ok(())
}

/// Remembers how something ended that happens now and then, in the place of the time before.
///
/// # Errors
/// The storage is away.
pub fn note_last(tx: &mut Tx<'_>, what: &str, value: i64, words: &str, now: Time) -> Result<()> {
    put_row(tx, &format!("last/{what}"), &Counted { value, words: words.to_owned() }, now)
}

/// How it ended last, and when.
///
/// # Errors
/// The storage is away.
pub fn last(tx: &mut Tx<'_>, what: &str) -> Result<Option<(Counted, Time)>> {
    let found = tx.opt(
        "SELECT value, words, at FROM figure WHERE name = $1",
        params![&format!("last/{what}")],
        |row| Ok((Counted { value: row.get(0)?, words: row.get(1)? }, row.get::<Time>(2)?)),
    )?;
    Ok(found)
}

/// The figures as counted last, and when that was.
pub fn figures(tx: &mut Tx<'_>) -> Result<(Figures, Option<Time>)> {
    let sql = "SELECT name, value, words, at FROM figure WHERE name NOT LIKE 'last/%'";
    let rows = tx.all(sql, &[], |row| {
        Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.get::<Time>(3)?))
    })?;
    let at = rows.first().map(|(.., at)| *at);
    let figures = rows.into_iter().map(|(name, value, words, _)| (name, Counted { value, words })).collect();
    Ok((figures, at))
}
