//! A row's values, and what rows have in common with those of another database.

use sha2::{Digest as _, Sha256};

/// A value of one of the two types that both databases have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
}

/// A row's values, in the order of its table's columns.
pub type Row = Vec<Value>;

/// How many rows there are, and a sum of fingerprints over all their values.
///
/// The sum is the same in whatever order rows come, as two databases sort texts each in its
/// own way. It finds what was lost, doubled or changed by accident; it is no proof against
/// somebody who makes a wrong row fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest {
    /// Rows.
    pub rows: u64,
    /// The sum of their fingerprints.
    pub sum: u128,
}

impl Digest {
    /// Takes rows in.
    pub fn add(&mut self, rows: &[Row]) {
        for row in rows {
            self.sum = self.sum.wrapping_add(fingerprint(row));
            self.rows += 1;
        }
    }
}

/// A number that another row hardly has.
fn fingerprint(row: &Row) -> u128 {
    let mut hash = Sha256::new();
    for value in row {
        // Kind and length go before each value, so that no two rows are written alike.
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
macro_rules! bound {
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

pub(super) use bound;

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[Row]) -> Digest {
        let mut digest = Digest::default();
        digest.add(rows);
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
