//! Whether a record is taken: repeats, conflicts and conditions.

use super::{Group, KnownCall, Taken};
use crate::storage::pools::within;
use crate::storage::record::{Condition, Record, RecordError, Recorded};
use crate::time;
use call_ribbon_shared::call::{Action, Phase, Refusal};
use sqlx::FromRow;

#[derive(FromRow)]
struct EarlierEvent {
    log_id: String,
    session_id: String,
    call_sid: String,
    fingerprint: Option<String>,
}

impl Group {
    /// The answer to a record whose event is there already.
    pub(super) async fn earlier(
        &mut self,
        record: &Record,
        key: &str,
    ) -> Result<Option<Taken<Recorded>>, sqlx::Error> {
        let earlier: Option<EarlierEvent> = within!(self.tx, |db| sqlx::query_as(
            "SELECT log_id, session_id, call_sid, fingerprint FROM events
             WHERE client_id = $1 AND dedup_key = $2"
        )
        .bind(&record.client_id)
        .bind(key)
        .fetch_optional(db))?;
        Ok(earlier.map(|earlier| {
            if conflict(record, earlier.fingerprint.as_deref()) {
                return Err(RecordError::Conflict);
            }
            Ok(Recorded {
                log_id: earlier.log_id,
                session_id: earlier.session_id,
                call_sid: earlier.call_sid,
                repeated: true,
            })
        }))
    }

    /// Looks whether the record's condition holds.
    pub(super) async fn admit(
        &mut self,
        record: &mut Record,
        known: Option<&KnownCall>,
    ) -> Result<Taken<()>, sqlx::Error> {
        let ended = |known: &KnownCall| known.call.phase() == Phase::Ended;
        match (record.condition, known) {
            (Condition::None, _) => Ok(Ok(())),
            (Condition::Start { limit }, _) => self.admit_start(record, limit).await,
            (_, None) => Ok(Err(RecordError::UnknownCall)),
            (Condition::InPhase(phase), Some(known)) => {
                let still = known.call.phase() == phase;
                Ok(if still { Ok(()) } else { Err(RecordError::MovedOn) })
            }
            (Condition::SilentSince(then), Some(known)) => {
                let silent = !ended(known) && known.last_activity_at <= then;
                Ok(if silent { Ok(()) } else { Err(Refusal::Over.into()) })
            }
            (Condition::Allows(action), Some(known)) => {
                if matches!(action, Action::Mute(_) | Action::Hold(_)) {
                    // Two switches in one millisecond: the second one counts.
                    record.fact.at = record.fact.at.max(known.last_event_at + 1);
                }
                Ok(known.call.allows(action).map_err(RecordError::from))
            }
        }
    }

    /// Looks whether another call may be started.
    async fn admit_start(&mut self, record: &Record, limit: i64) -> Result<Taken<()>, sqlx::Error> {
        let month = time::month(record.received_at, record.time_zone);
        let used: Option<i64> = within!(self.tx, |db| sqlx::query_scalar(
            "SELECT calls FROM usage WHERE client_id = $1 AND month = $2"
        )
        .bind(&record.client_id)
        .bind(month)
        .fetch_optional(db))?;
        if used.unwrap_or(0) >= limit {
            return Ok(Err(RecordError::LimitReached));
        }
        let Some(agent) = record.fact.agent.as_ref().and_then(|agent| agent.id.as_ref()) else {
            return Ok(Ok(()));
        };
        // Calls that only a page told of may never be told to end; they keep nobody from
        // calling.
        let busy: Option<i64> = within!(self.tx, |db| {
            sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM calls WHERE client_id = $1 AND agent_id = $2 AND status = 'active'
             AND provider IS NOT NULL LIMIT 1"
        )
        .bind(&record.client_id)
        .bind(agent)
        .fetch_optional(db)
        })?;
        Ok(if busy.is_some() { Err(RecordError::AgentBusy) } else { Ok(()) })
    }
}

/// Whether a record's id was used for another request.
///
/// Fingerprints begin with the kind of request. What our own server told has none, and a page
/// may log the very call that it had us start under the same id: that is the same event. A
/// start must find its own start there, else it would answer with somebody else's call.
fn conflict(record: &Record, earlier: Option<&str>) -> bool {
    let Some(new) = record.fingerprint.as_deref() else {
        return false;
    };
    // Without an id, call, name and time are the event, whatever else was sent.
    if record.event_id.is_none() {
        return false;
    }
    let kind = |fingerprint: &str| fingerprint.split(':').next().map(str::to_owned);
    match (record.condition, earlier) {
        (Condition::Start { .. }, earlier) => earlier != Some(new),
        (_, Some(earlier)) => kind(earlier) == kind(new) && earlier != new,
        (_, None) => false,
    }
}
