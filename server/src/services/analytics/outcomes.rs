//! What came of calls: contacts, promises and payments, by the kinds of their dispositions.

use super::breakdown::{self, Axis};
use super::overview;
use super::scan::{self, ScanRequest, Values, is_sent_field};
use crate::services::calls::dispositions;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, ScannedCall, Store, ValueSums, rounded_ratio};
use call_ribbon_shared::share::wilson_interval;
use call_ribbon_shared::wire::{
    OutcomeCounts, OutcomeFigures, OutcomeGroup, OutcomeKind, Outcomes, PivotGroup, Rate,
};
use std::collections::HashMap;

/// Counts of calls by what came of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutcomeTally {
    pub recorded: i64,
    pub contacts: i64,
    pub promises: i64,
    pub payments: i64,
}

/// The kinds of a client's dispositions.
#[derive(Debug)]
pub struct OutcomeKinds(HashMap<String, OutcomeKind>);

impl OutcomeKinds {
    /// Reads the kinds of the client's list.
    pub async fn of_client(store: &Store, client: &Client) -> Result<Self, ServiceError> {
        let list = dispositions::list_for_client(store, &client.id).await?;
        Ok(Self(
            list.into_iter()
                .filter_map(|line| Some((line.meaning()?, line.code)))
                .map(|(kind, code)| (code, kind))
                .collect(),
        ))
    }

    /// Returns what came of one call.
    pub fn tally_of(&self, call: &ScannedCall) -> OutcomeTally {
        let mut tally = OutcomeTally::default();
        let Some(key) = call.fields.field_value("disposition") else { return tally };
        tally.recorded = 1;
        let kind = key.strip_prefix('t').and_then(|code| self.0.get(code));
        tally.contacts = i64::from(kind.is_some());
        tally.promises = i64::from(kind == Some(&OutcomeKind::Promise));
        tally.payments = i64::from(kind == Some(&OutcomeKind::Payment));
        tally
    }
}

impl OutcomeTally {
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        self.recorded += other.recorded;
        self.contacts += other.contacts;
        self.promises += other.promises;
        self.payments += other.payments;
    }

    /// Returns the counts of the API, with rates of `calls` and of the contacts.
    pub fn counts(&self, calls: i64) -> OutcomeCounts {
        OutcomeCounts {
            recorded: self.recorded,
            contacts: self.contacts,
            promises: self.promises,
            payments: self.payments,
            contact_rate: rate(self.contacts, calls),
            promise_rate: rate(self.promises, self.contacts),
            payment_rate: rate(self.payments, self.contacts),
        }
    }
}

/// Returns a share and its interval, to four digits.
fn rate(part: i64, whole: i64) -> Rate {
    let interval = wilson_interval(part, whole);
    let digits = |number: f64| (number * 10_000.0).round() / 10_000.0;
    Rate {
        rate: rounded_ratio(part, whole),
        low: digits(interval.low),
        high: digits(interval.high),
    }
}

/// Counts what came of the calls of a range, by the values of a field.
pub async fn count_outcomes(
    store: &Store,
    client: &Client,
    axis: Axis<'_>,
    mut scan: ScanRequest,
) -> Result<Outcomes, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    breakdown::check_field(store, client, axis.name, axis.field).await?;
    let (field, kinds) = (axis.field, OutcomeKinds::of_client(store, client).await?);
    let mut values = Values::of_field(store, client, field).await?;
    let mut counts: HashMap<Option<usize>, OutcomeTally> = HashMap::new();
    scan.with_sent = is_sent_field(field);
    let counted_from = scan::for_each_call(store, client, &scan, |call| {
        let line = ValueSums::of_call(&call.fields.counted);
        let value = values.add(call.fields.field_value(field).as_deref(), &line);
        counts.entry(value).or_default().add(&kinds.tally_of(call));
    })
    .await?;
    let found = values.group(store, client, axis).await?;
    let mut all = OutcomeTally::default();
    let mut of_groups = vec![OutcomeTally::default(); found.groups.len()];
    for (value, tally) in &counts {
        all.add(tally);
        if let Some(group) = of_groups.get_mut(found.place_of(*value)) {
            group.add(tally);
        }
    }
    let group = |(PivotGroup { kind, row }, tally): (PivotGroup, OutcomeTally)| OutcomeGroup {
        kind,
        outcomes: tally.counts(row.figures.calls),
        row,
    };
    let figures = values.all().tally(None).figures();
    Ok(Outcomes {
        field: field.to_owned(),
        groups: found.groups.into_iter().zip(of_groups).map(group).collect(),
        summary: OutcomeFigures { outcomes: all.counts(figures.calls), figures },
        counted_from,
    })
}
