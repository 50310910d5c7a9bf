//! How near customers are to the limits on attempts.
//!
//! The customers who were called most often are judged as if their last call were made again now, by
//! the same function as each dial. To learn what a rule counts, it is judged with a limit of one.

use super::decisions::effect_word;
use super::packs::find_active_packs;
use super::plan::{AskedCall, Planner};
use crate::customer::CustomerData;
use crate::permission::PermissionSettings;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::providers::routing::Carrier;
use crate::storage::{CalledOne, Client, MOST_COUNTED, PastCall, Store};
use crate::time;
use call_ribbon_rules::{Finding, Pack, Per, Reason, Test, Window};
use call_ribbon_shared::Millis;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{CallLimit, CallLimits, LimitCount, LimitedCustomer};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
/// The most customers that are judged for one time.
const MOST_JUDGED: i64 = 200;

/// A rule that limits attempts.
struct Limit {
    shown: CallLimit,
    /// How far back it may count: a day more than its days, for the zones.
    memory: Millis,
}

/// Lists the customers who are nearest to a limit on attempts.
pub async fn list_call_limits(
    store: &Store,
    client: &Client,
    now: Millis,
    most: usize,
) -> Result<CallLimits, ServiceError> {
    let stored = store.permission().find_call_rules(&client.id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref()).unwrap_or_default();
    let active = find_active_packs(store, &client.id, &settings).await?;
    let packs: Vec<Pack> = active.iter().map(|pack| keep_caps(pack)).collect();
    let limits: Vec<Limit> = packs.iter().flat_map(find_limits).collect();
    let (called, truncated) = find_candidates(store, client, &limits, now).await?;
    let (country, _) = store.clients().find_client_extras(&client.id).await?;
    let numbers = || Numbers::of_country(country.as_deref());
    let probes: Vec<Arc<Pack>> = packs.iter().map(|pack| Arc::new(with_cap_of_one(pack))).collect();
    let judge = Judge {
        store,
        client,
        counting: Planner::new(client, settings.clone(), probes, numbers()),
        limiting: Planner::new(
            client,
            settings,
            packs.into_iter().map(Arc::new).collect(),
            numbers(),
        ),
        limits: &limits,
        now,
    };
    let mut customers = Vec::new();
    for one in called {
        customers.extend(judge.judge_customer(&one).await?);
    }
    customers.sort_by_key(|customer: &LimitedCustomer| {
        let left = customer.counts.iter().map(|count| count.left).min().unwrap_or(u32::MAX);
        let made = customer.counts.iter().map(|count| count.made).max().unwrap_or(0);
        (left, Reverse(made), customer.customer_id.clone(), customer.phone_number.clone())
    });
    let truncated = truncated || customers.len() > most;
    customers.truncate(most);
    Ok(CallLimits {
        limits: limits.into_iter().map(|limit| limit.shown).collect(),
        customers,
        truncated,
    })
}

/// Returns the customers with the most calls in the time of a limit, and whether others may be near
/// it.
async fn find_candidates(
    store: &Store,
    client: &Client,
    limits: &[Limit],
    now: Millis,
) -> Result<(BTreeSet<CalledOne>, bool), ServiceError> {
    let mut called = BTreeSet::new();
    let mut truncated = false;
    // The least limit of each time.
    let mut times: BTreeMap<Millis, i64> = BTreeMap::new();
    for limit in limits {
        let most = i64::from(limit.shown.most);
        times.entry(limit.memory).and_modify(|least| *least = most.min(*least)).or_insert(most);
    }
    for (memory, least) in times {
        let range = (now - memory, now);
        let store = store.calls();
        let found = store.list_called_often(&client.id, range, MOST_JUDGED).await?;
        let counted = store.count_attempts_up_to(&client.id, range, MOST_COUNTED + 1).await?;
        let is_full = i64::try_from(found.len()).is_ok_and(|found| found >= MOST_JUDGED);
        truncated |= is_full && found.last().is_some_and(|last| last.calls >= least - 1);
        truncated |= counted > MOST_COUNTED;
        called.extend(found.into_iter().map(|one| one.called));
    }
    Ok((called, truncated))
}

/// Judges customers.
struct Judge<'j> {
    store: &'j Store,
    client: &'j Client,
    /// Plans by the limits with a limit of one.
    counting: Planner,
    /// Plans by the limits as they are.
    limiting: Planner,
    limits: &'j [Limit],
    now: Millis,
}

impl Judge<'_> {
    async fn judge_customer(
        &self,
        called: &CalledOne,
    ) -> Result<Option<LimitedCustomer>, ServiceError> {
        let memory = self.limits.iter().map(|limit| limit.memory).max().unwrap_or(0);
        let range = (self.now - memory, self.now);
        let last = self.store.calls().find_last_attempt(&self.client.id, called, range).await?;
        let Some(last) = last else { return Ok(None) };
        let number = last.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok());
        let Some(number) = number else { return Ok(None) };
        let asked = || AskedCall {
            decision_id: String::new(),
            number: &number,
            customer: last.customer.as_deref(),
            agent_id: None,
            overriding: None,
        };
        let plan = self.counting.plan_call(&Carrier::Simulated, asked());
        let store = self.store.permission();
        let known = store.find_call_history(&self.client.id, &plan, self.now).await?;
        let counted = plan.judge(&known.history, self.now).decision.because;
        let plan = self.limiting.plan_call(&Carrier::Simulated, asked());
        let reached = plan.judge(&known.history, self.now).decision.because;
        let counts: Vec<LimitCount> =
            self.limits.iter().filter_map(|limit| to_count(limit, &counted, &reached)).collect();
        Ok((!counts.is_empty()).then(|| show_customer(called, last, counts)))
    }
}

fn to_count(limit: &Limit, counted: &[Finding], reached: &[Finding]) -> Option<LimitCount> {
    let shown = &limit.shown;
    let is_same = |found: &&Finding| found.pack == shown.pack && found.rule == shown.rule;
    let found = counted.iter().find(is_same)?;
    let Reason::Attempts { made, .. } = found.reason else { return None };
    let until = reached.iter().find(is_same).and_then(|found| found.until);
    Some(LimitCount {
        pack: shown.pack.clone(),
        rule: shown.rule.clone(),
        made,
        left: shown.most.saturating_sub(made),
        next_at: until.map(time::format),
    })
}

fn show_customer(called: &CalledOne, last: PastCall, counts: Vec<LimitCount>) -> LimitedCustomer {
    let known = last.customer.as_deref().map(CustomerData::read);
    LimitedCustomer {
        customer_id: called.customer_id.clone(),
        name: known.and_then(|known| known.name).filter(|_| called.customer_id.is_some()),
        phone_number: last.phone.unwrap_or_default(),
        session_id: last.session_id,
        last_at: time::format(last.started_at),
        counts,
    }
}

/// Returns a pack with only its limits on attempts.
fn keep_caps(pack: &Pack) -> Pack {
    let mut pack = pack.clone();
    pack.rules.retain(|rule| matches!(rule.test, Test::Attempts { .. }));
    pack
}

/// Returns a pack with limits of one attempt.
fn with_cap_of_one(pack: &Pack) -> Pack {
    let mut pack = pack.clone();
    for rule in &mut pack.rules {
        if let Test::Attempts { most, .. } = &mut rule.test {
            *most = 1;
        }
    }
    pack
}

fn find_limits(pack: &Pack) -> impl Iterator<Item = Limit> + '_ {
    pack.rules.iter().filter_map(|rule| {
        let Test::Attempts { most, window, per, .. } = &rule.test else { return None };
        let (count, unit, memory) = match window {
            Window::Days(days) => (*days, "days", Millis::from(days + 1) * DAY),
            Window::Hours(hours) => (*hours, "hours", Millis::from(*hours) * HOUR),
        };
        let per = match per {
            Per::Customer => "customer",
            Per::Account => "account",
            Per::Number => "number",
        };
        let shown = CallLimit {
            pack: pack.name.clone(),
            rule: rule.id.clone(),
            most: *most,
            count,
            unit: unit.to_owned(),
            per: per.to_owned(),
            effect: effect_word(rule.effect).to_owned(),
        };
        Some(Limit { shown, memory })
    })
}
