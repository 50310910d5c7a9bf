//! The requests of the tabs, and the fields that they offer.

use crate::dashboard::access::Access;
use crate::dashboard::address::range::chosen_days;
use crate::dashboard::address::team::{TEAM, chosen_team};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{Choice, DateRange};
use crate::dashboard::views::field::field_title;
use crate::dashboard::views::time_of_day::hour_filters;
use call_ribbon_shared::wire::Fields;

/// Returns the path of a request about the chosen days, hours and direction.
pub fn figures_path(
    access: Access,
    address: Address,
    what: &str,
    more: &[(&str, String)],
) -> String {
    figures_path_for(access, address, what, chosen_days(address), more)
}

/// Returns the path of a request about other days in the chosen hours and direction.
pub fn figures_path_for(
    access: Access,
    address: Address,
    what: &str,
    days: DateRange,
    more: &[(&str, String)],
) -> String {
    let (start, end) = (days.start.to_iso(), days.end.to_iso());
    let zone = address.filter_or("timezone", "");
    let direction = address.filter_or("callDirection", "");
    let team = chosen_team(address);
    let mut fields = vec![
        ("startDate", start.as_str()),
        ("endDate", end.as_str()),
        ("timezone", zone.as_str()),
        ("callDirection", direction.as_str()),
        (TEAM, team.as_str()),
    ];
    let hours = hour_filters(address);
    fields.extend(hours.iter().map(|(name, value)| (*name, value.as_str())));
    fields.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
    api_query(&access.records_path(what), &fields)
}

/// Returns the fields to choose from: the product's own first, then those that pages send.
pub fn field_choices(fields: Loaded<Fields>, chosen: &str) -> Vec<Choice> {
    let mut offered: Vec<Choice> = ["agentId", "disposition", "metadata.campaign", "callType"]
        .iter()
        .map(|field| Choice::new(*field, field_title(field)))
        .collect();
    let found = fields.answer().map(|answer| answer.fields).unwrap_or_default();
    for field in found.iter().map(|one| one.field.as_str()).chain([chosen]) {
        if offered.iter().all(|one| one.value != field) {
            offered.push(Choice::new(field, field_title(field)));
        }
    }
    offered
}
