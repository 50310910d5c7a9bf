//! The conditions on fields that the list of calls has in its address: at most two at once.

use crate::dashboard::address::Address;

/// The parts of a condition in the address: field, value, whether it is missing, lower and upper end.
pub type Parts = [&'static str; 5];

/// The parts of the two conditions. `from` and `to` are the days in the address, so the ends of the
/// first one have other names there than in the API.
pub const CONDITIONS: [Parts; 2] = [
    ["field", "value", "missing", "least", "below"],
    ["andField", "andValue", "andMissing", "andFrom", "andTo"],
];

/// Returns the parts of the condition on a field, if there is one.
pub fn find_condition(address: Address, field: &str) -> Option<Parts> {
    CONDITIONS.into_iter().find(|[name, ..]| address.get(name).as_deref() == Some(field))
}

/// Returns the changes of the address that set a condition. It takes the place of one on the same
/// field, or of the second one if both are used. `parts` are named as in the first condition.
pub fn set_condition(
    address: Address,
    field: &str,
    parts: &[(&'static str, String)],
) -> Vec<(&'static str, String)> {
    let free = || CONDITIONS.into_iter().find(|[name, ..]| address.get(name).is_none());
    let place = find_condition(address, field).or_else(free).unwrap_or(CONDITIONS[1]);
    let mut changes = Vec::from(place.map(|name| (name, String::new())));
    field.clone_into(&mut changes[0].1);
    for (name, value) in parts {
        if let Some(at) = CONDITIONS[0].iter().position(|part| part == name) {
            changes[at].1.clone_from(value);
        }
    }
    changes
}

/// Returns the changes of the address that remove the condition on a field.
pub fn remove_condition(address: Address, field: &str) -> Vec<(&'static str, String)> {
    let place = find_condition(address, field);
    place.into_iter().flatten().map(|name| (name, String::new())).collect()
}

/// Changes the address.
pub fn apply(address: Address, changes: &[(&'static str, String)]) {
    let changes: Vec<(&str, &str)> =
        changes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    address.set_filters(&changes);
}
