//! One connection, driven by the thread that owns it.

use super::Address;
use super::error::{Remedy, is_read_only, translate};
use crate::tx::{Each, Problem, Row, RowOf};
use crate::{StoreError, Value};
use std::collections::HashMap;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, NoTls, Statement};

/// A connection with its prepared statements and the state of its transaction.
pub(crate) struct PgSession {
    runtime: Runtime,
    client: Client,
    statements: HashMap<Box<str>, Statement>,
    statements_max: usize,
    /// The BEGIN that is still to be sent: it travels together with the transaction's first statement.
    begin: Option<&'static str>,
    /// Whether a transaction is open, begun or about to be.
    open: bool,
    /// What the thread may do about the last error.
    pub remedy: Remedy,
}

impl PgSession {
    /// Connects and makes the session's settings.
    pub fn connect(address: &Address) -> Result<PgSession, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| StoreError::Unavailable(format!("a runtime: {}", e.kind())))?;
        let limit = address.options.busy_timeout.to_std();
        let connecting = async {
            // Each connection is a task of this runtime: it moves whenever the thread waits for an answer.
            match &address.tls {
                Some(tls) => {
                    let (client, connection) = address.config.connect(tls.clone()).await?;
                    tokio::spawn(connection);
                    Ok::<_, Error>(client)
                }
                None => {
                    let (client, connection) = address.config.connect(NoTls).await?;
                    tokio::spawn(connection);
                    Ok(client)
                }
            }
        };
        let connected = runtime.block_on(async { tokio::time::timeout(limit, connecting).await });
        let client = match connected {
            Ok(Ok(client)) => client,
            // Whatever the reason (wrong password, too many clients, no server), the storage cannot be used now.
            Ok(Err(error)) => return Err(StoreError::Unavailable(translate(&error).0.to_string())),
            Err(_) => return Err(StoreError::Unavailable("PostgreSQL: no connection in time".into())),
        };
        let statements_max = address.options.statements.max(1);
        let statements = HashMap::new();
        let mut session = PgSession {
            runtime,
            client,
            statements,
            statements_max,
            begin: None,
            open: false,
            remedy: Remedy::None,
        };
        let longest = address.options.pg_statement_timeout.0 / 1000;
        session.batch(&format!(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
             SET statement_timeout = {longest}; SET idle_in_transaction_session_timeout = {};
             SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on",
            longest * 2
        ))?;
        if session.setting("synchronous_commit")? == "off" {
            return Err(StoreError::Unavailable(
                "PostgreSQL: synchronous_commit cannot be switched on".into(),
            ));
        }
        Ok(session)
    }

    /// Remembers what to do about the error and translates it.
    fn failed(&mut self, error: &Error) -> StoreError {
        let (told, remedy) = translate(error);
        self.remedy = if self.client.is_closed() { Remedy::Reconnect } else { remedy };
        told
    }

    /// Runs statements without parameters, outside of the transaction machinery.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(|error| translate(&error).0)
    }

    /// A setting of the server.
    pub fn setting(&mut self, name: &str) -> Result<String, StoreError> {
        let row = self.runtime.block_on(self.client.query_one("SELECT current_setting($1)", &[&name]));
        row.and_then(|row| row.try_get(0)).map_err(|error| translate(&error).0)
    }

    /// The applied migrations: (version, checksum).
    pub fn applied(&mut self) -> Result<Vec<(i64, String)>, StoreError> {
        let rows = self.runtime.block_on(self.client.query("SELECT version, checksum FROM migration", &[]));
        let rows = rows.map_err(|error| translate(&error).0)?;
        let read = |row: &tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(read).collect::<Result<_, Error>>().map_err(|error| translate(&error).0)
    }

    /// Whether the connection is of no use any more.
    pub fn closed(&self) -> bool {
        self.client.is_closed() || self.remedy == Remedy::Reconnect
    }

    /// Forgets every prepared statement.
    pub fn replan(&mut self) {
        self.statements.clear();
    }

    /// Starts a transaction; nothing is sent before its first statement.
    pub fn begin(&mut self, reads: bool) {
        // A snapshot for readers, as SQLite gives it: all their statements see one state.
        self.begin = Some(if reads { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" });
        self.remedy = Remedy::None;
        self.open = true;
    }

    /// Ends the transaction of a reader, if it is still open. Its caller is answered before: how it ends changes nothing.
    pub fn end_reading(&mut self) {
        if self.open && !self.closed() && self.end("COMMIT").is_err() {
            self.remedy = Remedy::Reconnect;
        }
    }

    /// Ends the transaction with COMMIT or ROLLBACK; a transaction without statements costs nothing.
    pub fn end(&mut self, sql: &str) -> Result<(), StoreError> {
        self.open = false;
        if self.begin.take().is_some() {
            return Ok(());
        }
        let ended = self.runtime.block_on(self.client.batch_execute(sql));
        ended.map_err(|error| self.failed(&error))
    }

    /// Waits, while the connection goes on moving.
    pub fn pause(&self, length: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(length).await });
    }

    /// Runs one statement of a transaction.
    pub fn run(&mut self, sql: &str, params: &[Value<'_>], each: Each<'_>) -> Result<u64, Problem> {
        let writes = self.begin.is_none_or(|begin| begin == "BEGIN");
        let begin = self.begin.take();
        let known = self.statements.get(sql).cloned();
        let fresh = known.is_none();
        let ran = self.runtime.block_on(async {
            let client = &self.client;
            let begun = async {
                match begin {
                    Some(begin) => client.batch_execute(begin).await,
                    None => Ok(()),
                }
            };
            let rest = async {
                let statement = match known {
                    Some(statement) => statement,
                    None => client.prepare(sql).await?,
                };
                let (rows, changed) = fetch(client, &statement, params).await?;
                Ok::<_, Error>((statement, rows, changed))
            };
            // Both are sent before either answer is awaited, in this order.
            let (begun, rest) = tokio::join!(biased; begun, rest);
            begun.and(rest)
        });
        let (statement, rows, changed) = ran.map_err(|error| {
            let told = self.failed(&error);
            if is_read_only(&error) && writes {
                self.remedy = Remedy::Reconnect;
            }
            Problem::Engine(told)
        })?;
        if fresh {
            if self.statements.len() >= self.statements_max {
                self.statements.clear();
            }
            self.statements.insert(sql.into(), statement);
        }
        for row in &rows {
            each(&Row(RowOf::Postgres(row))).map_err(Problem::Reading)?;
        }
        Ok(changed)
    }
}

async fn fetch(
    client: &Client,
    statement: &Statement,
    params: &[Value<'_>],
) -> Result<(Vec<tokio_postgres::Row>, u64), Error> {
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    if statement.columns().is_empty() {
        return Ok((Vec::new(), client.execute(statement, &params).await?));
    }
    let rows = client.query(statement, &params).await?;
    let count = rows.len() as u64;
    Ok((rows, count))
}
