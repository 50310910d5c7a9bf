//! Tests that the dashboard has words for every act that the audit log may hold.

use std::collections::BTreeSet;
use std::path::Path;

/// Texts that look like acts: columns, a field in an example, and a type of webhooks.
const NO_ACTS: [&str; 4] =
    ["call_notes.agent_id", "follow_ups.agent_id", "context.daysOverdue", "call.connected"];

/// Returns the texts in a source that are written like an act, such as `key.created`.
fn acts_in(source: &str) -> BTreeSet<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || "_-".contains(c))
    };
    let is_act = |text: &&str| {
        let words = text.split_once('.');
        words.is_some_and(|(subject, act)| is_word(subject) && is_word(act))
    };
    source.split('"').filter(is_act).map(str::to_owned).collect()
}

/// Adds the acts of every source below a folder that writes into the audit log.
fn add_acts_below(folder: &Path, acts: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_acts_below(&path, acts);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        // An act may be chosen in one file and written in another; both name the log.
        if source.contains("audit") {
            acts.extend(acts_in(source));
        }
    }
}

#[test]
fn every_act_has_words_in_the_dashboard() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut acts = BTreeSet::new();
    for folder in ["src/storage", "src/services"] {
        add_acts_below(&server.join(folder), &mut acts);
    }
    acts.retain(|act| !NO_ACTS.contains(&act.as_str()));
    let dashboard = server.join("../widget/src/dashboard/views/settings/audit.rs");
    let worded = acts_in(&std::fs::read_to_string(dashboard).unwrap());
    assert!(acts.len() > 40, "the acts were not found: {acts:?}");
    let missing: Vec<_> = acts.difference(&worded).collect();
    assert!(missing.is_empty(), "ACTS in the dashboard's audit.rs has no words for {missing:?}");
    let left: Vec<_> = worded.difference(&acts).collect();
    assert!(left.is_empty(), "ACTS in the dashboard's audit.rs has words for no act: {left:?}");
}
