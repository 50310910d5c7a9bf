//! Checks a record's condition.

use super::{Group, KnownCall, RecordResult};
use crate::storage::recording::record::{Condition, Record, RecordError};
use crate::time;
use call_ribbon_shared::call::{Action, ActionError, Phase, Status};
use std::borrow::Cow;

impl Group {
    /// Checks the record's condition against the call's state.
    pub(super) fn check_condition(
        &self,
        record: &mut Cow<'_, Record>,
        known: Option<&KnownCall>,
    ) -> RecordResult<()> {
        let ended = |known: &KnownCall| known.call.phase() == Phase::Ended;
        match (record.condition, known) {
            (Condition::None, _) => Ok(()),
            (Condition::Start { limit }, _) => self.check_start(record, limit),
            (Condition::Ring { limit }, _) => self.check_limit(record, limit),
            (_, None) => Err(RecordError::UnknownCall),
            (Condition::InPhase(phase), Some(known)) => {
                if known.call.phase() == phase {
                    Ok(())
                } else {
                    Err(RecordError::CallChanged)
                }
            }
            (Condition::SilentSince(then), Some(known)) => {
                let silent = !ended(known) && known.last_activity_at <= then;
                if silent { Ok(()) } else { Err(ActionError::Over.into()) }
            }
            (Condition::Allows(action), Some(known)) => {
                if matches!(action, Action::Mute(_) | Action::Hold(_))
                    && record.fact.at <= known.last_event_at
                {
                    // Two switches in one millisecond: the second one counts.
                    record.to_mut().fact.at = known.last_event_at + 1;
                }
                known.call.check_action(action).map_err(RecordError::from)
            }
        }
    }

    /// Checks that the client may start another call and that the agent is free.
    fn check_start(&self, record: &Record, limit: i64) -> RecordResult<()> {
        self.check_limit(record, limit)?;
        match record.agent_id() {
            Some(agent_id) if self.is_in_call(&record.client_id, agent_id) => {
                Err(RecordError::AgentBusy)
            }
            _ => Ok(()),
        }
    }

    /// Checks that the client has calls left this month.
    fn check_limit(&self, record: &Record, limit: i64) -> RecordResult<()> {
        let month = time::month(record.received_at, record.time_zone);
        let used = self.usage.get(&(record.client_id.clone(), month));
        if used.map_or(0, |used| used.before + used.added) >= limit {
            return Err(RecordError::LimitReached);
        }
        Ok(())
    }

    /// Returns whether an agent is in a call that this server carries, including the changes of
    /// this group.
    fn is_in_call(&self, client_id: &str, agent_id: &str) -> bool {
        let name = |name: &str| (client_id.to_owned(), name.to_owned());
        let mut on_record = self.in_call.get(&name(agent_id)).into_iter().flatten();
        // For calls that this group has changed, the new state counts.
        let unchanged =
            |sid: &String| self.calls.get(&name(sid)).is_none_or(|known| !known.changed);
        on_record.any(unchanged)
            || self.calls.iter().any(|((client, _), known)| {
                client == client_id
                    && known.changed
                    && known.provider.is_some()
                    && known.call.status() == Status::Active
                    && known.call.agent_id() == Some(agent_id)
            })
    }
}
