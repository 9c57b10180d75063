//! The copy of one's data: everything in [`holdings`] as JSON, opened with the account's own key. It is made when it is
//! asked for and kept nowhere.

use super::holdings::{Column, Export, Kind, holdings};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::web::format;
use ::store::keys::SubjectKey;
use ::store::{Row, StoreError, Tx, params};
use kernel::Time;
use serde_json::{Map, Value, json};

/// A cell as it stands in the row.
enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

fn cell(row: &Row<'_>, at: usize, kind: Kind) -> std::result::Result<Cell, StoreError> {
    Ok(match kind {
        Kind::Text | Kind::Event => Cell::Text(row.get(at)?),
        Kind::Time | Kind::Flag | Kind::Number => Cell::Int(row.get(at)?),
        Kind::Sealed(_) | Kind::SealedJson(_) => Cell::Bytes(row.get(at)?),
    })
}

fn value(ctx: &Ctx, key: &SubjectKey, kind: Kind, cell: Cell) -> Result<Value> {
    Ok(match (kind, cell) {
        (Kind::Time, Cell::Int(Some(at))) => json!(format::machine(Time(at), &ctx.place.zone)),
        (Kind::Flag, Cell::Int(Some(flag))) => json!(flag != 0),
        (_, Cell::Int(Some(number))) => json!(number),
        (_, Cell::Text(Some(text))) => json!(text),
        (Kind::Sealed(context), Cell::Bytes(Some(sealed))) => {
            let text = String::from_utf8(key.open(context, &sealed)?);
            json!(text.map_err(|_| Error::Bug("a sealed value is not text".into()))?)
        }
        (Kind::SealedJson(context), Cell::Bytes(Some(sealed))) => {
            serde_json::from_slice(&key.open(context, &sealed)?)?
        }
        _ => Value::Null,
    })
}

/// Everything that the portal holds about an account, by table; nothing that is a secret.
///
/// # Errors
/// The storage is away or a row was tampered with.
pub fn collect(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Value> {
    let key = accounts::data_key(tx, ctx, account)?;
    let mut tables = Map::new();
    for holding in holdings() {
        let Export::Rows { sql, columns, .. } = &holding.export else { continue };
        let rows = tx.all(sql, params![account], |row| {
            columns
                .iter()
                .enumerate()
                .map(|(at, column)| cell(row, at, column.kind))
                .collect::<std::result::Result<Vec<Cell>, StoreError>>()
        })?;
        let rows: Result<Vec<Value>> = rows.into_iter().map(|row| object(ctx, &key, columns, row)).collect();
        tables.insert(holding.table.to_owned(), Value::Array(rows?));
    }
    Ok(json!({ "made": format::machine(ctx.now, &ctx.place.zone), "data": tables }))
}

fn object(ctx: &Ctx, key: &SubjectKey, columns: &[Column], row: Vec<Cell>) -> Result<Value> {
    let mut object = Map::new();
    for (column, cell) in columns.iter().zip(row) {
        object.insert(column.name.to_owned(), value(ctx, key, column.kind, cell)?);
    }
    Ok(Value::Object(object))
}

/// Makes the copy and writes into the journal that it was taken.
///
/// # Errors
/// As [`collect`].
pub fn take(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<String> {
    let copy = collect(tx, ctx, account)?;
    audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::ExportTaken)?;
    Ok(serde_json::to_string_pretty(&copy)?)
}
