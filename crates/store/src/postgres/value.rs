//! Parameters and cells in PostgreSQL's binary form.

use crate::value::{Cell, unexpected};
use crate::{StoreError, Value};
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

type Sync = Box<dyn Error + std::marker::Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Sync> {
        let mismatch = || Sync::from(format!("a parameter of another kind than {ty}"));
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) => match *ty {
                Type::INT8 => n.to_sql(ty, out),
                Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*n)?.to_sql(ty, out),
                _ => Err(mismatch()),
            },
            Value::Bool(b) => match *ty {
                Type::BOOL => b.to_sql(ty, out),
                Type::INT8 => i64::from(*b).to_sql(ty, out),
                Type::INT4 => i32::from(*b).to_sql(ty, out),
                _ => Err(mismatch()),
            },
            Value::Text(text) if <&str as ToSql>::accepts(ty) => text.as_ref().to_sql(ty, out),
            Value::Blob(bytes) if *ty == Type::BYTEA => bytes.as_ref().to_sql(ty, out),
            Value::Text(_) | Value::Blob(_) => Err(mismatch()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The cell at `index` of a row, read by the column's type.
pub(crate) fn cell<T>(row: &Row, index: usize) -> Result<Cell<'_>, StoreError> {
    let column = row.columns().get(index).ok_or_else(|| unexpected::<T>(index))?;
    let wrong = |_| unexpected::<T>(index);
    let int = |n: Option<i64>| n.map_or(Cell::Null, Cell::Int);
    Ok(match *column.type_() {
        Type::INT8 => int(row.try_get(index).map_err(wrong)?),
        Type::INT4 => int(row.try_get::<_, Option<i32>>(index).map_err(wrong)?.map(i64::from)),
        Type::INT2 => int(row.try_get::<_, Option<i16>>(index).map_err(wrong)?.map(i64::from)),
        Type::BOOL => int(row.try_get::<_, Option<bool>>(index).map_err(wrong)?.map(i64::from)),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index).map_err(wrong)?.map_or(Cell::Null, Cell::Blob),
        _ => row.try_get::<_, Option<&str>>(index).map_err(wrong)?.map_or(Cell::Null, Cell::Text),
    })
}
