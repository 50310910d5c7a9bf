//! Lists, enters and removes the times at which customers do not want to be called.
//!
//! A time of the week and an occasion are one resource: who, since and until when, what was said, in
//! which call and how it was removed are the same for both, and a call needs both at once. They
//! differ by `kind`; rules judge them apart.

use super::lists::{LAST, read_number};
use super::packs::find_active_packs;
use crate::permission::PermissionSettings;
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::services::quiet_time_object::show_quiet_time;
use crate::services::{ServiceError, cursor};
use crate::storage::{Client, PersonFilter, QuietTimeAdded, QuietTimeRow, Store, WEEKLY};
use call_ribbon_rules::Pack;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{JudgedBy, QuietTime, QuietTimes};
use std::sync::Arc;

/// The kinds of an entry.
pub const KINDS: [&str; 6] = [WEEKLY, "bereavement", "calamity", "wedding", "festival", "other"];
/// The most entries of one number, and of one customer, that are in force or will be.
const MOST_ENTRIES: usize = 50;
/// The longest occasion.
const LONGEST_OCCASION: Millis = 366 * 24 * 60 * 60 * 1000;
/// Every day of the week.
const EVERY_DAY: i64 = 0b111_1111;

/// An entry to make, as it was sent.
#[derive(Debug)]
pub struct QuietTimeOrder {
    pub number: Option<String>,
    pub customer_id: Option<String>,
    /// One of [`KINDS`].
    pub kind: String,
    /// The days on which it begins, 1 to 7.
    pub weekdays: Option<Vec<u8>>,
    /// In minutes after midnight.
    pub from: Option<u16>,
    pub to: Option<u16>,
    pub since: Option<Millis>,
    pub until: Option<Millis>,
    pub reason: Option<String>,
    pub session_id: Option<String>,
}

/// Returns a page of a client's entries.
pub async fn list_quiet_times(
    store: &Store,
    client: &Client,
    filter: PersonFilter,
    before: Option<&str>,
    most: i64,
) -> Result<QuietTimes, ServiceError> {
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let before = before.unwrap_or(LAST);
    let permission = store.permission();
    let mut rows = permission.list_quiet_times(&client.id, &filter, before, most + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor::write_customer(&row.entry_id));
    let quiet_times = rows.into_iter().map(show_quiet_time).collect();
    let packs = find_judging_packs(store, client).await?;
    let judged_by = JudgedBy {
        weekly: names_of(&packs, Pack::reads_quiet_times),
        occasions: names_of(&packs, Pack::reads_occasions),
    };
    Ok(QuietTimes { quiet_times, judged_by, next_cursor })
}

/// Returns the packs that are on. Settings that cannot be read name none: they forbid all calls.
pub async fn find_judging_packs(
    store: &Store,
    client: &Client,
) -> Result<Vec<Arc<Pack>>, ServiceError> {
    let stored = store.permission().find_call_rules(&client.id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref()).unwrap_or_default();
    match find_active_packs(store, &client.id, &settings).await {
        Err(ServiceError::Conflict(_)) => Ok(Vec::new()),
        found => found,
    }
}

/// Returns the names of the packs that have a certain rule.
pub fn names_of(packs: &[Arc<Pack>], has_rule: impl Fn(&Pack) -> bool) -> Vec<String> {
    packs.iter().filter(|pack| has_rule(pack)).map(|pack| pack.name.clone()).collect()
}

/// Enters a time. The same once more changes nothing.
pub async fn add_quiet_time(
    operator: &Operator<'_>,
    client: &Client,
    numbers: &Numbers,
    order: QuietTimeOrder,
) -> Result<QuietTime, ServiceError> {
    let invalid = |field: &'static str, what: &str| ServiceError::Invalid {
        field,
        sentence: format!("{field} {what}."),
    };
    if order.number.is_none() && order.customer_id.is_none() {
        return Err(invalid("phoneNumber", "is missing, and so is customerId; send one of them"));
    }
    let number = order.number.as_deref().map(|number| read_number(numbers, number)).transpose();
    let number = number.map_err(|what| invalid("phoneNumber", &what))?;
    let (weekdays, from, to) = read_hours(&order).map_err(|(field, what)| invalid(field, what))?;
    let since = order.since.unwrap_or(operator.now);
    if order.until.is_some_and(|until| until <= since) {
        return Err(invalid("until", "must be later than since"));
    }
    if order.kind != WEEKLY {
        let Some(until) = order.until else {
            return Err(invalid("until", "is missing; say when the occasion is over"));
        };
        if until.saturating_sub(since) > LONGEST_OCCASION {
            return Err(invalid("until", "must be within 366 days of since"));
        }
    }
    if let Some(session_id) = &order.session_id
        && operator.store.calls().find_call(&client.id, session_id).await?.is_none()
    {
        return Err(invalid("sessionId", "is no call of this client; leave it out or correct it"));
    }
    let row = QuietTimeRow {
        entry_id: operator.ids.new_id("qui", operator.now),
        number,
        customer_id: order.customer_id,
        kind: order.kind,
        weekdays,
        from_minute: from,
        to_minute: to,
        since,
        until: order.until,
        reason: order.reason,
        session_id: order.session_id,
        by_name: Some(operator.by.name.to_owned()),
        by_id: operator.by.id.map(str::to_owned),
        created_at: operator.now,
        removed_at: None,
        removed_by: None,
        removed_reason: None,
    };
    let (store, stamp) = (operator.store.permission(), operator.stamp());
    match store.add_quiet_time(&client.id, &row, MOST_ENTRIES, stamp).await? {
        QuietTimeAdded::Added => Ok(show_quiet_time(row)),
        QuietTimeAdded::Repeated(stored) => Ok(show_quiet_time(*stored)),
        QuietTimeAdded::TooMany => Err(ServiceError::Conflict(format!(
            "This number or customer has {MOST_ENTRIES} quiet times; remove one first."
        ))),
        QuietTimeAdded::UnknownClient => Err(ServiceError::unknown_client()),
    }
}

/// Returns the days as bits, and when it begins and ends in minutes after midnight; all are 0 for an
/// occasion.
fn read_hours(order: &QuietTimeOrder) -> Result<(i64, i64, i64), (&'static str, &'static str)> {
    if order.kind != WEEKLY {
        let only = "belongs to the kind \"weekly\" only; an occasion has since and until";
        let sent = [
            ("weekdays", order.weekdays.is_some()),
            ("from", order.from.is_some()),
            ("to", order.to.is_some()),
        ];
        return match sent.into_iter().find(|(_, is_sent)| *is_sent) {
            Some((field, _)) => Err((field, only)),
            None => Ok((0, 0, 0)),
        };
    }
    let missing = "is missing; write a time of day as hh:mm, or 00:00 to 24:00 for whole days";
    let from = order.from.ok_or(("from", missing))?;
    // Midnight at the end is the end of the day.
    let to = order.to.map(|to| if to == 0 { 1440 } else { to }).ok_or(("to", missing))?;
    if from == 1440 {
        return Err(("from", "must be before 24:00; write 00:00 of the next day"));
    }
    if from == to {
        return Err(("to", "must differ from from; for whole days write 00:00 and 24:00"));
    }
    let weekdays = order.weekdays.as_ref().map_or(EVERY_DAY, |days| {
        days.iter().fold(0, |bits, day| bits | 1 << (day.clamp(&1, &7) - 1))
    });
    if weekdays == 0 {
        return Err(("weekdays", "must name a day; leave it out for every day"));
    }
    Ok((weekdays, i64::from(from), i64::from(to)))
}

/// Removes an entry, and returns it.
pub async fn remove_quiet_time(
    operator: &Operator<'_>,
    client_id: &str,
    entry_id: &str,
    reason: &str,
) -> Result<QuietTime, ServiceError> {
    let permission = operator.store.permission();
    let stamp = operator.stamp();
    let row = permission.remove_quiet_time(client_id, entry_id, reason, stamp).await?;
    row.map(show_quiet_time)
        .ok_or_else(|| ServiceError::Unknown("There is no such quiet time.".to_owned()))
}
