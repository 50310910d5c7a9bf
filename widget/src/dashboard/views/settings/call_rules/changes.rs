//! What a change of the settings does, in sentences.

use super::pack::{Pack, RuleSettings};
use crate::dashboard::views::do_not_call::purpose_name;

/// The paths in the page's data: what each leads to.
const PATHS: [&str; 3] = ["the account", "who is called", "the customer’s time zone"];

/// Returns a sentence for each difference between the saved settings and the new ones.
pub fn list_changes(saved: &RuleSettings, new: &RuleSettings, packs: &[Pack]) -> Vec<String> {
    let title = |name: &String| {
        let pack = packs.iter().find(|pack| pack.name == *name);
        pack.map_or_else(|| name.clone(), |pack| pack.title.clone())
    };
    let mut all = Vec::new();
    for name in new.packs.iter().filter(|name| !saved.packs.contains(name)) {
        all.push(format!("“{}” is switched on.", title(name)));
    }
    for name in saved.packs.iter().filter(|name| !new.packs.contains(name)) {
        all.push(format!("“{}” is switched off.", title(name)));
    }
    for (name, purpose) in &new.call_types {
        let purpose_now = purpose_name(purpose);
        match saved.call_types.get(name) {
            None => all.push(format!("Calls of the type “{name}” count as {purpose_now}.")),
            Some(before) if before != purpose => all.push(format!(
                "Calls of the type “{name}” count as {purpose_now}, no longer as {}.",
                purpose_name(before)
            )),
            Some(_) => {}
        }
    }
    for name in saved.call_types.keys().filter(|name| !new.call_types.contains_key(*name)) {
        all.push(format!("The type “{name}” has no purpose any more."));
    }
    if saved.sector != new.sector {
        all.push(match &new.sector {
            Some(sector) => format!("The line of business is “{sector}”."),
            None => "The line of business is no longer set.".to_owned(),
        });
    }
    let paths = |of: &RuleSettings| {
        [of.account_field.clone(), of.party_field.clone(), of.zone_field.clone()]
    };
    for ((what, before), now) in PATHS.into_iter().zip(paths(saved)).zip(paths(new)) {
        if before != now {
            all.push(format!("“{now}” says {what}, no longer “{before}”."));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(packs: &[&str], types: &[(&str, &str)], sector: Option<&str>) -> RuleSettings {
        RuleSettings {
            packs: packs.iter().map(|name| (*name).to_owned()).collect(),
            call_types: types
                .iter()
                .map(|(name, of)| ((*name).to_owned(), (*of).to_owned()))
                .collect(),
            sector: sector.map(str::to_owned),
            account_field: "context.accountId".to_owned(),
            party_field: "context.party".to_owned(),
            zone_field: "context.timeZone".to_owned(),
        }
    }

    #[test]
    fn each_difference_is_a_sentence() {
        let saved = settings(&["a", "b"], &[("emi", "sales"), ("old", "sales")], Some("bank"));
        let mut new = settings(&["b", "c"], &[("emi", "recovery"), ("kyc", "service")], None);
        new.zone_field = "zone".to_owned();
        assert_eq!(list_changes(&saved, &saved, &[]), Vec::<String>::new());
        assert_eq!(
            list_changes(&saved, &new, &[]),
            [
                "“c” is switched on.",
                "“a” is switched off.",
                "Calls of the type “emi” count as Recovery of debts, no longer as Sales.",
                "Calls of the type “kyc” count as Service.",
                "The type “old” has no purpose any more.",
                "The line of business is no longer set.",
                "“zone” says the customer’s time zone, no longer “context.timeZone”.",
            ]
        );
    }
}
