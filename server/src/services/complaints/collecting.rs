//! Reads everything about a person that a file has.

use super::FileOrder;
use super::content::{
    About, Attempt, AuditLine, Content, FileFacts, Notes, PlannedCall, SealedEntry, Times,
};
use super::proving::{Expiry, Prover};
use crate::customer::raw_json;
use crate::seal::proof::{Proof, RowState};
use crate::seal::rows::SealableRow;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::call_object::{call_object, with_notes};
use crate::services::customers::matching::Numbers;
use crate::services::permission::lists::LAST;
use crate::services::permission::{consents, lists};
use crate::services::quiet_time_object::show_quiet_time;
use crate::storage::{Client, ComplaintCall, PersonFilter, Store};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{Consent, QuietTime, Suppression};
use std::collections::{BTreeMap, BTreeSet};

/// The most calls, and the most refused calls, of a file.
const MOST_CALLS: i64 = 2000;
/// The most events of one call.
const MOST_EVENTS: i64 = 2000;
/// The most bytes of the texts of events and decisions.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// The most entries of each list.
const MOST_ENTRIES: i64 = 500;

/// What has been read so far.
struct Collector<'a> {
    store: &'a Store,
    client_id: &'a str,
    prover: Prover<'a>,
    bytes: usize,
}

/// Returns what a file has, and the proof of it.
pub async fn collect(
    operator: &Operator<'_>,
    numbers: &Numbers,
    client: &Client,
    order: &FileOrder,
    subject: &str,
    file_id: &str,
) -> Result<(Content, Proof), ServiceError> {
    let store = operator.store;
    let expiry = Expiry {
        events_until: store.clients().find_events_until(&client.id).await?,
        calls_until: store.clients().find_counted_from(&client.id).await?,
    };
    let about = find_person(store, client, order).await?;
    let prover = Prover::new(store, &client.id, expiry);
    let mut collector = Collector { store, client_id: &client.id, prover, bytes: 0 };
    let mut attempts = Vec::new();
    for call in list_calls(store, numbers, client, order, &about).await? {
        attempts.push(collector.read_call(call, client).await?);
    }
    let spellings: Vec<String> =
        about.numbers.iter().flat_map(|number| numbers.all_spellings(number)).collect();
    let refusals = store
        .seals()
        .list_refusals(
            &client.id,
            order.customer_id.as_deref(),
            &spellings,
            order.range,
            MOST_CALLS + 1,
        )
        .await?;
    check_count(refusals.len(), "refused calls")?;
    let decisions = collector.add_decisions(refusals).await?;
    let head = store.seals().find_seal_head(&client.id).await?;
    let proof = collector.prover.finish().await?;
    let audit = store.seals().list_audit_of_subject(&client.id, subject, MOST_ENTRIES).await?;
    let content = Content {
        file: FileFacts {
            file_id: file_id.to_owned(),
            made_at: time::format(operator.now),
            made_by: operator.by.name.to_owned(),
            reason: order.reason.clone(),
            client: client.id.clone(),
            client_name: client.name.clone(),
            time_zone: client.time_zone.name().to_owned(),
            program: concat!("call-ribbon ", env!("CARGO_PKG_VERSION")).to_owned(),
            sealed_events: head.last_event,
            sealed_decisions: head.last_decision,
        },
        remarks: remarks(&proof, &attempts),
        attempts,
        decisions,
        suppressions: list_suppressions(store, numbers, client, &about).await?,
        consents: list_consents(store, numbers, client, &about).await?,
        quiet_times: list_quiet_times(store, numbers, client, &about).await?,
        follow_ups: list_planned_calls(store, client, &about, &spellings).await?,
        audit: audit
            .into_iter()
            .map(|row| AuditLine { at: time::format(row.at), act: row.act, by: row.by_name })
            .collect(),
        about,
    };
    Ok((content, proof))
}

async fn find_person(
    store: &Store,
    client: &Client,
    order: &FileOrder,
) -> Result<About, ServiceError> {
    let (from, until) = order.range;
    let mut about = About {
        customer_id: order.customer_id.clone(),
        name: None,
        numbers: order.number.iter().cloned().collect(),
        from: (from != Millis::MIN).then(|| time::format(from)),
        until: (until != Millis::MAX).then(|| time::format(until)),
    };
    if let Some(customer_id) = &order.customer_id {
        let customer = store.customers().find_customer(&client.id, customer_id).await?;
        about.name = customer.and_then(|customer| customer.name);
        let own = store.seals().list_numbers_of_customer(&client.id, customer_id).await?;
        about.numbers.extend(own);
    }
    Ok(about)
}

/// Returns the calls of the customer, and those with the number that belong to nobody else.
async fn list_calls(
    store: &Store,
    numbers: &Numbers,
    client: &Client,
    order: &FileOrder,
    about: &About,
) -> Result<Vec<ComplaintCall>, ServiceError> {
    let most = MOST_CALLS + 1;
    let mut calls: BTreeMap<(Millis, String), ComplaintCall> = BTreeMap::new();
    let mut add = |found: Vec<ComplaintCall>| {
        calls.extend(
            found
                .into_iter()
                .map(|call| ((call.call.started_at, call.call.call_sid.clone()), call)),
        );
    };
    if let Some(customer_id) = &order.customer_id {
        let seals = store.seals();
        add(seals.list_calls_of_customer(&client.id, customer_id, order.range, most).await?);
    }
    for number in &about.numbers {
        let spellings = numbers.all_spellings(number);
        let seals = store.seals();
        let found = seals.list_calls_with_number(&client.id, &spellings, order.range, most).await?;
        let is_of_other = |call: &ComplaintCall| {
            order.customer_id.is_some()
                && call.call.customer_id.is_some()
                && call.call.customer_id != order.customer_id
        };
        add(found.into_iter().filter(|call| !is_of_other(call)).collect());
    }
    check_count(calls.len(), "calls")?;
    Ok(calls.into_values().collect())
}

fn check_count(count: usize, what: &str) -> Result<(), ServiceError> {
    if i64::try_from(count).unwrap_or(i64::MAX) <= MOST_CALLS {
        return Ok(());
    }
    Err(too_much(&format!("more than {MOST_CALLS} {what}")))
}

fn too_much(what: &str) -> ServiceError {
    ServiceError::Invalid {
        field: "startDate",
        sentence: format!(
            "There are {what} in this time; choose a shorter one with startDate and endDate."
        ),
    }
}

impl Collector<'_> {
    async fn read_call(
        &mut self,
        call: ComplaintCall,
        client: &Client,
    ) -> Result<Attempt, ServiceError> {
        let ComplaintCall { call, call_seq, last_seq } = call;
        let seals = self.store.seals();
        let rows =
            seals.list_sealable_events_of_call(self.client_id, call_seq, MOST_EVENTS + 1).await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST_EVENTS {
            return Err(too_much(&format!("more than {MOST_EVENTS} events of one call")));
        }
        let sealed = self.prover.prove_events(call_seq, last_seq, &rows).await?;
        let decisions =
            seals.list_sealable_decisions_of_call(self.client_id, &call.session_id).await?;
        let decisions = self.add_decisions(decisions).await?;
        let notes = self.store.calls().find_notes(self.client_id, &call.call_sid).await?;
        let times = Times {
            asked: Some(time::format(call.started_at)),
            rang: first_time(&rows, &["ringing", "incoming"]),
            talked: call.connected_at.map(time::format),
            ended: call.ended_at.map(time::format),
        };
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let seal = sealed.get(&row.number).copied();
            events.push(self.take_entry(&row, seal)?);
        }
        Ok(Attempt {
            times,
            agent_known_by: if client.require_agent_token {
                "The client now accepts agents only with a token that its own server has signed."
            } else {
                "The page named the agent; no proof was required."
            },
            decisions,
            events,
            notes: Notes {
                text: notes.notes.clone(),
                disposition: notes.disposition.clone(),
                follow_up_at: notes.follow_up_at.map(time::format),
                follow_up_note: notes.follow_up_note.clone(),
            },
            call: with_notes(call_object(call), notes),
        })
    }

    async fn add_decisions(
        &mut self,
        rows: Vec<SealableRow>,
    ) -> Result<Vec<SealedEntry>, ServiceError> {
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let seal = self.prover.prove_decision(&row).await?;
            entries.push(self.take_entry(&row, seal)?);
        }
        Ok(entries)
    }

    fn take_entry(
        &mut self,
        row: &SealableRow,
        seal: Option<i64>,
    ) -> Result<SealedEntry, ServiceError> {
        self.bytes += row.public.len() + row.personal.len();
        if self.bytes > MOST_BYTES {
            return Err(too_much(&format!("more than {} MiB of events", MOST_BYTES >> 20)));
        }
        // In place of what was erased stands only a note that it was.
        let is_erased = self.prover.is_erased(row.kind, row.number);
        let personal = (!is_erased).then(|| raw_json(&row.personal));
        Ok(SealedEntry { seal, public: raw_json(&row.public), personal })
    }
}

/// Returns when the first of these events happened.
fn first_time(rows: &[SealableRow], names: &[&str]) -> Option<String> {
    let found = rows.iter().filter(|row| {
        let public: serde_json::Value = serde_json::from_str(&row.public).unwrap_or_default();
        public["event"].as_str().is_some_and(|event| names.contains(&event))
    });
    found.map(|row| row.at).min().map(time::format)
}

async fn list_suppressions(
    store: &Store,
    numbers: &Numbers,
    client: &Client,
    about: &About,
) -> Result<Vec<Suppression>, ServiceError> {
    let mut all = Vec::new();
    for number in &about.numbers {
        let filter = lists::ListFilter::Number { text: number.clone(), is_exact: true };
        let found =
            lists::list_entries(store, client, numbers, filter, None, None, MOST_ENTRIES).await?;
        all.extend(found.suppressions);
    }
    Ok(all)
}

async fn list_consents(
    store: &Store,
    numbers: &Numbers,
    client: &Client,
    about: &About,
) -> Result<Vec<Consent>, ServiceError> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for filter in filters_of(numbers, about) {
        let found = consents::list_consents(store, client, filter, None, MOST_ENTRIES).await?;
        let fresh = found.consents.into_iter();
        all.extend(fresh.filter(|consent| seen.insert(consent.consent_id.clone())));
    }
    Ok(all)
}

async fn list_quiet_times(
    store: &Store,
    numbers: &Numbers,
    client: &Client,
    about: &About,
) -> Result<Vec<QuietTime>, ServiceError> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for filter in filters_of(numbers, about) {
        let permission = store.permission();
        let found = permission.list_quiet_times(&client.id, &filter, LAST, MOST_ENTRIES).await?;
        let fresh = found.into_iter().filter(|row| seen.insert(row.entry_id.clone()));
        all.extend(fresh.map(show_quiet_time));
    }
    Ok(all)
}

async fn list_planned_calls(
    store: &Store,
    client: &Client,
    about: &About,
    spellings: &[String],
) -> Result<Vec<PlannedCall>, ServiceError> {
    let customer_id = about.customer_id.as_deref();
    let calls = store.calls();
    let found =
        calls.list_uncalled_of_person(&client.id, customer_id, spellings, MOST_ENTRIES).await?;
    let planned = found.into_iter().map(|row| PlannedCall {
        follow_up_id: row.call.session_id,
        planned_at: time::format(row.call.started_at),
        agent_id: row.call.agent_id,
        phone_number: row.call.phone,
        at: row.written.follow_up_at.map(time::format),
        note: row.written.follow_up_note,
    });
    Ok(planned.collect())
}

/// Returns the filters that find what a person agreed to and wishes.
fn filters_of(numbers: &Numbers, about: &About) -> Vec<PersonFilter> {
    let of_numbers =
        about.numbers.iter().map(|number| PersonFilter::Number(numbers.all_spellings(number)));
    about.customer_id.clone().map(PersonFilter::Customer).into_iter().chain(of_numbers).collect()
}

/// Returns what limits the proof.
fn remarks(proof: &Proof, attempts: &[Attempt]) -> Vec<String> {
    let count = |state| proof.rows.iter().filter(|row| row.state == state).count();
    let mut remarks = Vec::new();
    let erased = count(RowState::Erased);
    if erased > 0 {
        remarks.push(format!(
            "The personal part of {erased} events and decisions was erased. Their seals prove when \
             they happened and what they were, without it."
        ));
    }
    let expired = count(RowState::Expired);
    if expired > 0 {
        remarks.push(format!(
            "{expired} events and decisions were removed when their time of retention had ended. \
             Their seals prove that they were there."
        ));
    }
    for row in proof.rows.iter().filter(|row| row.state == RowState::Missing) {
        if let Some((kind, number)) = row.place() {
            remarks.push(format!(
                "{} {number} was sealed and is gone from the database, though its time of \
                 retention had not ended.",
                kind.name()
            ));
        }
    }
    let new = attempts.iter().flat_map(|call| &call.events).filter(|event| event.seal.is_none());
    let new = new.count();
    if new > 0 {
        remarks.push(format!("{new} events were too new to be sealed."));
    }
    remarks.push(
        "Notes, dispositions, suppressions, consents, quiet times and the audit log can be changed; \
         the file's signature proves only how they were when the file was made."
            .to_owned(),
    );
    remarks
}
