//! Writes whole histories of new calls past the queue: for generated data.

use super::Group;
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, Tx, query_tx, retry_tx};
use crate::storage::recording::record::Record;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;

const NOTES: BulkInsert = BulkInsert {
    table: "call_notes",
    columns: &[
        Text("client_id"),
        Text("call_sid"),
        Text("notes"),
        Text("disposition"),
        Int("follow_up_at"),
        Text("follow_up_note"),
        Int("updated_at"),
        Text("agent_id"),
    ],
    conflict: "ON CONFLICT (client_id, call_sid) DO NOTHING",
};

/// All facts about one call, in the order of their arrival.
#[derive(Debug)]
pub struct NewCallHistory {
    /// Its facts, all of the same client and call, without duplicates and without conditions.
    pub records: Vec<Record>,
    pub notes: Option<NewCallNotes>,
}

/// The notes that an agent wrote after a call.
#[derive(Debug)]
pub struct NewCallNotes {
    pub notes: Option<String>,
    pub disposition: Option<String>,
    pub follow_up_at: Option<Millis>,
    pub follow_up_note: Option<String>,
    pub at: Millis,
}

impl Store {
    /// Writes the histories of a client's calls in one transaction. Returns false if the first call
    /// exists already: the histories are written together, so then all of them exist.
    pub async fn insert_histories(
        &self,
        client_id: &str,
        histories: &[NewCallHistory],
    ) -> Result<bool, StoreError> {
        let records: Vec<&Record> = histories.iter().flat_map(|history| &history.records).collect();
        retry_tx!(self.pools, |pools| {
            // New calls have no rows, so only their absence has to be checked.
            let mut group = Group::begin_locked(pools, &records).await?;
            if is_first_call_stored(&mut group.tx, client_id, histories).await? {
                return Ok(false);
            }
            for record in &records {
                let taken = group.apply_record(record)?;
                debug_assert!(taken.is_ok(), "a made-up event is taken in");
            }
            write_notes(&mut group.tx, client_id, histories).await?;
            group.apply_dispositions(client_id, histories);
            group.commit().await?;
            Ok(true)
        })
    }
}

impl Group {
    /// Applies the dispositions of calls that were just added.
    fn apply_dispositions(&mut self, client_id: &str, histories: &[NewCallHistory]) {
        for history in histories {
            let (Some(first), Some(notes)) = (history.records.first(), &history.notes) else {
                continue;
            };
            let name = (client_id.to_owned(), first.call_sid.clone());
            if let Some(known) = self.calls.get_mut(&name) {
                known.disposition.clone_from(&notes.disposition);
            }
        }
    }
}

async fn is_first_call_stored(
    tx: &mut Tx,
    client_id: &str,
    histories: &[NewCallHistory],
) -> Result<bool, sqlx::Error> {
    let Some(first) = histories.first().and_then(|history| history.records.first()) else {
        return Ok(true);
    };
    let found: Option<i64> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT CAST(1 AS BIGINT) FROM calls WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(&first.call_sid)
    .fetch_optional(db))?;
    Ok(found.is_some())
}

async fn write_notes(
    tx: &mut Tx,
    client_id: &str,
    histories: &[NewCallHistory],
) -> Result<(), sqlx::Error> {
    let written = histories.iter().filter_map(|history| {
        let call_sid = &history.records.first()?.call_sid;
        let agent_id = history.records.iter().rev().find_map(Record::agent_id);
        Some((call_sid, agent_id, history.notes.as_ref()?))
    });
    let cells = written.flat_map(|(call_sid, agent_id, notes)| {
        [
            client_id.into(),
            call_sid.into(),
            notes.notes.as_ref().into(),
            notes.disposition.as_ref().into(),
            notes.follow_up_at.into(),
            notes.follow_up_note.as_ref().into(),
            notes.at.into(),
            agent_id.into(),
        ]
    });
    NOTES.insert_rows(tx, cells.collect()).await
}
