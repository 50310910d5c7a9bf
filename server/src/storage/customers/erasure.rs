//! Finds and erases all data about one of a client's customers.
//!
//! An erased call stays as an anonymous row (when, how long, which agent), so sums, monthly usage
//! and feed numbers do not change. Everything else is deleted: the customer, its leads, agents'
//! notes, phone numbers, names, and the context of each event.

use super::found::{CustomerCall, CustomerLead, FoundCustomerData};
use super::numbers::last_ten_digits;
use crate::customer::CustomerData;
use crate::event_data::SentDetails;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::analytics::fields::CountedRow;
use crate::storage::analytics::totals::TotalsDeltas;
use crate::storage::calls::promises::write_promise;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::permission::decisions::{erase_decision_of_call, erase_decisions_of_customer};
use crate::storage::permission::quiet_times::erase_quiet_times_of_customer;
use crate::storage::seals::erase::{begin_erasure, forget_call, forget_events};
use crate::storage::{CustomerStore, StoreError};
use call_ribbon_shared::Millis;
use serde_json::json;
use sqlx::FromRow;
use std::collections::BTreeSet;

/// Rows read at a time.
const PAGE: i64 = 1000;
/// Calls or events erased in one transaction.
const BATCH: usize = 100;

#[derive(FromRow)]
struct EventMention {
    seq: i64,
    call_sid: String,
    data: String,
}

impl CustomerStore<'_> {
    /// Finds the data about a customer beside its own row. Scans all calls and events of the
    /// client, which is slow with millions of them.
    pub async fn find_customer_data(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<FoundCustomerData, StoreError> {
        let leads: Vec<CustomerLead> = query_read!(self, |db| sqlx::query_as(
            "SELECT id, full_name, phone, email, fields, created_at FROM leads
             WHERE client_id = $1 AND customer_id = $2 ORDER BY id"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_all(db))?;
        let mut found = FoundCustomerData { leads, ..FoundCustomerData::default() };
        let mut numbers: BTreeSet<String> =
            found.leads.iter().filter_map(|lead| last_ten_digits(lead.phone.as_deref())).collect();
        let customer = self.find_customer(client_id, customer_id).await?;
        numbers.extend(customer.and_then(|customer| last_ten_digits(customer.phone.as_deref())));
        found.calls = self.calls_of_customer(client_id, Some(customer_id)).await?;
        numbers
            .extend(found.calls.iter().filter_map(|call| last_ten_digits(call.phone.as_deref())));
        if !numbers.is_empty() {
            let mut nobodys = self.calls_of_customer(client_id, None).await?;
            nobodys.retain(|call| {
                last_ten_digits(call.phone.as_deref())
                    .is_some_and(|number| numbers.contains(&number))
            });
            found.same_number = nobodys;
        }
        found.payments = self.list_payments(client_id, customer_id).await?;
        for row in self.list_uncalled(client_id, customer_id).await? {
            if row.call.customer_id.is_some() {
                found.follow_ups.push(row);
            } else if last_ten_digits(row.call.phone.as_deref())
                .is_some_and(|number| numbers.contains(&number))
            {
                found.same_number_follow_ups.push(row);
            }
        }
        found.quiet_times = self.list_quiet_times_of_customer(client_id, customer_id).await?;
        found.consents = self.count_consents(client_id, customer_id).await?;
        found.other_events =
            self.events_naming_customer(client_id, customer_id, &found.calls).await?;
        Ok(found)
    }

    /// Counts the events and the notes of these calls.
    pub async fn count_events_and_notes(
        self,
        client_id: &str,
        calls: &[CustomerCall],
    ) -> Result<(i64, i64), StoreError> {
        let (mut events, mut notes) = (0, 0);
        for call in calls {
            let (of_events, of_notes): (i64, i64) = query_read!(self, |db| sqlx::query_as(
                "SELECT
                    (SELECT COUNT(*) FROM events WHERE client_id = $1 AND call_seq = (
                        SELECT call_seq FROM calls WHERE client_id = $1 AND call_sid = $2)),
                    (SELECT COUNT(*) FROM call_notes WHERE client_id = $1 AND call_sid = $2)"
            )
            .bind(client_id)
            .bind(&call.call_sid)
            .fetch_one(db))?;
            events += of_events;
            notes += of_notes;
        }
        Ok((events, notes))
    }

    /// Erases the other party from these calls, and the content of these events. Uses short
    /// transactions and is idempotent: if it is interrupted, call it again.
    pub async fn erase_calls(
        self,
        client_id: &str,
        calls: &[CustomerCall],
        events: &[i64],
    ) -> Result<(), StoreError> {
        for some in calls.chunks(BATCH) {
            retry_tx!(self.pools, |pools| {
                let mut tx = pools.begin().await?;
                begin_erasure(&mut tx, client_id).await?;
                let mut deltas = TotalsDeltas::default();
                for call in some {
                    forget_call(&mut tx, client_id, &call.call_sid).await?;
                    erase_call(&mut tx, &mut deltas, client_id, &call.call_sid).await?;
                }
                deltas.write(&mut tx).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(())
            })?;
        }
        for some in events.chunks(BATCH) {
            retry_tx!(self.pools, |pools| {
                let mut tx = pools.begin().await?;
                begin_erasure(&mut tx, client_id).await?;
                forget_events(&mut tx, client_id, some.iter().copied()).await?;
                let mut deltas = TotalsDeltas::default();
                for seq in some {
                    erase_event_context(&mut tx, &mut deltas, client_id, *seq).await?;
                    query_tx!(tx, |db| sqlx::query(
                        "UPDATE events SET data = '{\"erased\":true}', customer_at = NULL,
                            fingerprint = NULL
                         WHERE client_id = $1 AND seq = $2"
                    )
                    .bind(client_id)
                    .bind(seq)
                    .execute(db))?;
                }
                deltas.write(&mut tx).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(())
    }

    /// Deletes a customer's own rows. The audit log must not name the customer, and has `mark`.
    pub async fn remove_customer(
        self,
        client_id: &str,
        customer_id: &str,
        mark: &str,
        stamp: Stamp<'_>,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            begin_erasure(&mut tx, client_id).await?;
            lock_client(&mut tx, client_id).await?;
            erase_decisions_of_customer(&mut tx, client_id, customer_id).await?;
            erase_quiet_times_of_customer(&mut tx, client_id, customer_id).await?;
            for sql in [
                // A consent names a person, and so may the reason of a suppression. The number itself
                // stays on the list: it must not be called because its data was erased.
                "DELETE FROM consents WHERE client_id = $1 AND (customer_id = $2 OR number IN (
                    SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
                    UNION SELECT dial_number FROM customer_numbers
                    WHERE client_id = $1 AND customer_id = $2))",
                "UPDATE suppressions SET reason = NULL WHERE client_id = $1 AND number IN (
                    SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
                    UNION SELECT dial_number FROM customer_numbers
                    WHERE client_id = $1 AND customer_id = $2)",
                "DELETE FROM customers WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM customer_numbers WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM leads WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM follow_ups WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM payments WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM customer_totals WHERE client_id = $1 AND customer_id = $2",
                "DELETE FROM customer_weeks WHERE client_id = $1 AND customer_id = $2",
            ] {
                query_tx!(tx, |db| sqlx::query(sql).bind(client_id).bind(customer_id).execute(db))?;
            }
            insert_audit(&mut tx, client_id, "customer.erased", Some(mark), stamp).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns a client's calls with this customer id, or those with a number and no customer id.
    async fn calls_of_customer(
        self,
        client_id: &str,
        customer_id: Option<&str>,
    ) -> Result<Vec<CustomerCall>, StoreError> {
        let sql = match customer_id {
            Some(_) => {
                "SELECT call_sid, session_id, phone, status FROM calls
                 WHERE client_id = $1 AND call_sid > $2 AND customer_id = $4
                 ORDER BY call_sid LIMIT $3"
            }
            None => {
                "SELECT call_sid, session_id, phone, status FROM calls
                 WHERE client_id = $1 AND call_sid > $2 AND customer_id IS NULL
                   AND phone IS NOT NULL
                 ORDER BY call_sid LIMIT $3"
            }
        };
        let mut all: Vec<CustomerCall> = Vec::new();
        let mut after = String::new();
        loop {
            let page: Vec<CustomerCall> = match customer_id {
                Some(customer_id) => query_read!(self, |db| sqlx::query_as(sql)
                    .bind(client_id)
                    .bind(&after)
                    .bind(PAGE)
                    .bind(customer_id)
                    .fetch_all(db))?,
                None => query_read!(self, |db| sqlx::query_as(sql)
                    .bind(client_id)
                    .bind(&after)
                    .bind(PAGE)
                    .fetch_all(db))?,
            };
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.call_sid);
            all.extend(page);
        }
    }

    /// Returns the numbers of events that name a customer and belong to other calls than these.
    async fn events_naming_customer(
        self,
        client_id: &str,
        customer_id: &str,
        calls: &[CustomerCall],
    ) -> Result<Vec<i64>, StoreError> {
        let own: BTreeSet<&str> = calls.iter().map(|call| call.call_sid.as_str()).collect();
        // An event whose customer was cut out names the customer of its own call.
        // LIKE preselects by the longest plain piece of the id; the parsed JSON decides.
        let longest = customer_id.split(|c: char| !c.is_ascii_alphanumeric());
        let piece = longest.max_by_key(|piece| piece.len()).unwrap_or_default();
        let like = format!("%{piece}%");
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let page: Vec<EventMention> = query_read!(self, |db| sqlx::query_as(
                "SELECT e.seq, c.call_sid, e.data
                 FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
                 WHERE e.client_id = $1 AND e.seq > $2 AND e.customer_at IS NULL
                   AND e.data LIKE $3 ORDER BY e.seq LIMIT $4"
            )
            .bind(client_id)
            .bind(after)
            .bind(&like)
            .bind(PAGE)
            .fetch_all(db))?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.seq;
            let names = |data: &str| {
                let customer = SentDetails::read(data).customer;
                customer.and_then(|json| CustomerData::read(&json).id).as_deref()
                    == Some(customer_id)
            };
            let others = page.iter().filter(|event| !own.contains(event.call_sid.as_str()));
            all.extend(others.filter(|event| names(&event.data)).map(|event| event.seq));
        }
    }
}

/// A call, and the time of one of its events.
#[derive(FromRow)]
struct MentionedCall {
    at: Millis,
    #[sqlx(flatten)]
    row: CountedRow,
}

/// Removes the context that an event added to its call, which belongs to another customer.
async fn erase_event_context(
    tx: &mut Tx,
    deltas: &mut TotalsDeltas,
    client_id: &str,
    seq: i64,
) -> Result<(), sqlx::Error> {
    let found: Option<MentionedCall> = query_tx!(*tx, |db| sqlx::query_as(
        "SELECT e.at, c.call_sid, c.started_at, c.disposition, c.context, c.customer, c.state
         FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
         WHERE e.client_id = $1 AND e.seq = $2 AND c.context IS NOT NULL"
    )
    .bind(client_id)
    .bind(seq)
    .fetch_optional(db))?;
    let Some(MentionedCall { at, row }) = found else { return Ok(()) };
    let forgotten = row.without_context_of(at)?;
    deltas.replace_fields(client_id, &row.with_fields()?, &forgotten.with_fields()?);
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE calls SET context = $3 WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(row.call_sid())
    .bind(forgotten.context())
    .execute(db))?;
    Ok(())
}

/// Makes a call anonymous.
async fn erase_call(
    tx: &mut Tx,
    deltas: &mut TotalsDeltas,
    client_id: &str,
    call_sid: &str,
) -> Result<(), sqlx::Error> {
    let row: Option<CountedRow> = query_tx!(*tx, |db| sqlx::query_as(
        "SELECT call_sid, started_at, disposition, context, customer, state
             FROM calls
         WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .fetch_optional(db))?;
    let Some(row) = row else { return Ok(()) };
    let forgotten = row.without_other_party()?;
    // The context no longer counts. The sums of the customer are deleted with the customer.
    deltas.replace_fields(client_id, &row.with_fields()?, &forgotten.with_fields()?);
    let state = forgotten.state();
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE calls SET phone = NULL, customer_id = NULL, customer_name = NULL,
            customer = NULL, call_type = NULL, reason = NULL, context = NULL, state = $3
         WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .bind(state)
    .execute(db))?;
    erase_decision_of_call(tx, client_id, call_sid).await?;
    let data = json!({"callSid": call_sid, "erased": true}).to_string();
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE events SET data = $3, customer_at = NULL, fingerprint = NULL
         WHERE client_id = $1 AND call_seq = (
            SELECT call_seq FROM calls WHERE client_id = $1 AND call_sid = $2)"
    )
    .bind(client_id)
    .bind(call_sid)
    .bind(data)
    .execute(db))?;
    // Numbers in these requests are masked, but the call's id would identify the customer.
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM provider_requests WHERE client_id = $1 AND session_id IN (
            SELECT session_id FROM calls WHERE client_id = $1 AND call_sid = $2)"
    )
    .bind(client_id)
    .bind(call_sid)
    .execute(db))?;
    // The disposition stays: it is the client's own code, and calls are counted by it.
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE call_notes SET notes = NULL, fields = NULL, follow_up_at = NULL,
            follow_up_note = NULL, follow_up_by = NULL
         WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .execute(db))?;
    write_promise(tx, client_id, call_sid, None).await?;
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE provider_calls SET phone = NULL, recording_url = NULL, matched_by = NULL
         WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .execute(db))?;
    Ok(())
}
