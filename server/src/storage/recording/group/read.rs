//! Reads the rows that a group needs to apply its records.

use super::{EarlierEvent, Group, Head, KnownCall, MonthUsage};
use crate::storage::analytics::fields::Context;
use crate::storage::call_state::read_state;
use crate::storage::database::pools::select_by_keys;
use crate::storage::recording::dedup::{EventIdentity, dedup_number};
use crate::storage::recording::record::{Condition, Record};
use crate::time;
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Locks the heads in the order of the clients' ids, creating them if missing.
const LOCK_HEADS: &str = "
    INSERT INTO feed_heads (client_id, seq)
    SELECT client_id, 0 FROM asked WHERE client_id IS NOT NULL ORDER BY client_id
    ON CONFLICT (client_id) DO UPDATE SET seq = feed_heads.seq
    RETURNING client_id, seq, decisions";

// `CROSS JOIN` keeps SQLite from starting with the large table.
const CALLS: &str = "
    SELECT c.client_id, c.call_sid, c.session_id, c.call_seq, c.provider, c.voice, c.last_seq, c.last_event,
        c.last_event_at, c.last_activity_at, c.disposition, c.context, c.customer,
        c.state
    FROM asked a CROSS JOIN calls c WHERE c.client_id = a.client_id AND c.call_sid = a.name";

const EARLIER_EVENTS: &str = "
    SELECT e.client_id, e.event_id, e.at, e.event, e.log_id, c.session_id, c.call_sid, e.fingerprint
    FROM asked a CROSS JOIN events e CROSS JOIN calls c
    WHERE e.client_id = a.client_id AND e.dedup = CAST(a.name AS BIGINT)
        AND c.client_id = e.client_id AND c.call_seq = e.call_seq";

const USED: &str = "
    SELECT u.client_id, u.month, u.calls
    FROM asked a CROSS JOIN usage u WHERE u.client_id = a.client_id AND u.month = a.name";

// Only calls with a provider: one that only a page reported may never be reported as ended, and
// must not block its agent.
const IN_CALL: &str = "
    SELECT c.client_id, c.agent_id, c.call_sid
    FROM asked a CROSS JOIN calls c WHERE c.client_id = a.client_id AND c.agent_id = a.name
        AND c.status = 'active' AND c.provider IS NOT NULL";

#[derive(FromRow)]
struct StoredCallRow {
    client_id: String,
    call_sid: String,
    session_id: String,
    call_seq: i64,
    provider: Option<String>,
    voice: Option<String>,
    last_seq: i64,
    last_event: String,
    last_event_at: Millis,
    last_activity_at: Millis,
    disposition: Option<String>,
    context: Option<String>,
    customer: Option<String>,
    state: String,
}

#[derive(FromRow)]
struct EarlierEventRow {
    client_id: String,
    event_id: Option<String>,
    at: Millis,
    event: String,
    log_id: String,
    session_id: String,
    call_sid: String,
    fingerprint: Option<String>,
}

impl Group {
    /// Reads the calls, events and usage of these records, whose clients are locked.
    pub(super) async fn read_rows(&mut self, records: &[&Record]) -> Result<(), sqlx::Error> {
        self.read_calls(records).await?;
        self.read_events(records).await?;
        self.read_for_starts(records).await?;
        self.read_call_histories(records).await
    }

    /// Locks the clients of these records and reads the heads of their feeds.
    pub(super) async fn lock_heads(&mut self, records: &[&Record]) -> Result<(), sqlx::Error> {
        let clients = sort_distinct(records.iter().map(|record| (record.client_id.as_str(), "")));
        let heads: Vec<(String, i64, i64)> =
            select_by_keys(&mut self.tx, &clients, LOCK_HEADS).await?;
        for (client_id, seq, decisions) in heads {
            self.heads.insert(client_id, Head { seq, decisions, moved: false });
        }
        Ok(())
    }

    async fn read_calls(&mut self, records: &[&Record]) -> Result<(), sqlx::Error> {
        let names = records.iter().map(|record| (&*record.client_id, &*record.call_sid));
        let rows: Vec<StoredCallRow> =
            select_by_keys(&mut self.tx, &sort_distinct(names), CALLS).await?;
        for row in rows {
            let call = read_state(&row.state, row.customer.as_deref())?;
            let known = KnownCall {
                context: Context::of_call(&call, row.context.as_deref()),
                disposition: row.disposition,
                said: OnceCell::new(),
                counted_before: None,
                session_id: row.session_id,
                call_seq: row.call_seq,
                provider: row.provider,
                voice: row.voice,
                last_seq: row.last_seq,
                last_event: row.last_event,
                last_event_at: row.last_event_at,
                last_activity_at: row.last_activity_at,
                call,
                changed: false,
                stored_customer: row.customer,
            };
            self.calls.insert((row.client_id, row.call_sid), known);
        }
        Ok(())
    }

    async fn read_events(&mut self, records: &[&Record]) -> Result<(), sqlx::Error> {
        let number = |record: &Record| dedup_number(&record.dedup_key()).to_string();
        let keys: Vec<(&str, String)> =
            records.iter().map(|record| (&*record.client_id, number(record))).collect();
        let keys = sort_distinct(keys.iter().map(|(client_id, key)| (*client_id, key.as_str())));
        let rows: Vec<EarlierEventRow> =
            select_by_keys(&mut self.tx, &keys, EARLIER_EVENTS).await?;
        for row in rows {
            let EarlierEventRow { event_id, at, event, call_sid, .. } = &row;
            let identity =
                EventIdentity { event_id: event_id.as_deref(), at: *at, event, call_sid };
            let key = identity.key();
            let event = EarlierEvent {
                log_id: row.log_id,
                session_id: row.session_id,
                call_sid: row.call_sid,
                fingerprint: row.fingerprint,
            };
            self.events.insert((row.client_id, key), event);
        }
        Ok(())
    }

    /// Reads what only records that start a call need: the month's number of calls, and the calls
    /// that the agents are in.
    async fn read_for_starts(&mut self, records: &[&Record]) -> Result<(), sqlx::Error> {
        let starts = || {
            let is_start = |record: &&&Record| {
                matches!(record.condition, Condition::Start { .. } | Condition::Ring { .. })
            };
            records.iter().filter(is_start)
        };
        let months: Vec<(&str, String)> = starts()
            .map(|start| (&*start.client_id, time::month(start.received_at, start.time_zone)))
            .collect();
        let months =
            sort_distinct(months.iter().map(|(client_id, month)| (*client_id, month.as_str())));
        let rows: Vec<(String, String, i64)> = select_by_keys(&mut self.tx, &months, USED).await?;
        for (client_id, month, before) in rows {
            self.usage.insert((client_id, month), MonthUsage { before, added: 0 });
        }
        let agents = starts().filter_map(|start| Some((&*start.client_id, start.agent_id()?)));
        let rows: Vec<(String, String, String)> =
            select_by_keys(&mut self.tx, &sort_distinct(agents), IN_CALL).await?;
        for (client_id, agent_id, call_sid) in rows {
            self.in_call.entry((client_id, agent_id)).or_default().push(call_sid);
        }
        Ok(())
    }
}

/// Returns the keys sorted, without duplicates.
fn sort_distinct<'k>(keys: impl Iterator<Item = (&'k str, &'k str)>) -> Vec<(&'k str, &'k str)> {
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}
