//! Decides, under the client's lock, whether a call may be made.

use super::{Group, Head, RecordResult};
use crate::permission::{CallPlan, EarlierCall};
use crate::storage::permission::decisions::NewDecision;
use crate::storage::permission::history::{CallRefusal, KnownHistory, read_call_history};
use crate::storage::recording::record::{Record, RecordError};
use call_ribbon_rules::AttemptResult;
use call_ribbon_shared::Millis;

/// A call that this group starts. The calls after it in the group count it.
pub struct StartedCall {
    client_id: String,
    call_sid: String,
    at: Millis,
    plan: CallPlan,
}

impl Group {
    /// Reads what happened before the calls that are to be made.
    pub(super) async fn read_call_histories(
        &mut self,
        records: &[&Record],
    ) -> Result<(), sqlx::Error> {
        for record in records {
            let Some(plan) = &record.permission else { continue };
            let (client_id, now) = (&record.client_id, record.received_at);
            let history = read_call_history(&mut self.tx, client_id, plan, now).await?;
            self.histories.insert(record.log_id.clone(), history);
        }
        Ok(())
    }

    /// Decides whether the record's call may be made, and keeps the decision to be written.
    pub(super) fn decide_call(&mut self, record: &Record) -> RecordResult<()> {
        let Some(plan) = &record.permission else { return Ok(()) };
        let known = self.histories.remove(&record.log_id).unwrap_or_default();
        let KnownHistory { mut history, entries } = known;
        let of_client = self.started.iter().filter(|call| call.client_id == record.client_id);
        history.calls.extend(of_client.filter_map(|call| {
            Some(EarlierCall {
                call_sid: call.call_sid.clone(),
                at: call.at,
                result: AttemptResult::Reached,
                to: plan.compare_to(&call.plan)?,
                account: call.plan.account.clone(),
            })
        }));
        let at = record.received_at;
        let judged = plan.judge(&history, at);
        let (client_id, session_id) = (&record.client_id, &record.session_id);
        let Some(head) = self.heads.get_mut(client_id) else {
            // Unreachable: every client of the group was locked when it began.
            return Err(RecordError::Unavailable);
        };
        *head = Head { decisions: head.decisions + 1, moved: true, ..*head };
        let place = (client_id.as_str(), head.decisions);
        self.new_decisions.push(NewDecision::new(place, session_id, plan, &judged, at));
        if !judged.decision.allowed {
            let refusal = CallRefusal { decision: judged.decision, entries };
            return Err(RecordError::NotPermitted(Box::new(refusal)));
        }
        self.started.push(StartedCall {
            client_id: client_id.clone(),
            call_sid: record.call_sid.clone(),
            at,
            plan: plan.as_ref().clone(),
        });
        Ok(())
    }
}
