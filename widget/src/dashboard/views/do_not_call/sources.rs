//! The sources of entries that a list can be filtered by.

use super::words::{REGISTER, source_text};
use crate::dashboard::ui::Choice;
use call_ribbon_shared::wire::SuppressionImport;

/// The sources that every client has.
const USUAL: [&str; 4] = ["agent", "customer", "staff", "import"];

/// Returns the choices of a filter: the usual sources, the registers of imports, and the chosen one.
pub fn source_choices(imports: &[SuppressionImport], chosen: &str) -> Vec<Choice> {
    let mut registers: Vec<&str> = imports.iter().map(|one| one.source.as_str()).collect();
    registers.push(chosen);
    registers.retain(|source| source.starts_with(REGISTER));
    registers.sort_unstable();
    registers.dedup();
    let all = std::iter::once(Choice::new("", "All sources"));
    let named = USUAL.into_iter().chain(registers);
    all.chain(named.map(|source| Choice::new(source, source_text(source)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_register_is_a_choice_even_if_no_import_has_it() {
        let values = |chosen: &str| -> Vec<String> {
            source_choices(&[], chosen).into_iter().map(|choice| choice.value).collect()
        };
        assert_eq!(values(""), ["", "agent", "customer", "staff", "import"]);
        assert_eq!(values("registry:x").last().map(String::as_str), Some("registry:x"));
    }
}
