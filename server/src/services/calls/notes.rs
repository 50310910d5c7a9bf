//! Saves an agent's notes on a call (after-call work).

use super::telephony::Telephony;
use super::{control, dispositions, outcome_acts, views};
use crate::patch::Patch;
use crate::services::ServiceError;
use crate::services::access::numbers::text;
use crate::services::access::reach::Reach;
use crate::storage::{Client, NotesChange, NotesOutcome, Store};
use call_ribbon_shared::notes::LONGEST_NOTES;
use call_ribbon_shared::wire::CallObject;

/// Saves the named fields, and returns the call with its notes.
pub async fn save_notes(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    session_id: &str,
    mut change: NotesChange,
) -> Result<CallObject, ServiceError> {
    let (store, now) = (&telephony.store, telephony.now());
    let call = control::find_call(store, client, reach, session_id).await?;
    if let Patch::Value(given) = change.disposition {
        let (code, entry) = dispositions::find_disposition(store, client, given).await?;
        let found = outcome_acts::find_acts(&code, entry.as_ref());
        change.acts = outcome_acts::plan_acts(telephony, client, &call, found).await?;
        change.disposition = Patch::Value(code);
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

/// Puts the phone numbers of the stored notes back into a change by an agent who does not see them.
pub async fn restore_numbers(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
    change: NotesChange,
) -> Result<NotesChange, ServiceError> {
    let call = control::find_call(store, client, reach, session_id).await?;
    let stored = store.calls().find_notes(&client.id, &call.call_sid).await?;
    let restore = |field: &'static str, edited: String, original: Option<&str>| {
        text::restore_numbers(&edited, original.unwrap_or_default()).ok_or_else(|| {
            let sentence = format!(
                "{field} contains a hidden number that the saved text does not have once; write \
                 the number in full or leave it out."
            );
            ServiceError::Invalid { field, sentence }
        })
    };
    Ok(NotesChange {
        notes: change.notes.try_map(|text| restore("notes", text, stored.notes.as_deref()))?,
        follow_up: change.follow_up.try_map(|(at, note)| {
            let original = stored.follow_up_note.as_deref();
            let note = note.map(|note| restore("followUp.note", note, original)).transpose()?;
            Ok::<_, ServiceError>((at, note))
        })?,
        ..change
    })
}
