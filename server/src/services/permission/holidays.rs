//! A client's public holidays.

use super::quiet_times::{find_judging_packs, names_of};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{HolidayRow, Store};
use call_ribbon_rules::Pack;
use call_ribbon_shared::wire::{PublicHoliday, PublicHolidays};

/// Returns a client's holidays.
pub async fn show_holidays(store: &Store, client_id: &str) -> Result<PublicHolidays, ServiceError> {
    let client = store.clients().find_client(client_id).await?;
    let client = client.ok_or_else(ServiceError::unknown_client)?;
    let rows = store.permission().list_holidays(client_id).await?;
    let show =
        |row: HolidayRow| PublicHoliday { region: row.region, date: row.day, name: row.name };
    let packs = find_judging_packs(store, &client).await?;
    Ok(PublicHolidays {
        holidays: rows.into_iter().map(show).collect(),
        judged_by: names_of(&packs, Pack::reads_holidays),
    })
}

/// Replaces a client's holidays.
pub async fn save_holidays(
    operator: &Operator<'_>,
    client_id: &str,
    holidays: &[HolidayRow],
) -> Result<(), ServiceError> {
    let store = operator.store.permission();
    if !store.replace_holidays(client_id, holidays, operator.stamp()).await? {
        return Err(ServiceError::unknown_client());
    }
    Ok(())
}
