//! Tables of background work and of acts of staff, as long as those of a portal with many accounts: what the pages of
//! staff must read past. Written as rows, because nobody measures how they come to be.

use crate::ground::Ground;
use kernel::{Clock as _, Span, SystemClock};
use portal::audit::Event;
use std::sync::Arc;
use store::{Engine, StoreError, Tx, params};

/// Rows of one statement.
const BATCH: i64 = 20_000;
/// Rows of the rare kind, at the far end of each list.
const RARE: i64 = 50;

/// Writes as many ended jobs, waiting jobs and acts of staff as there are accounts; the figures are counted anew by
/// the next portal.
pub async fn furnish(ground: &Ground, accounts: u32) -> anyhow::Result<()> {
    let count = i64::from(accounts);
    let now = SystemClock.now();
    for from in (1..=count).step_by(BATCH as usize) {
        let to = count.min(from + BATCH - 1);
        ground
            .db
            .write(move |tx| {
                // The newest end last, and those that wait are due in days.
                ended(tx, from, to, (now - Span::days(1)).0)?;
                waiting(tx, from, to, count, (now + Span::days(3)).0)
            })
            .await?;
    }
    let record = serde_json::json!({ "actor": "staff:bench", "what": Event::StaffSearched { found: true } });
    let record: Arc<str> = record.to_string().into();
    let sql = "SELECT number FROM journal_chain WHERE chain = 'portal'";
    let last = ground.db.read(move |tx| tx.opt(sql, &[], |row| row.get::<i64>(0))).await?.unwrap_or(0);
    for from in (last + 1..=last + count).step_by(BATCH as usize) {
        let (to, record) = ((last + count).min(from + BATCH - 1), Arc::clone(&record));
        ground.db.write(move |tx| acts(tx, from, to, now.0, &record)).await?;
    }
    let anew = |tx: &mut Tx<'_>| {
        tx.exec("DELETE FROM figure", &[])?;
        tx.exec("DELETE FROM schedule WHERE name = 'staff.figures'", &[])?;
        if tx.engine() == Engine::Postgres {
            // As its own housekeeping would have done by now.
            for sql in ["ANALYZE job", "ANALYZE journal", "ANALYZE staff_act"] {
                tx.exec(sql, &[])?;
            }
        }
        Ok::<_, StoreError>(())
    };
    ground.db.write(anew).await?;
    Ok(())
}

/// Numbers from one to another, as the beginning of a statement that inserts rows.
const NUMBERS: &str = "WITH RECURSIVE n (i) AS
    (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT))";

/// Jobs that are over, every tenth of them dead, the rare kind first.
fn ended(tx: &mut Tx<'_>, from: i64, to: i64, first: i64) -> Result<(), StoreError> {
    let sql = format!(
        "{NUMBERS}
         INSERT INTO job (id, kind, payload, state, run_at, attempts, max_attempts, created_at, ended_at)
         SELECT 'job_' || substr(CAST(1000000000000 + i AS TEXT), 2) || '0000000000000000000d',
           CASE WHEN i <= CAST($4 AS BIGINT) THEN 'bench.rare' ELSE 'bench.common' END, '{{}}',
           CASE WHEN i % 10 = 0 THEN 'dead' ELSE 'done' END, CAST($3 AS BIGINT) + i, 1, 5,
           CAST($3 AS BIGINT) + i, CAST($3 AS BIGINT) + i FROM n"
    );
    tx.exec(&sql, params![from, to, first, RARE]).map(drop)
}

/// Jobs that wait, the rare ones last.
fn waiting(tx: &mut Tx<'_>, from: i64, to: i64, count: i64, first: i64) -> Result<(), StoreError> {
    let sql = format!(
        "{NUMBERS}
         INSERT INTO job (id, kind, payload, state, run_at, attempts, max_attempts, created_at)
         SELECT 'job_' || substr(CAST(1000000000000 + i AS TEXT), 2) || '0000000000000000000e',
           CASE WHEN i > CAST($4 AS BIGINT) THEN 'bench.rare' ELSE 'bench.common' END, '{{}}',
           'waiting', CAST($3 AS BIGINT) + i, 0, 5, CAST($3 AS BIGINT) FROM n"
    );
    tx.exec(&sql, params![from, to, first, count - RARE]).map(drop)
}

/// Events of the portal's own chain that are acts of staff. Good for reading a page, not for verifying: they stand in
/// no tree, and nobody verifies this database.
fn acts(tx: &mut Tx<'_>, from: i64, to: i64, at: i64, record: &str) -> Result<(), StoreError> {
    let hash = if tx.engine() == Engine::Postgres { "'\\x00'::bytea" } else { "x'00'" };
    let sql = format!(
        "{NUMBERS}
         INSERT INTO journal (id, chain, number, at, event, record, hash, tree_index)
         SELECT 'jrn_' || substr(CAST(1000000000000 + i AS TEXT), 2) || '00000000000000000000', 'portal', i,
           CAST($3 AS BIGINT), 'staff_searched', CAST($4 AS TEXT), {hash}, -i FROM n"
    );
    tx.exec(&sql, params![from, to, at, record])?;
    let sql = format!(
        "{NUMBERS} INSERT INTO staff_act (number, staff_id) SELECT i, 'stf_' || CAST(i % 50 AS TEXT) FROM n"
    );
    tx.exec(&sql, params![from, to])?;
    tx.exec(
        "INSERT INTO journal_chain (chain, number, hash) VALUES ('portal', $1, $2)
         ON CONFLICT (chain) DO UPDATE SET number = $1",
        params![to, &vec![0_u8]],
    )
    .map(drop)
}
