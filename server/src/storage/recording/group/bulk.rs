//! Whole histories of calls that are new, written past the queue: for data that is made rather
//! than heard of.

use super::Group;
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{Insert, Tx, again, within};
use crate::storage::recording::record::Record;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;

const NOTES: Insert = Insert {
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

/// All that is known of a call, in the order in which it was heard of.
#[derive(Debug)]
pub struct History {
    /// Its facts; all of one client's one call, none twice, without conditions.
    pub records: Vec<Record>,
    pub notes: Option<WrittenDown>,
}

/// What an agent wrote down after a call.
#[derive(Debug)]
pub struct WrittenDown {
    pub notes: Option<String>,
    pub disposition: Option<String>,
    pub follow_up_at: Option<Millis>,
    pub follow_up_note: Option<String>,
    pub at: Millis,
}

impl Store {
    /// Writes the histories of calls of one client in one transaction; false where the first of
    /// the calls is there already, and with it, since they were written at once, all of them.
    pub async fn put_histories(
        &self,
        client_id: &str,
        histories: &[History],
    ) -> Result<bool, StoreError> {
        let records: Vec<&Record> = histories.iter().flat_map(|history| &history.records).collect();
        again!(self.pools, |pools| {
            // Of calls that are not there nothing is, so nothing but that has to be looked up.
            let mut group = Group::begin_locked(pools, &records).await?;
            if is_there(&mut group.tx, client_id, histories).await? {
                return Ok(false);
            }
            for record in &records {
                let taken = group.record(record)?;
                debug_assert!(taken.is_ok(), "a made-up event is taken in");
            }
            write_notes(&mut group.tx, client_id, histories).await?;
            group.judge(client_id, histories);
            group.commit().await?;
            Ok(true)
        })
    }
}

impl Group {
    /// Takes in what agents said of calls that have just been taken in.
    fn judge(&mut self, client_id: &str, histories: &[History]) {
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

async fn is_there(
    tx: &mut Tx,
    client_id: &str,
    histories: &[History],
) -> Result<bool, sqlx::Error> {
    let Some(first) = histories.first().and_then(|history| history.records.first()) else {
        return Ok(true);
    };
    let found: Option<i64> = within!(*tx, |db| sqlx::query_scalar(
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
    histories: &[History],
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
    NOTES.write(tx, cells.collect()).await
}
