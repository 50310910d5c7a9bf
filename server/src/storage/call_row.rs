//! A call's row and its notes, as figures, lists, searches and customers read them.

use crate::storage::database::portion::{LongRow, bytes_of};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A call's row.
#[derive(Debug, Clone, FromRow)]
pub struct CallRow {
    pub client_id: String,
    pub call_sid: String,
    pub session_id: String,
    pub direction: String,
    pub phone: Option<String>,
    pub status: String,
    pub started_at: Millis,
    pub connected_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub duration: Option<i64>,
    pub customer: Option<String>,
    pub customer_id: Option<String>,
    pub customer_name: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub reason: Option<String>,
    pub provider: Option<String>,
    /// The complete call, as JSON.
    pub state: String,
}

/// The stored notes of a call.
#[derive(Debug, Clone, Default, FromRow)]
pub struct NotesRow {
    pub notes: Option<String>,
    pub disposition: Option<String>,
    /// What was entered with the disposition, as a JSON object.
    pub fields: Option<String>,
    pub follow_up_at: Option<Millis>,
    pub follow_up_note: Option<String>,
    /// Who has to make the follow-up.
    pub follow_up_agent_id: Option<String>,
    /// Increases with each change: the time of the change, or the previous version plus one if that
    /// is later.
    #[sqlx(default)]
    pub version: Option<Millis>,
}

/// A call with its notes.
#[derive(Debug, Clone, FromRow)]
pub struct CallWithNotes {
    #[sqlx(flatten)]
    pub call: CallRow,
    #[sqlx(flatten)]
    pub written: NotesRow,
    /// Context and metadata of earlier events, used if the latest `customerData` has none.
    pub context: Option<String>,
}

impl LongRow for CallWithNotes {
    fn text_bytes(&self) -> usize {
        let NotesRow { notes, fields, follow_up_note, .. } = &self.written;
        let texts = [&self.context, notes, fields, follow_up_note];
        texts.map(|text| bytes_of(text.as_ref())).iter().sum::<usize>() + self.call.text_bytes()
    }
}

impl LongRow for CallRow {
    fn text_bytes(&self) -> usize {
        self.state.len() + bytes_of(self.customer.as_ref())
    }
}
