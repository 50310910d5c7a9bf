//! Stores the notes that agents write about calls. They are in a separate row from the call's,
//! which only the writer changes.

use super::notes_news::insert_notes_news;
use super::promises::write_promise;
use crate::patch::Patch;
use crate::storage::analytics::fields::CountedRow;
use crate::storage::analytics::totals::TotalsDeltas;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_head;
use crate::storage::permission::outcome::{OutcomeActs, act_on_outcome};
use crate::storage::{CallStore, NotesRow, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::{LONGEST_NOTES, merge_texts};
use sqlx::FromRow;

/// What `follow_up_by` says of a follow-up that a disposition made.
const BY_OUTCOME: &str = "outcome";

/// A change of notes. Fields that are not set stay as they are.
#[derive(Debug, Clone)]
pub struct NotesChange {
    pub notes: Patch<String>,
    pub disposition: Patch<String>,
    /// What was entered with the disposition, as a JSON object; set whenever the disposition is.
    pub fields: Patch<String>,
    /// The time and subject of the follow-up.
    pub follow_up: Patch<(Millis, Option<String>)>,
    /// The [version](NotesRow::version) that the author has seen, 0 for none. If another version is
    /// stored, texts are joined; without a version they are replaced.
    pub seen: Option<Millis>,
    /// What the disposition does, if one is set.
    pub acts: OutcomeActs,
}

/// The result of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotesOutcome {
    /// The change is stored.
    Saved,
    /// The client has no such call.
    UnknownCall,
    /// Joined with another author's text, the notes would be too long. Nothing was changed.
    TooLong,
}

/// The stored notes, which another author may have changed.
#[derive(FromRow)]
struct StoredNotes {
    notes: Option<String>,
    disposition: Option<String>,
    fields: Option<String>,
    follow_up_at: Option<Millis>,
    follow_up_note: Option<String>,
    follow_up_by: Option<String>,
    updated_at: Millis,
}

impl StoredNotes {
    /// Returns whether the follow-up of a change's disposition takes effect. It replaces only a
    /// follow-up that another disposition made, never one that a person chose.
    fn takes_follow_up(&self, change: &NotesChange) -> bool {
        let is_new = self.disposition.as_ref() != change.disposition.value()
            || self.fields.as_ref() != change.fields.value();
        let is_free = self.follow_up_at.is_none() || self.follow_up_by.is_some();
        change.disposition.set_flag() == 1 && is_new && is_free
    }
}

/// Sets the disposition of a call, counts it, and keeps the promise that it is.
async fn set_outcome(
    tx: &mut Tx,
    client_id: &str,
    row: &CountedRow,
    change: &NotesChange,
) -> Result<(), sqlx::Error> {
    let disposition = change.disposition.value().map(String::as_str);
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE calls SET disposition = $3 WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(row.call_sid())
    .bind(disposition)
    .execute(db))?;
    let before = row.with_fields()?;
    let mut deltas = TotalsDeltas::default();
    deltas.replace_call(client_id, Some(&before), Some(&before.with_disposition(disposition)));
    deltas.write(tx).await?;
    write_promise(tx, client_id, row.call_sid(), change.acts.promise.as_ref()).await
}

fn is_too_long(text: Option<&String>) -> bool {
    text.is_some_and(|text| text.chars().nth(LONGEST_NOTES).is_some())
}

/// A call that receives a disposition.
#[derive(FromRow)]
struct CallForDisposition {
    agent_id: Option<String>,
    #[sqlx(flatten)]
    row: CountedRow,
}

impl CallStore<'_> {
    /// Stores the notes on a call.
    pub async fn save_notes(
        self,
        client_id: &str,
        session_id: &str,
        change: &NotesChange,
        now: Millis,
    ) -> Result<NotesOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let judged = change.disposition.set_flag() == 1;
            if judged {
                // Until the commit, the call's start does not change and no other disposition is
                // set.
                lock_head(&mut tx, client_id).await?;
            }
            let found: Option<CallForDisposition> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT agent_id, call_sid, started_at, disposition, context, customer, state
             FROM calls
                 WHERE client_id = $1 AND session_id = $2"
            )
            .bind(client_id)
            .bind(session_id)
            .fetch_optional(db))?;
            let Some(CallForDisposition { agent_id, row }) = found else {
                return Ok(NotesOutcome::UnknownCall);
            };
            let call_sid = row.call_sid();
            let follow_up = change.follow_up.value();
            let mut notes = change.notes.value().cloned();
            let mut follow_up_at = follow_up.map(|(at, _)| *at);
            let mut follow_up_note = follow_up.and_then(|(_, note)| note.clone());
            let mut follow_up_by = None;
            let mut sets_follow_up = change.follow_up.set_flag();
            if change.seen.is_some() || judged {
                // Creates or locks the row, so that no other author writes in between.
                let stored: StoredNotes = query_tx!(tx, |db| sqlx::query_as(
                    "INSERT INTO call_notes (client_id, call_sid, updated_at, agent_id)
                     VALUES ($1, $2, 0, $3)
                     ON CONFLICT (client_id, call_sid) DO UPDATE
                        SET updated_at = call_notes.updated_at
                     RETURNING notes, disposition, fields, follow_up_at, follow_up_note,
                        follow_up_by, updated_at"
                )
                .bind(client_id)
                .bind(call_sid)
                .bind(&agent_id)
                .fetch_one(db))?;
                if change.seen.is_some_and(|seen| stored.updated_at != seen) {
                    notes = join_texts(stored.notes.as_deref(), notes);
                    follow_up_note = join_texts(stored.follow_up_note.as_deref(), follow_up_note);
                }
                if is_too_long(notes.as_ref()) || is_too_long(follow_up_note.as_ref()) {
                    return Ok(NotesOutcome::TooLong);
                }
                if sets_follow_up == 0 && stored.takes_follow_up(change) {
                    let made = change.acts.follow_up.as_ref();
                    sets_follow_up = 1;
                    follow_up_at = made.map(|made| made.at);
                    follow_up_by = made.map(|_| BY_OUTCOME);
                    follow_up_note = made.map(|made| made.note.clone());
                }
            }
            query_tx!(tx, |db| {
                sqlx::query(
                    "INSERT INTO call_notes (client_id, call_sid, notes, disposition, follow_up_at,
                        follow_up_note, updated_at, agent_id, fields, follow_up_by)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $11, $12, $13)
                     ON CONFLICT (client_id, call_sid) DO UPDATE SET
                        notes = CASE CAST($8 AS BIGINT) WHEN 1 THEN excluded.notes
                            ELSE call_notes.notes END,
                        disposition = CASE CAST($9 AS BIGINT) WHEN 1 THEN excluded.disposition
                            ELSE call_notes.disposition END,
                        fields = CASE CAST($9 AS BIGINT) WHEN 1 THEN excluded.fields
                            ELSE call_notes.fields END,
                        follow_up_at = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.follow_up_at
                            ELSE call_notes.follow_up_at END,
                        follow_up_note = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.follow_up_note
                            ELSE call_notes.follow_up_note END,
                        follow_up_by = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.follow_up_by
                            ELSE call_notes.follow_up_by END,
                        agent_id = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.agent_id
                            ELSE call_notes.agent_id END,
                        updated_at = CASE WHEN excluded.updated_at > call_notes.updated_at
                            THEN excluded.updated_at ELSE call_notes.updated_at + 1 END"
                )
                .bind(client_id)
                .bind(call_sid)
                .bind(notes)
                .bind(change.disposition.value())
                .bind(follow_up_at)
                .bind(follow_up_note)
                .bind(now)
                .bind(change.notes.set_flag())
                .bind(change.disposition.set_flag())
                .bind(sets_follow_up)
                .bind(agent_id)
                .bind(change.fields.value())
                .bind(follow_up_by)
                .execute(db)
            })?;
            if judged {
                set_outcome(&mut tx, client_id, &row, change).await?;
                act_on_outcome(&mut tx, client_id, session_id, &change.acts, now).await?;
            }
            insert_notes_news(&mut tx, client_id, session_id, now).await?;
            tx.commit().await?;
            Ok(NotesOutcome::Saved)
        })
    }

    /// Returns the notes on a call.
    pub async fn find_notes(self, client_id: &str, call_sid: &str) -> Result<NotesRow, StoreError> {
        let row: Option<NotesRow> = query_read!(self, |db| {
            sqlx::query_as(
            "SELECT notes, disposition, fields, follow_up_at, follow_up_note, updated_at AS version,
                agent_id AS follow_up_agent_id
             FROM call_notes
             WHERE client_id = $1 AND call_sid = $2"
        )
        .bind(client_id)
        .bind(call_sid)
        .fetch_optional(db)
        })?;
        Ok(row.unwrap_or_default())
    }
}

/// Joins both texts.
fn join_texts(stored: Option<&str>, mine: Option<String>) -> Option<String> {
    match stored {
        Some(stored) => Some(merge_texts(stored, mine.as_deref().unwrap_or_default())),
        None => mine,
    }
}
