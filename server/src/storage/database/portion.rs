//! Reads lists in portions of bounded size: rows hold JSON of up to a hundred kilobytes each, and
//! hundreds of them would otherwise be in memory at once, for each request.

use futures_util::{Stream, TryStreamExt as _};
use std::pin::pin;

/// The bytes of a portion; the last row may exceed it.
const PORTION: usize = 4 * 1024 * 1024;
/// The bytes that a row takes beside its long texts.
const ROW: usize = 512;

/// The first rows of a list, as many as fit.
#[derive(Debug)]
pub struct Portion<T> {
    /// The rows, at least one if the list has any.
    pub rows: Vec<T>,
    /// Whether the list has more rows.
    pub cut: bool,
}

impl<T> Default for Portion<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), cut: false }
    }
}

/// A row of texts that may be long.
pub trait LongRow {
    /// Returns the bytes of its long texts.
    fn text_bytes(&self) -> usize;
}

/// Returns the bytes of a text that may be missing.
pub fn bytes_of(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

/// Reads rows until they fill a portion.
pub async fn read_portion<T: LongRow>(
    rows: impl Stream<Item = sqlx::Result<T>>,
) -> sqlx::Result<Portion<T>> {
    let mut rows = pin!(rows);
    let mut portion = Portion::default();
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        if bytes >= PORTION {
            portion.cut = true;
            break;
        }
        bytes += ROW + row.text_bytes();
        portion.rows.push(row);
    }
    Ok(portion)
}

/// Reads all rows, and shortens those beyond a portion.
pub async fn read_shortened<T: LongRow>(
    rows: impl Stream<Item = sqlx::Result<T>>,
    shorten: impl Fn(&mut T),
) -> sqlx::Result<Vec<T>> {
    let mut rows = pin!(rows);
    let (mut all, mut bytes) = (Vec::new(), 0);
    while let Some(mut row) = rows.try_next().await? {
        if bytes >= PORTION {
            shorten(&mut row);
        }
        bytes += ROW + row.text_bytes();
        all.push(row);
    }
    Ok(all)
}
