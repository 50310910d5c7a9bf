//! After-call work: what an agent writes down about a call.

use super::{ServiceError, dispositions, reading};
use crate::app::App;
use crate::storage::{Client, NotesChange};
use call_ribbon_shared::wire::CallObject;

/// Keeps what is named, and hands the call back with it.
pub async fn save(
    app: &App,
    client: &Client,
    session_id: &str,
    change: NotesChange,
) -> Result<CallObject, ServiceError> {
    if let Some(disposition) = change.disposition.value() {
        dispositions::check(app, client, disposition).await?;
    }
    if !app.store.save_notes(&client.id, session_id, &change, app.now()).await? {
        return Err(ServiceError::NotFound);
    }
    reading::call_with_timeline(app, client, session_id).await
}
