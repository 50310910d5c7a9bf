//! Writes a group's rows, each table's in the order of its keys: two writers that use the same
//! order never deadlock.

use super::event_data::{calls_to_restore, cut_customer, restore_data};
use super::{CommittedEvent, Group, InClient, KnownCall};
use crate::customer::CustomerData;
use crate::storage::call_state::write_state;
use crate::storage::calls::feed::FeedRow;
use crate::storage::customers::numbers::{
    first_dial_number, has_further_numbers, store_further_numbers,
};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, SqlValue};
use crate::storage::permission::decisions::insert_decisions;
use crate::storage::recording::dedup::dedup_number;
use call_ribbon_shared::Millis;
use std::collections::BTreeMap;

const EVENTS: BulkInsert = BulkInsert {
    table: "events",
    columns: &[
        Text("client_id"),
        Int("seq"),
        Int("call_seq"),
        Text("log_id"),
        Text("event"),
        Text("source"),
        Int("at"),
        Int("received_at"),
        Text("event_id"),
        Int("dedup"),
        Text("fingerprint"),
        Text("status"),
        Text("audience"),
        Text("data"),
        Int("customer_at"),
        Text("domain"),
    ],
    // Events that exist already were detected under the client's lock.
    conflict: "",
};

const CALLS: BulkInsert = BulkInsert {
    table: "calls",
    columns: &[
        Text("client_id"),
        Text("call_sid"),
        Text("session_id"),
        Int("call_seq"),
        Text("direction"),
        Text("phone"),
        Text("status"),
        Int("started_at"),
        Int("connected_at"),
        Int("ended_at"),
        Int("duration"),
        Text("customer_id"),
        Text("customer_name"),
        Text("customer"),
        Text("call_type"),
        Text("agent_id"),
        Text("agent_name"),
        Text("reason"),
        Text("provider"),
        Text("voice"),
        Int("last_seq"),
        Text("last_event"),
        Int("last_event_at"),
        Int("last_activity_at"),
        Text("disposition"),
        Text("context"),
        Text("state"),
    ],
    conflict: "ON CONFLICT (client_id, call_sid) DO UPDATE SET
        direction = excluded.direction, phone = excluded.phone, status = excluded.status,
        started_at = excluded.started_at, connected_at = excluded.connected_at,
        ended_at = excluded.ended_at, duration = excluded.duration,
        customer_id = excluded.customer_id, customer_name = excluded.customer_name,
        customer = excluded.customer, call_type = excluded.call_type,
        agent_id = excluded.agent_id, agent_name = excluded.agent_name,
        reason = excluded.reason, provider = excluded.provider, voice = excluded.voice,
        last_seq = excluded.last_seq, last_event = excluded.last_event,
        last_event_at = excluded.last_event_at, last_activity_at = excluded.last_activity_at,
        disposition = excluded.disposition, context = excluded.context, state = excluded.state",
};

const CUSTOMERS: BulkInsert = BulkInsert {
    table: "customers",
    columns: &[
        Text("client_id"),
        Text("customer_id"),
        Text("name"),
        Text("phone"),
        Text("dial_number"),
        Text("email"),
        Int("created_at"),
        Int("updated_at"),
    ],
    conflict: "ON CONFLICT (client_id, customer_id) DO NOTHING",
};

const USAGE: BulkInsert = BulkInsert {
    table: "usage",
    columns: &[Text("client_id"), Text("month"), Int("calls")],
    conflict: "ON CONFLICT (client_id, month) DO UPDATE SET calls = usage.calls + excluded.calls",
};

const HEADS: BulkInsert = BulkInsert {
    table: "feed_heads",
    columns: &[Text("client_id"), Int("seq"), Int("decisions")],
    conflict: "ON CONFLICT (client_id) DO UPDATE
        SET seq = excluded.seq, decisions = excluded.decisions",
};

/// An event to be written.
pub struct NewEvent {
    pub client_id: String,
    pub received_at: Millis,
    pub dedup_key: String,
    pub fingerprint: Option<String>,
    pub domain: Option<String>,
    /// The event's row in the feed.
    pub row: FeedRow,
}

/// A customer to be created if missing.
pub struct NewCustomer {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// When the server received the record.
    pub at: Millis,
}

impl NewEvent {
    /// Returns the event to be published after the commit.
    pub fn into_committed(self) -> CommittedEvent {
        (self.client_id, self.row)
    }
}

impl Group {
    /// Writes all changed rows.
    pub(super) async fn write_changes(&mut self) -> Result<(), sqlx::Error> {
        restore_data(&mut self.tx, &calls_to_restore(&self.calls)).await?;
        EVENTS.insert_rows(&mut self.tx, event_cells(&self.new_events, &self.calls)).await?;
        let mut calls = Vec::new();
        for ((client_id, call_sid), known) in &self.calls {
            if known.changed {
                calls.extend(call_cells(client_id, call_sid, known)?);
            }
        }
        CALLS.insert_rows(&mut self.tx, calls).await?;
        let customers = self.new_customers.iter().flat_map(|((client_id, customer_id), new)| {
            let dial_number = first_dial_number(new.phone.as_deref());
            [
                client_id.into(),
                customer_id.into(),
                new.name.as_deref().into(),
                new.phone.as_deref().into(),
                dial_number.into(),
                new.email.as_deref().into(),
                new.at.into(),
                new.at.into(),
            ]
        });
        CUSTOMERS.insert_rows(&mut self.tx, customers.collect()).await?;
        for ((client_id, customer_id), new) in &self.new_customers {
            if has_further_numbers(new.phone.as_deref()) {
                store_further_numbers(&mut self.tx, client_id, customer_id).await?;
            }
        }
        let used = self.usage.iter().filter(|(_, used)| used.added != 0);
        let used = used.flat_map(|((client_id, month), used)| {
            [client_id.into(), month.into(), used.added.into()]
        });
        USAGE.insert_rows(&mut self.tx, used.collect()).await?;
        insert_decisions(&mut self.tx, &self.new_decisions).await?;
        let heads = self.heads.iter().filter(|(_, head)| head.moved);
        let heads = heads.flat_map(|(client_id, head)| {
            [client_id.into(), head.seq.into(), head.decisions.into()]
        });
        HEADS.insert_rows(&mut self.tx, heads.collect()).await?;
        // However often a call changed in this transaction, it changes the sums once.
        for ((client_id, _), known) in self.calls.iter().filter(|(_, known)| known.changed) {
            let (before, after) = (known.counted_before.as_ref(), known.current_counting());
            self.totals.replace_call(client_id, before, after.as_ref());
        }
        self.totals.write(&mut self.tx).await
    }
}

/// Returns the cells of the events' rows, in key order.
fn event_cells<'e>(
    events: &'e [NewEvent],
    calls: &BTreeMap<InClient, KnownCall>,
) -> Vec<SqlValue<'e>> {
    let mut in_order: Vec<&NewEvent> = events.iter().collect();
    in_order.sort_by_key(|event| (event.client_id.as_str(), event.row.seq));
    let rows = in_order.into_iter().flat_map(|event| {
        let row = &event.row;
        let call = calls.get(&(event.client_id.clone(), row.call_sid.clone()));
        let customer = call.and_then(|call| call.call.customer());
        let (data, customer_at) = cut_customer(&row.data, customer);
        [
            (&event.client_id).into(),
            row.seq.into(),
            call.map_or(row.seq, |call| call.call_seq).into(),
            (&row.log_id).into(),
            (&row.event).into(),
            (&row.source).into(),
            row.at.into(),
            event.received_at.into(),
            row.event_id.as_ref().into(),
            dedup_number(&event.dedup_key).into(),
            event.fingerprint.as_ref().into(),
            (&row.status).into(),
            row.audience.as_ref().into(),
            data.into(),
            customer_at.into(),
            event.domain.as_ref().into(),
        ]
    });
    rows.collect()
}

/// Returns the cells of a call's row.
fn call_cells<'c>(
    client_id: &'c str,
    call_sid: &'c str,
    known: &'c KnownCall,
) -> Result<[SqlValue<'c>; CALLS.columns.len()], sqlx::Error> {
    let call = &known.call;
    let customer = call.customer().map(CustomerData::read).unwrap_or_default();
    Ok([
        client_id.into(),
        call_sid.into(),
        (&known.session_id).into(),
        known.call_seq.into(),
        call.direction().as_str().into(),
        call.phone().into(),
        call.status().as_str().into(),
        call.started_at().unwrap_or(known.last_event_at).into(),
        call.connected_at().into(),
        call.ended_at().into(),
        call.duration().map(i64::from).into(),
        customer.id.into(),
        customer.name.into(),
        call.customer().into(),
        customer.call_type.into(),
        call.agent_id().into(),
        call.agent_name().into(),
        call.reason().into(),
        known.provider.as_ref().into(),
        known.voice.as_ref().into(),
        known.last_seq.into(),
        (&known.last_event).into(),
        known.last_event_at.into(),
        known.last_activity_at.into(),
        known.disposition.as_ref().into(),
        known.context.to_stored(call).into(),
        write_state(call)?.into(),
    ])
}
