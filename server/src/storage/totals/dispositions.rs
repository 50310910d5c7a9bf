//! How many calls have which disposition.

use super::{Deltas, floor};
use crate::storage::pools::Column::{Int, Text};
use crate::storage::pools::{Insert, Tx};
use call_ribbon_shared::Millis;

/// As what all those count that are longer than a code may be.
pub const OTHER: &str = "other";
/// Characters of the longest that counts as itself: it stands in a key.
const LONGEST: usize = 64;

/// A client, a bucket and a disposition.
pub type DispositionKey = (String, Millis, String);

const ADD: Insert = Insert {
    table: "disposition_totals",
    columns: &[Text("client_id"), Int("bucket"), Text("disposition"), Int("calls")],
    conflict: "ON CONFLICT (client_id, bucket, disposition) DO UPDATE SET
        calls = disposition_totals.calls + excluded.calls",
};

impl Deltas {
    /// Calls that began at a time have this disposition.
    pub fn add_disposition(&mut self, client_id: &str, at: Millis, disposition: &str, calls: i64) {
        let Some(counted) = counted_as(disposition) else { return };
        let key = (client_id.to_owned(), floor(at), counted.to_owned());
        *self.dispositions.entry(key).or_default() += calls;
    }

    /// Writes what has gathered of these.
    pub(super) async fn write_dispositions(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let rows = self.of_dispositions().flat_map(|((client_id, bucket, disposition), calls)| {
            [client_id.into(), (*bucket).into(), disposition.into(), (*calls).into()]
        });
        ADD.write(tx, rows.collect()).await
    }

    pub(super) fn of_dispositions(&self) -> impl Iterator<Item = (&DispositionKey, &i64)> {
        self.dispositions.iter().filter(|(_, calls)| **calls != 0)
    }
}

/// As what a disposition counts; an empty one says nothing.
pub fn counted_as(disposition: &str) -> Option<&str> {
    match disposition.chars().nth(LONGEST) {
        _ if disposition.is_empty() => None,
        Some(_) => Some(OTHER),
        None => Some(disposition),
    }
}
