//! How columns become domain values; shared by the files of this folder.
//!
//! Rule: a value that we could not have written is reported as damage, never guessed at.

use std::str::FromStr;

use sqlx::{Row, sqlite::SqliteRow};

use super::StoreError;
use crate::domain::{
    picture::{Blob, BlobId, Dimensions, Format},
    time::Moment,
};

/// Typed access to the columns of one row of `table`.
pub(super) struct Columns<'r> {
    pub table: &'static str,
    pub row: &'r SqliteRow,
}

impl Columns<'_> {
    /// A text column that is an id or another word we wrote.
    pub fn parse<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.parse_text(column, self.row.try_get(column)?)
    }

    /// The same for a column that may be empty.
    pub fn parse_opt<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.row.try_get(column)?;
        text.map(|text| self.parse_text(column, text)).transpose()
    }

    fn parse_text<T: FromStr>(&self, column: &'static str, text: String) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.damaged(column))
    }

    /// A count or size.
    pub fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        T::try_from(self.row.try_get(column)?).map_err(|_| self.damaged(column))
    }

    /// A count or size that may be missing.
    pub fn number_opt<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value: Option<i64> = self.row.try_get(column)?;
        value
            .map(|value| T::try_from(value).map_err(|_| self.damaged(column)))
            .transpose()
    }

    /// A moment.
    pub fn moment(&self, column: &'static str) -> Result<Moment, StoreError> {
        Ok(Moment::from_millis(self.row.try_get(column)?))
    }

    /// A moment that may not have come.
    pub fn moment_opt(&self, column: &'static str) -> Result<Option<Moment>, StoreError> {
        let millis: Option<i64> = self.row.try_get(column)?;
        Ok(millis.map(Moment::from_millis))
    }

    /// Text as it is.
    pub fn text(&self, column: &'static str) -> Result<String, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    /// Text that may be missing.
    pub fn text_opt(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    /// A JSON array of ids, as `json_group_array` gives it.
    pub fn list<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<Vec<T>, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.damaged(column))
    }

    /// The columns `blob, format, bytes, width, height`.
    pub fn blob(&self) -> Result<Blob, StoreError> {
        let format = self.text("format")?;
        Ok(Blob {
            id: self.parse::<BlobId>("blob")?,
            format: Format::parse(&format).ok_or_else(|| self.damaged("format"))?,
            bytes: self.number("bytes")?,
            dimensions: Dimensions {
                width: self.number("width")?,
                height: self.number("height")?,
            },
        })
    }

    /// The error for a value that we never wrote.
    pub fn damaged(&self, column: &'static str) -> StoreError {
        StoreError::Damaged {
            table: self.table,
            what: column.to_owned(),
        }
    }
}
