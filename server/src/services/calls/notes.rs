//! Saves an agent's notes on a call (after-call work).

use super::{control, dispositions, views};
use crate::services::ServiceError;
use crate::services::access::reach::Reach;
use crate::storage::{Client, NotesChange, NotesOutcome, Store};
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::LONGEST_NOTES;
use call_ribbon_shared::wire::CallObject;

/// Saves the named fields, and returns the call with its notes.
pub async fn save_notes(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
    change: NotesChange,
    now: Millis,
) -> Result<CallObject, ServiceError> {
    control::find_call(store, client, reach, session_id).await?;
    if let Some(disposition) = change.disposition.value() {
        dispositions::check_disposition(store, client, disposition).await?;
    }
    match store.calls().save_notes(&client.id, session_id, &change, now).await? {
        NotesOutcome::Saved => views::call_with_timeline(store, client, reach, session_id).await,
        NotesOutcome::UnknownCall => Err(ServiceError::NotFound),
        NotesOutcome::TooLong => Err(ServiceError::Conflict(format!(
            "Another person has added notes to this call meanwhile, and together the notes would \
             have more than {LONGEST_NOTES} characters. Shorten yours and save them again."
        ))),
    }
}
