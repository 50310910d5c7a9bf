//! Digests rows, to compare tables of two databases.

use sha2::{Digest as _, Sha256};

/// A value of one of the two column types used in both databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
}

/// A row's values, in the order of its table's columns.
pub type Row = Vec<Value>;

/// The number of rows, and the sum of fingerprints over all their values.
///
/// The sum does not depend on the order of the rows, since the two databases sort text differently.
/// It detects lost, duplicated or corrupted rows; it does not protect against deliberate forgery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableDigest {
    /// The number of rows.
    pub rows: u64,
    /// The sum of their fingerprints.
    pub sum: u128,
}

impl TableDigest {
    /// Adds rows.
    pub fn add_rows(&mut self, rows: &[Row]) {
        for row in rows {
            self.sum = self.sum.wrapping_add(hash_row(row));
            self.rows += 1;
        }
    }
}

/// Returns a hash of the row.
fn hash_row(row: &Row) -> u128 {
    let mut hash = Sha256::new();
    for value in row {
        // Type and length precede each value, so that different rows are never encoded alike.
        match value {
            Value::Integer(None) | Value::Text(None) => hash.update([0]),
            Value::Integer(Some(number)) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            Value::Text(Some(text)) => {
                hash.update([2]);
                hash.update(text.len().to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    hash.finalize().iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte))
}

/// Binds values to a query.
macro_rules! bind_values {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::storage::database::copy::Value::Integer(number) => query.bind(*number),
                $crate::storage::database::copy::Value::Text(text) => query.bind(text.as_deref()),
            };
        }
        query
    }};
}

pub(super) use bind_values;

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[Row]) -> TableDigest {
        let mut digest = TableDigest::default();
        digest.add_rows(rows);
        digest
    }

    #[test]
    fn only_the_order_of_rows_makes_no_difference() {
        let text = |text: &str| Value::Text(Some(text.to_owned()));
        let (a, b) = (vec![text("a"), text("b")], vec![Value::Integer(Some(1)), text("")]);
        let whole = digest(&[a.clone(), b.clone()]);
        assert_eq!(whole, digest(&[b.clone(), a.clone()]));
        for other in [
            vec![a.clone()],
            vec![a.clone(), b.clone(), b.clone()],
            vec![vec![text("b"), text("a")], b.clone()],
            vec![vec![text("ab"), text("")], b],
            vec![a.clone(), vec![Value::Integer(Some(1)), Value::Text(None)]],
            vec![a, vec![text("1"), text("")]],
        ] {
            assert_ne!(whole, digest(&other), "{other:?}");
        }
    }
}
