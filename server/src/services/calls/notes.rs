//! Saves an agent's notes on a call (after-call work).

use super::dispositions::MAX_CODE_CHARS;
use super::outcome_fields::{self, GivenFields};
use super::telephony::Telephony;
use super::{control, dispositions, outcome_acts, views};
use crate::patch::Patch;
use crate::services::ServiceError;
use crate::services::access::numbers::text;
use crate::services::access::reach::Reach;
use crate::storage::{CallRow, Client, NotesChange, NotesOutcome, Store};
use call_ribbon_shared::notes::LONGEST_NOTES;
use call_ribbon_shared::wire::{CallObject, RawValue};
use serde_json::value::to_raw_value;

/// Saves the named fields, and returns the call with its notes.
pub async fn save_notes(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    session_id: &str,
    mut change: NotesChange,
    fields: Patch<GivenFields>,
) -> Result<CallObject, ServiceError> {
    let (store, now) = (&telephony.store, telephony.now());
    let call = control::find_call(store, client, reach, session_id).await?;
    judge_call(telephony, client, &call, &mut change, fields).await?;
    match store.calls().save_notes(&client.id, session_id, &change, now).await? {
        NotesOutcome::Saved => views::call_with_timeline(store, client, reach, session_id).await,
        NotesOutcome::UnknownCall => Err(ServiceError::NotFound),
        NotesOutcome::TooLong => Err(ServiceError::Conflict(format!(
            "Another person has added notes to this call meanwhile, and together the notes would \
             have more than {LONGEST_NOTES} characters. Shorten yours and save them again."
        ))),
    }
}

/// Checks the disposition and its fields, and plans what they do.
async fn judge_call(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    change: &mut NotesChange,
    fields: Patch<GivenFields>,
) -> Result<(), ServiceError> {
    let store = &telephony.store;
    let given = match (std::mem::take(&mut change.disposition), &fields) {
        (Patch::Value(given), _) => given,
        (Patch::Absent, Patch::Absent) => return Ok(()),
        (Patch::Null, Patch::Absent | Patch::Null) => {
            (change.disposition, change.fields) = (Patch::Null, Patch::Null);
            return Ok(());
        }
        // The fields of the outcome that the call already has.
        (Patch::Absent, _) => {
            let stored = store.calls().find_notes(&client.id, &call.call_sid).await?;
            stored.disposition.ok_or_else(no_disposition)?
        }
        (Patch::Null, Patch::Value(_)) => return Err(no_disposition()),
    };
    let (code, entry) = dispositions::find_disposition(store, client, given).await?;
    let given = match fields {
        Patch::Value(given) => given,
        Patch::Null => GivenFields::new(),
        Patch::Absent => {
            // The same outcome once more keeps its fields.
            let stored = store.calls().find_notes(&client.id, &call.call_sid).await?;
            let same = stored.disposition.as_ref() == Some(&code);
            let stored = stored.fields.filter(|_| same);
            let mut stored: GivenFields =
                stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
            // The client may have removed a field from the entry since then.
            let wanted = entry.as_ref().map(|entry| &entry.requires);
            stored.retain(|name, _| {
                wanted.is_some_and(|wanted| wanted.iter().any(|field| field.name == *name))
            });
            stored
        }
    };
    let entered = outcome_fields::read_fields(entry.as_ref(), &given)?;
    let found = outcome_acts::find_acts(&code, entry.as_ref(), &entered);
    change.acts = outcome_acts::plan_acts(telephony, client, call, found).await?;
    change.disposition = Patch::Value(code);
    change.fields = entered.json.map_or(Patch::Null, Patch::Value);
    Ok(())
}

fn no_disposition() -> ServiceError {
    ServiceError::OutcomeField {
        field: "dispositionFields".to_owned(),
        sentence: "dispositionFields needs a disposition: send one with it.".to_owned(),
    }
}

/// Puts the phone numbers of the stored notes back into a change by an agent who does not see them.
pub async fn restore_numbers(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
    change: NotesChange,
    fields: &mut Patch<GivenFields>,
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
    if let Patch::Value(given) = fields {
        let stored: GivenFields = stored
            .fields
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default();
        for (name, value) in given.iter_mut() {
            *value = restore_field(name, value, stored.get(name).map(AsRef::as_ref))?;
        }
    }
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

/// Puts the phone numbers of a stored field back into a text. Another value has none to restore.
fn restore_field(
    name: &str,
    value: &RawValue,
    stored: Option<&RawValue>,
) -> Result<Box<RawValue>, ServiceError> {
    let read = |json: &RawValue| serde_json::from_str::<String>(json.get()).ok();
    let Some(edited) = read(value) else { return Ok(value.to_owned()) };
    let original = stored.and_then(read).unwrap_or_default();
    let restored = text::restore_numbers(&edited, &original);
    let restored = restored.and_then(|text| to_raw_value(&text).ok());
    restored.ok_or_else(|| {
        let field =
            format!("dispositionFields.{}", name.chars().take(MAX_CODE_CHARS).collect::<String>());
        let sentence = format!(
            "{field} contains a hidden number that the saved text does not have once; write the \
             number in full or leave it out."
        );
        ServiceError::OutcomeField { field, sentence }
    })
}
