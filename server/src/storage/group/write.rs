//! The rows that a record writes.

use super::{Group, KnownCall};
use crate::customer::CustomerData;
use crate::storage::customers::dial_number;
use crate::storage::pools::within;
use crate::storage::record::Record;
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;

const PUT_CALL: &str = "
    INSERT INTO calls (client_id, call_sid, session_id, direction, phone, status, started_at,
        connected_at, ended_at, duration, customer_id, customer_name, customer, call_type,
        agent_id, agent_name, reason, provider, voice, last_seq, last_event, last_event_at,
        last_activity_at, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24)
    ON CONFLICT (client_id, call_sid) DO UPDATE SET
        direction = excluded.direction, phone = excluded.phone, status = excluded.status,
        started_at = excluded.started_at, connected_at = excluded.connected_at,
        ended_at = excluded.ended_at, duration = excluded.duration,
        customer_id = excluded.customer_id, customer_name = excluded.customer_name,
        customer = excluded.customer, call_type = excluded.call_type,
        agent_id = excluded.agent_id, agent_name = excluded.agent_name,
        reason = excluded.reason, provider = excluded.provider, voice = excluded.voice,
        last_seq = excluded.last_seq, last_event = excluded.last_event,
        last_event_at = excluded.last_event_at, last_activity_at = excluded.last_activity_at,
        state = excluded.state";

impl Group {
    /// Writes the event; false where it is there already.
    pub(super) async fn insert_event(
        &mut self,
        record: &Record,
        after: &KnownCall,
        seq: i64,
        key: &str,
        audience: Option<&str>,
        data: &str,
    ) -> Result<bool, sqlx::Error> {
        let done = within!(self.tx, |db| {
            sqlx::query(
            "INSERT INTO events (client_id, seq, log_id, call_sid, session_id, event, source, at,
                received_at, event_id, dedup_key, fingerprint, status, audience, data, domain)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (client_id, dedup_key) DO NOTHING"
        )
        .bind(&record.client_id)
        .bind(seq)
        .bind(&record.log_id)
        .bind(&record.call_sid)
        .bind(&after.session_id)
        .bind(&record.event)
        .bind(record.source.as_str())
        .bind(record.fact.at)
        .bind(record.received_at)
        .bind(&record.event_id)
        .bind(key)
        .bind(&record.fingerprint)
        .bind(after.call.status().as_str())
        .bind(audience)
        .bind(data)
        .bind(&record.domain)
        .execute(db)
        })?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes the call's row.
    pub(super) async fn put_call(
        &mut self,
        record: &Record,
        known: &KnownCall,
    ) -> Result<(), sqlx::Error> {
        let call = &known.call;
        let customer = call.customer().map(CustomerData::read).unwrap_or_default();
        let state =
            serde_json::to_string(call).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        within!(self.tx, |db| sqlx::query(PUT_CALL)
            .bind(&record.client_id)
            .bind(&record.call_sid)
            .bind(&known.session_id)
            .bind(call.direction().as_str())
            .bind(call.phone())
            .bind(call.status().as_str())
            .bind(call.started_at().unwrap_or(record.fact.at))
            .bind(call.connected_at())
            .bind(call.ended_at())
            .bind(call.duration().map(i64::from))
            .bind(&customer.id)
            .bind(&customer.name)
            .bind(call.customer())
            .bind(&customer.call_type)
            .bind(call.agent_id())
            .bind(call.agent_name())
            .bind(call.reason())
            .bind(&known.provider)
            .bind(&known.voice)
            .bind(known.last_seq)
            .bind(&known.last_event)
            .bind(known.last_event_at)
            .bind(known.last_activity_at)
            .bind(state)
            .execute(db))?;
        Ok(())
    }

    /// Counts a call in the month of its start: once, when it is new; an earlier start that
    /// comes to light later moves it.
    pub(super) async fn count(
        &mut self,
        record: &Record,
        before: Option<Millis>,
        after: Option<Millis>,
    ) -> Result<(), sqlx::Error> {
        let month = |at: Millis| time::month(at, record.time_zone);
        let (before, after) = (before.map(month), after.map(month));
        if before == after {
            return Ok(());
        }
        for (month, calls) in [(before, -1_i64), (after, 1)] {
            let Some(month) = month else { continue };
            within!(self.tx, |db| sqlx::query(
                "INSERT INTO usage (client_id, month, calls) VALUES ($1, $2, $3)
                 ON CONFLICT (client_id, month) DO UPDATE SET calls = usage.calls + excluded.calls"
            )
            .bind(&record.client_id)
            .bind(month)
            .bind(calls)
            .execute(db))?;
        }
        Ok(())
    }

    /// Makes the customer that the call names, where it is new.
    pub(super) async fn put_customer(
        &mut self,
        record: &Record,
        call: &Call,
    ) -> Result<(), sqlx::Error> {
        let customer = call.customer().map(CustomerData::read).unwrap_or_default();
        let Some(customer_id) = &customer.id else {
            return Ok(());
        };
        let phone = customer.phone.as_deref().or(call.phone());
        within!(self.tx, |db| sqlx::query(
            "INSERT INTO customers (client_id, customer_id, name, phone, dial_number, email,
                created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
             ON CONFLICT (client_id, customer_id) DO NOTHING"
        )
        .bind(&record.client_id)
        .bind(customer_id)
        .bind(&customer.name)
        .bind(phone)
        .bind(dial_number(phone))
        .bind(&customer.email)
        .bind(record.received_at)
        .execute(db))?;
        Ok(())
    }
}
