//! Promises to pay: which were kept, which were broken, and which are open.
//!
//! A promise is kept if payments of its customer between its call and the end of its day make up its
//! amount. A payment counts for the promises of the customer in the order of their calls: for the
//! first that it is in time for and whose amount is not paid yet, and what is left of it for the next.
//! If both the promise and the payment name an account, it must be the same.

use super::dates::DateRange;
use super::overview;
use crate::services::calls::outcome_fields::read_date;
use crate::services::money::to_number;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, PaymentRow, PromiseRow, Store, rounded_ratio};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{Promise, PromiseFigures, PromiseGroup, PromiseState, Promises};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most promises, and the most payments, that one request reads.
const MOST_ROWS: usize = 100_000;
/// The most promises that are listed.
const MOST_LISTED: usize = 500;

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromisesBy {
    Day,
    Agent,
    Campaign,
}

impl PromisesBy {
    /// The names in the API.
    pub const NAMES: [&str; 3] = ["day", "agentId", "campaign"];

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "day" => Some(Self::Day),
            "agentId" => Some(Self::Agent),
            "campaign" => Some(Self::Campaign),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Agent => "agentId",
            Self::Campaign => "campaign",
        }
    }
}

/// Which promises are listed beside the figures.
#[derive(Debug, Clone)]
pub struct ListedPromises {
    /// Only those of this state.
    pub state: Option<PromiseState>,
    /// Only those of the row with this value.
    pub value: Option<String>,
}

/// What to count.
#[derive(Debug)]
pub struct PromisesRequest {
    /// When the calls began.
    pub range: DateRange,
    /// The zone of the days of the rows.
    pub zone: Tz,
    pub by: PromisesBy,
    pub list: Option<ListedPromises>,
}

/// Sums over promises, in ten-thousandths.
#[derive(Default)]
struct Sums {
    name: Option<String>,
    kept: i64,
    broken: i64,
    open: i64,
    amount: i64,
    paid: i64,
}

/// A promise, and what became of it.
struct Settled {
    row: PromiseRow,
    paid: i64,
    state: PromiseState,
}

/// Counts the promises of a range.
pub async fn count_promises(
    store: &Store,
    client: &Client,
    request: &PromisesRequest,
    now: Millis,
) -> Result<Promises, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let range = (request.range.from, request.range.until);
    let most = i64::try_from(MOST_ROWS + 1).unwrap_or(i64::MAX);
    let mut promises = store.customers().list_promises(&client.id, range, most).await?;
    let mut payments =
        store.customers().list_payments_after_promises(&client.id, range, most).await?;
    if promises.len() > MOST_ROWS || payments.len() > MOST_ROWS {
        let sentence = format!(
            "startDate and endDate span more than {MOST_ROWS} promises or payments, which is the most \
             that can be counted at once; choose fewer days."
        );
        return Err(ServiceError::Invalid { field: "startDate", sentence });
    }
    // Databases compare texts differently.
    promises.sort_by(|a, b| (a.at, &a.call_sid).cmp(&(b.at, &b.call_sid)));
    payments.sort_by(|a, b| (a.paid_at, &a.payment_id).cmp(&(b.paid_at, &b.payment_id)));
    let mut settled = settle(promises, &payments, client.time_zone, now);
    settled.retain(|one| (range.0..range.1).contains(&one.row.at));
    let value_of = |row: &PromiseRow| match request.by {
        PromisesBy::Day => Some(time::day(row.at, request.zone)),
        PromisesBy::Agent => row.agent_id.clone(),
        PromisesBy::Campaign => row.campaign.clone(),
    };
    let mut groups: BTreeMap<Option<String>, Sums> = BTreeMap::new();
    let mut total = Sums::default();
    for one in &settled {
        let group = groups.entry(value_of(&one.row)).or_default();
        if request.by == PromisesBy::Agent {
            group.name = one.row.agent_name.clone().or(group.name.take());
        }
        group.add(one);
        total.add(one);
    }
    let mut rows: Vec<PromiseGroup> = groups
        .into_iter()
        .map(|(value, sums)| PromiseGroup { value, figures: sums.figures(), name: sums.name })
        .collect();
    if request.by != PromisesBy::Day {
        rows.sort_by_key(|row| std::cmp::Reverse(row.figures.made));
    }
    let listed = request.list.as_ref().map(|list| {
        let is_listed = |one: &&Settled| {
            list.state.is_none_or(|state| state == one.state)
                && (list.value.is_none() || list.value == value_of(&one.row))
        };
        settled.iter().rev().filter(is_listed).take(MOST_LISTED).map(describe).collect()
    });
    Ok(Promises {
        by: request.by.name().to_owned(),
        rows,
        summary: total.figures(),
        promises: listed,
    })
}

/// Counts payments for promises. Both are in the order of their times.
fn settle(
    promises: Vec<PromiseRow>,
    payments: &[PaymentRow],
    zone: Tz,
    now: Millis,
) -> Vec<Settled> {
    let until: Vec<Millis> = promises.iter().map(|row| end_of_day(&row.day, zone)).collect();
    let mut paid = vec![0; promises.len()];
    let mut of_customer: HashMap<&str, Waiting<'_>> = HashMap::new();
    for (place, row) in promises.iter().enumerate() {
        if let Some(customer_id) = &row.customer_id {
            of_customer.entry(customer_id).or_default().insert(place, row.account.as_deref());
        }
    }
    for payment in payments {
        let Some(waiting) = of_customer.get_mut(payment.customer_id.as_str()) else { continue };
        let mut left = payment.amount;
        while left > 0
            && let Some(place) = waiting.first(payment.account.as_deref())
            && promises[place].at <= payment.paid_at
        {
            let is_over = payment.paid_at >= until[place];
            if !is_over {
                let part = left.min(promises[place].amount - paid[place]);
                paid[place] += part;
                left -= part;
            }
            // Payments come in the order of their times, so what is over or paid stays so.
            if is_over || paid[place] >= promises[place].amount {
                waiting.remove(place, promises[place].account.as_deref());
            }
        }
    }
    let judged = promises.into_iter().zip(paid).zip(until);
    judged
        .map(|((row, paid), until)| {
            let state = if paid >= row.amount {
                PromiseState::Kept
            } else if now < until {
                PromiseState::Open
            } else {
                PromiseState::Broken
            };
            Settled { row, paid, state }
        })
        .collect()
}

/// The promises of a customer for which a payment may still count, by their places in the order of
/// their times. A payment looks at each only to pay or to remove it, so that the work does not grow
/// with promises times payments.
#[derive(Default)]
struct Waiting<'r> {
    all: BTreeSet<usize>,
    of_account: HashMap<Option<&'r str>, BTreeSet<usize>>,
}

impl<'r> Waiting<'r> {
    fn insert(&mut self, place: usize, account: Option<&'r str>) {
        self.all.insert(place);
        self.of_account.entry(account).or_default().insert(place);
    }

    fn remove(&mut self, place: usize, account: Option<&'r str>) {
        self.all.remove(&place);
        if let Some(places) = self.of_account.get_mut(&account) {
            places.remove(&place);
        }
    }

    /// Returns the first promise for which a payment for an account counts. A promise or a payment
    /// that names no account is about any.
    fn first(&self, account: Option<&'r str>) -> Option<usize> {
        let Some(account) = account else { return self.all.first().copied() };
        let first_of = |account| self.of_account.get(&account).and_then(BTreeSet::first).copied();
        first_of(Some(account)).into_iter().chain(first_of(None)).min()
    }
}

/// Returns the first moment after a day.
fn end_of_day(day: &str, zone: Tz) -> Millis {
    let next = read_date(day).and_then(|day| day.succ_opt());
    next.map_or(Millis::MAX, |next| time::day_start(next, zone))
}

impl Sums {
    fn add(&mut self, one: &Settled) {
        match one.state {
            PromiseState::Kept => self.kept += 1,
            PromiseState::Broken => self.broken += 1,
            PromiseState::Open => self.open += 1,
        }
        self.amount = self.amount.saturating_add(one.row.amount);
        self.paid = self.paid.saturating_add(one.paid);
    }

    fn figures(&self) -> PromiseFigures {
        PromiseFigures {
            made: self.kept + self.broken + self.open,
            kept: self.kept,
            broken: self.broken,
            open: self.open,
            kept_rate: rounded_ratio(self.kept, self.kept + self.broken),
            amount: to_number(self.amount),
            paid: to_number(self.paid),
        }
    }
}

fn describe(one: &Settled) -> Promise {
    let row = one.row.clone();
    Promise {
        session_id: row.session_id,
        at: time::format(row.at),
        customer_id: row.customer_id,
        customer_name: row.customer_name,
        account: row.account,
        campaign: row.campaign,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        amount: to_number(row.amount),
        day: row.day,
        paid: to_number(one.paid),
        state: one.state,
    }
}
