//! Applies one record in memory, using the rows that the group has read.

use super::step::{CallStep, apply_to_call, build_feed_row};
use super::write::{NewCustomer, NewEvent};
use super::{EarlierEvent, Group, Head, RecordResult};
use crate::customer::CustomerData;
use crate::event_data;
use crate::storage::recording::record::{Record, RecordError, RecordedEvent};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;
use std::borrow::Cow;

impl Group {
    /// Applies one record, or returns why it is refused. An outer error fails the whole group.
    pub fn apply_record(
        &mut self,
        record: &Record,
    ) -> Result<RecordResult<RecordedEvent>, sqlx::Error> {
        let event_name = (record.client_id.clone(), record.dedup_key());
        if let Some(earlier) = self.events.get(&event_name) {
            return Ok(repeated_result(record, earlier));
        }
        let call_name = (record.client_id.clone(), record.call_sid.clone());
        let mut record = Cow::Borrowed(record);
        if let Err(refusal) = self.check_condition(&mut record, self.calls.get(&call_name)) {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.decide_call(&record) {
            return Ok(Err(refusal));
        }
        let Some(head) = self.heads.get_mut(&record.client_id) else {
            // Unreachable: every client of the group was locked when it began.
            return Ok(Err(RecordError::Unavailable));
        };
        let seq = head.seq + 1;
        let known = self.calls.remove(&call_name);
        let CallStep { after, started_before, audience } = apply_to_call(&record, known, seq);
        let data = if let Some(data) = &record.data {
            data.clone()
        } else {
            let told = record.told.as_deref();
            event_data::write_data(&after.call, &record.call_sid, &record.fact, told)
                .map_err(|error| sqlx::Error::Encode(Box::new(error)))?
        };
        *head = Head { seq, moved: true, ..*head };
        self.count_usage(&record, started_before, after.call.started_at());
        self.totals.add_events(&record.client_id, record.fact.at, &record.event, 1);
        if record.fact.customer.is_some() {
            self.add_new_customer(&record, &after.call);
        }
        let recorded = RecordedEvent {
            log_id: record.log_id.clone(),
            session_id: after.session_id.clone(),
            call_sid: record.call_sid.clone(),
            repeated: false,
        };
        let event = EarlierEvent {
            log_id: recorded.log_id.clone(),
            session_id: recorded.session_id.clone(),
            call_sid: recorded.call_sid.clone(),
            fingerprint: record.fingerprint.clone(),
        };
        self.new_events.push(NewEvent {
            client_id: record.client_id.clone(),
            received_at: record.received_at,
            dedup_key: event_name.1.clone(),
            fingerprint: record.fingerprint.clone(),
            domain: record.domain.clone(),
            row: build_feed_row(&record, &after, seq, audience, data),
        });
        self.events.insert(event_name, event);
        self.calls.insert(call_name, after);
        Ok(Ok(recorded))
    }

    /// Counts a new call in the month of its start. If an earlier start becomes known later, moves
    /// the call to that month.
    fn count_usage(&mut self, record: &Record, before: Option<Millis>, after: Option<Millis>) {
        let month = |at: Millis| time::month(at, record.time_zone);
        let (before, after) = (before.map(month), after.map(month));
        if before == after {
            return;
        }
        for (month, calls) in [(before, -1), (after, 1)] {
            let Some(month) = month else { continue };
            self.usage.entry((record.client_id.clone(), month)).or_default().added += calls;
        }
    }

    /// Adds the call's customer to those to be created if missing.
    fn add_new_customer(&mut self, record: &Record, call: &Call) {
        let customer = call.customer().map(CustomerData::read).unwrap_or_default();
        let Some(customer_id) = customer.id.clone() else { return };
        let phone = customer.phone.clone().or_else(|| call.phone().map(str::to_owned));
        self.new_customers.entry((record.client_id.clone(), customer_id)).or_insert_with(|| {
            NewCustomer {
                name: customer.name,
                phone,
                email: customer.email,
                at: record.received_at,
            }
        });
    }
}

/// Returns the result for a record whose event is already stored.
fn repeated_result(record: &Record, earlier: &EarlierEvent) -> RecordResult<RecordedEvent> {
    if record.conflicts_with(earlier.fingerprint.as_deref()) {
        return Err(RecordError::Conflict);
    }
    Ok(RecordedEvent {
        log_id: earlier.log_id.clone(),
        session_id: earlier.session_id.clone(),
        call_sid: earlier.call_sid.clone(),
        repeated: true,
    })
}
