//! Names the groups of a pivot, and links each to its calls.

use crate::dashboard::address::Address;
use crate::dashboard::address::range::{self, chosen_days};
use crate::dashboard::views::field::row_name;
use crate::dashboard::views::time_of_day::hour_filters;
use call_ribbon_shared::wire::{GroupKind, PivotGroup};

/// The filters of the list of calls that stand for a field, in the address.
const OWN: [(&str, &str); 4] = [
    ("agentId", "agentId"),
    ("disposition", "disposition"),
    ("callType", "callType"),
    ("status", "status"),
];
/// The parts of the condition on a field: field, value, lower and upper end, missing.
const FIRST: [&str; 5] = ["field", "value", "least", "below", "missing"];
const SECOND: [&str; 5] = ["andField", "andValue", "andFrom", "andTo", "andMissing"];

/// Returns a group's name.
pub fn group_name(field: &str, group: &PivotGroup) -> String {
    match group.kind {
        GroupKind::Other => "Other".to_owned(),
        GroupKind::Missing if field == "disposition" => "No outcome".to_owned(),
        GroupKind::Missing if field == "agentId" => "No agent".to_owned(),
        GroupKind::Missing => "No value".to_owned(),
        GroupKind::Value | GroupKind::Range => row_name(&group.row),
    }
}

/// Returns the address of the calls that all of these groups have in common; `None` if one of them
/// has no condition, as "Other" has none.
pub fn calls_of(address: Address, groups: &[(&str, &PivotGroup)]) -> Option<String> {
    let mut filters = vec![
        ("callDirection", address.filter_or("callDirection", "")),
        ("timezone", address.filter_or("timezone", "")),
    ];
    filters.extend(hour_filters(address));
    let mut names = [FIRST, SECOND].into_iter();
    for (field, group) in groups {
        let value = group.row.value.as_ref();
        let text =
            value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let own = OWN.iter().find(|(of, _)| of == field);
        if let (GroupKind::Value, Some((_, name)), Some(text)) = (group.kind, own, &text) {
            filters.push((*name, text.clone()));
            continue;
        }
        let [of, one, least, below, missing] = names.next()?;
        filters.push((of, (*field).to_owned()));
        match group.kind {
            GroupKind::Other => return None,
            GroupKind::Missing => filters.push((missing, "true".to_owned())),
            GroupKind::Value => filters.push((one, text?)),
            GroupKind::Range => {
                filters.extend(group.row.from.map(|from| (least, from.to_string())));
                filters.extend(group.row.to.map(|to| (below, to.to_string())));
            }
        }
    }
    Some(range::calls_link(chosen_days(address), &filters))
}
