//! Decides what a disposition does besides being stored.

use super::outcome_fields::{EnteredFields, promised};
use super::telephony::Telephony;
use crate::customer::CAMPAIGN_FIELD;
use crate::ids::LONGEST_ID;
use crate::permission::{PermissionSettings, find_text};
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::permission::plan::{AskedCall, Planner};
use crate::services::providers::routing;
use crate::storage::{
    CallRow, Client, OutcomeActs, OutcomeFollowUp, OutcomePromise, OutcomeSuppression,
    OutcomeWithdrawal,
};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::disposition::forbids_calls;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{Disposition, OutcomeAct};

/// One minute, in milliseconds.
const MINUTE: Millis = 60_000;
/// After how many minutes another attempt is due if the entry does not say.
const RETRY_AFTER_MINUTES: i64 = 60;
/// The hour of the day at which a follow-up is due that a date makes.
const FOLLOW_UP_HOUR: Millis = 9;

/// What a disposition does, and the reason that its suppression gives.
#[derive(Debug)]
pub struct FoundActs {
    acts: Vec<OutcomeAct>,
    reason: String,
    after_minutes: Option<i64>,
    /// The promise to pay: the amount and its day.
    promise: Option<(i64, chrono::NaiveDate)>,
    date: Option<chrono::NaiveDate>,
}

/// Returns what a disposition does with these fields. Its entry is the one in the client's own list,
/// if it has one.
pub fn find_acts(code: &str, entry: Option<&Disposition>, fields: &EnteredFields) -> FoundActs {
    let mut acts = entry.map(|entry| entry.does.clone()).unwrap_or_default();
    if forbids_calls(code) {
        acts.push(OutcomeAct::Suppress);
    }
    let reason = entry.map_or_else(|| "Do not call".to_owned(), |entry| entry.label.clone());
    FoundActs {
        acts,
        reason,
        after_minutes: entry.and_then(|entry| entry.follow_up_after_minutes),
        promise: promised(entry, fields),
        date: fields.date,
    }
}

/// Returns what a disposition of this call does, with the numbers and ids that it needs.
pub async fn plan_acts(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    found: FoundActs,
) -> Result<OutcomeActs, ServiceError> {
    let does = |act| found.acts.contains(&act);
    let mut acts = OutcomeActs {
        agent_name: call.agent_name.clone(),
        agent_id: call.agent_id.clone(),
        ..OutcomeActs::default()
    };
    if let Some((amount, day)) = found.promise {
        let customer = call.customer.as_deref();
        let account = match customer {
            Some(customer) => find_account(telephony, client, customer).await?,
            None => None,
        };
        let short = |text: &String| text.chars().count() <= LONGEST_ID;
        let campaign = customer.and_then(|customer| find_text(customer, CAMPAIGN_FIELD));
        acts.promise = Some(OutcomePromise {
            amount,
            day: day.to_string(),
            account: account.filter(short),
            campaign: campaign.filter(short),
        });
    }
    if found.acts.is_empty() {
        return Ok(acts);
    }
    if does(OutcomeAct::FollowUp) || does(OutcomeAct::Retry) {
        let at = plan_follow_up(telephony, client, call, &found).await?;
        acts.follow_up = at.map(|at| OutcomeFollowUp { at, note: found.reason.clone() });
    }
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    if does(OutcomeAct::WithdrawConsent) {
        let spellings = call.phone.as_deref().map(|phone| numbers.all_spellings(phone));
        acts.withdraw = Some(OutcomeWithdrawal {
            spellings: spellings.unwrap_or_default(),
            customer_id: call.customer_id.clone(),
        });
    }
    if !does(OutcomeAct::Suppress) && !does(OutcomeAct::WrongNumber) {
        return Ok(acts);
    }
    // A number that is wrong for one account may be right for another.
    let account = match call.customer.as_deref() {
        Some(customer) if !does(OutcomeAct::Suppress) => {
            find_account(telephony, client, customer).await?
        }
        _ => None,
    };
    // A call whose number was hidden or erased has nothing to enter.
    let number = call.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok());
    acts.suppress = number.map(|number| OutcomeSuppression {
        entry_id: telephony.ids.new_id("sup", telephony.now()),
        number: number_to_list(&numbers, &number),
        account,
        reason: found.reason,
    });
    Ok(acts)
}

/// Returns when the call's follow-up is due.
async fn plan_follow_up(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    found: &FoundActs,
) -> Result<Option<Millis>, ServiceError> {
    let later = |minutes: i64| telephony.now() + minutes * MINUTE;
    if found.acts.contains(&OutcomeAct::Retry) {
        let at = later(found.after_minutes.unwrap_or(RETRY_AFTER_MINUTES));
        return Ok(Some(permitted_from(telephony, client, call, at).await?));
    }
    let of_day = |date| time::day_start(date, client.time_zone) + FOLLOW_UP_HOUR * 60 * MINUTE;
    Ok(found.after_minutes.map(later).or(found.date.map(of_day)))
}

/// Returns the first time from `at` on when a call to the number is permitted, as far as is known
/// now; `at` itself if there is none, or if no rule can be asked.
async fn permitted_from(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    at: Millis,
) -> Result<Millis, ServiceError> {
    let Some(number) = call.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok()) else {
        return Ok(at);
    };
    let prepared = async {
        let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
        let planner = Planner::of_client(&telephony.store, client, numbers).await?;
        let carrier = routing::choose_carrier(&telephony.accounts, client, None).await?;
        Ok((planner, carrier))
    };
    let (planner, carrier) = match prepared.await {
        Ok(prepared) => prepared,
        Err(failed @ (ServiceError::Unavailable(_) | ServiceError::Busy)) => return Err(failed),
        // Without an account that could call, or with rules that cannot be read, no call is judged.
        Err(_) => return Ok(at),
    };
    let asked = AskedCall {
        decision_id: String::new(),
        number: &number,
        customer: call.customer.as_deref(),
        agent_id: call.agent_id.clone(),
        overriding: None,
    };
    let plan = planner.plan_call(&carrier, asked);
    let now = telephony.now();
    let known = telephony.store.permission().find_call_history(&client.id, &plan, now).await?;
    let decision = plan.judge(&known.history, at).decision;
    let next = decision.next_allowed.or(decision.not_before);
    Ok(next.filter(|next| !decision.allowed && *next > at).unwrap_or(at))
}

/// Returns the form in which a number is listed: if it is not valid as it was written, the only
/// number for which it may stand.
fn number_to_list(numbers: &Numbers, number: &DialNumber) -> String {
    let readings = numbers.all_readings(number);
    let mut whole = readings.iter().filter(|reading| reading.starts_with('+'));
    match (whole.next(), whole.next()) {
        (Some(only), None) => only.clone(),
        _ => numbers.best_spelling(number),
    }
}

/// Returns the account that a call is about, by the client's own path to it. A path that cannot be
/// read names no account, so that the number is suppressed for all calls.
async fn find_account(
    telephony: &Telephony,
    client: &Client,
    customer: &str,
) -> Result<Option<String>, ServiceError> {
    let stored = telephony.store.permission().find_call_rules(&client.id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref());
    Ok(settings.and_then(|settings| find_text(customer, &settings.account_field)))
}
