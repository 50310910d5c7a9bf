//! Warns of registers whose latest file is too old for a rule that is on: such a rule stops calls.

use super::words::millis_of;
use crate::dashboard::ui::{Note, Tone, format};
use crate::dashboard::views::settings::call_rules::pack::{CallRules, Test};
use call_ribbon_shared::wire::SuppressionImport;
use leptos::prelude::*;

const DAY: f64 = 86_400_000.0;

/// A register that a rule looks into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Its name.
    pub name: String,
    /// The title of the pack.
    pub pack: String,
    /// The most days that its file may be old.
    pub most_days: u32,
    /// Whether the pack is on.
    pub is_on: bool,
}

/// Returns the registers of all packs, each once for each pack.
pub fn registers_of(rules: &CallRules) -> Vec<Register> {
    let of_pack = rules.packs.iter().flat_map(|pack| {
        pack.rules.iter().filter_map(|rule| match &rule.test {
            Test::Registry { name, most_days_old, .. } => Some(Register {
                name: name.clone(),
                pack: pack.title.clone(),
                most_days: *most_days_old,
                is_on: rules.settings.packs.contains(&pack.name),
            }),
            _ => None,
        })
    });
    of_pack.collect()
}

/// Returns the date of the newest file that counts as a copy of a register.
fn newest_file<'a>(name: &str, imports: &'a [SuppressionImport]) -> Option<&'a str> {
    let of_register = imports
        .iter()
        .filter(|one| one.is_copy() && one.source.strip_prefix("registry:") == Some(name));
    of_register.map(|one| one.as_of.as_str()).max()
}

/// Returns a warning for each register of a pack that is on whose file is missing or too old.
fn warnings(
    registers: &[Register],
    imports: &[SuppressionImport],
    now: f64,
    millis: fn(&str) -> Option<f64>,
) -> Vec<String> {
    let on = registers.iter().filter(|register| register.is_on);
    on.filter_map(|register| {
        let Register { name, pack, most_days, .. } = register;
        let what = match newest_file(name, imports) {
            None => format!("No file of the register {name} was imported."),
            Some(at) => {
                let days = (now - millis(at)?) / DAY;
                if days <= f64::from(*most_days) {
                    return None;
                }
                let days = days.floor();
                format!("The latest file of the register {name} is more than {days:.0} days old.")
            }
        };
        let most = format!("The rules “{pack}” permit {most_days} days, so they object to every call that they judge. Import the register’s current file.");
        Some(format!("{what} {most}"))
    })
    .collect()
}

/// Shows the warnings; nothing if every register is current.
pub fn render_warnings(
    registers: &[Register],
    imports: &[SuppressionImport],
) -> impl IntoView + use<> {
    let all = warnings(registers, imports, format::now_millis(), millis_of);
    all.into_iter().map(|text| view! { <Note tone=Tone::Amber>{text}</Note> }).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(source: &str, as_of: &str, is_finished: bool) -> SuppressionImport {
        SuppressionImport {
            import_id: String::new(),
            source: source.to_owned(),
            as_of: as_of.to_owned(),
            started_at: String::new(),
            finished_at: is_finished.then(String::new),
            lines: 1,
            entries: 1,
            bad_lines: 0,
            first_bad_lines: Vec::new(),
            by: None,
            added_entries: None,
            later_entries: None,
            removed_entries: None,
        }
    }

    #[test]
    fn a_register_is_warned_of_if_its_newest_complete_file_is_too_old() {
        let register = |is_on| Register {
            name: "in-preference".to_owned(),
            pack: "India".to_owned(),
            most_days: 7,
            is_on,
        };
        // The dates are numbers of days, to need no browser.
        let millis = |at: &str| at.parse::<f64>().ok().map(|days| days * DAY);
        let count = |is_on, imports: &[SuppressionImport]| {
            warnings(&[register(is_on)], imports, 20.0 * DAY, millis).len()
        };
        assert_eq!(count(true, &[]), 1);
        assert_eq!(count(false, &[]), 0);
        assert_eq!(count(true, &[import("registry:in-preference", "13", true)]), 0);
        assert_eq!(count(true, &[import("registry:in-preference", "12.9", true)]), 1);
        assert_eq!(count(true, &[import("registry:in-preference", "19", false)]), 1);
        assert_eq!(count(true, &[import("registry:other", "19", true)]), 1);
        for (entries, bad_lines, warns) in [(0, 100, 1), (98, 2, 1), (99, 1, 0), (0, 0, 1)] {
            let file = SuppressionImport {
                lines: 100,
                entries,
                bad_lines,
                ..import("registry:in-preference", "19", true)
            };
            assert_eq!(count(true, &[file]), warns, "{entries} {bad_lines}");
        }
    }
}
