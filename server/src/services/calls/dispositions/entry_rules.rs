//! Checks what an entry of a client's list asks for and does, beside its code and label.

use super::{
    MAX_CHOICES, MAX_FOLLOW_UP_MINUTES, MAX_LABEL_CHARS, MAX_OUTCOME_FIELDS, is_code, is_label,
};
use call_ribbon_shared::wire::{Disposition, OutcomeAct, OutcomeField, OutcomeFieldKind};
use std::collections::BTreeSet;

/// The name of the wrong part, and what it must be.
type Wrong = (String, String);

/// Checks an entry of the list.
pub(super) fn check_entry(entry: &Disposition, list: &[Disposition]) -> Result<(), Wrong> {
    check_parent(entry, list)?;
    check_fields(&entry.requires)?;
    check_follow_up(entry)
}

fn check_parent(entry: &Disposition, list: &[Disposition]) -> Result<(), Wrong> {
    let has_others = list.iter().any(|other| other.parent.as_ref() == Some(&entry.code));
    let Some(parent) = &entry.parent else {
        // It is only the heading of the others, which no agent chooses.
        let carries = if entry.requires.is_empty() { "does" } else { "requires" };
        if has_others && !(entry.requires.is_empty() && entry.does.is_empty()) {
            return wrong(carries, "must be left out, as the entry has others under it");
        }
        return Ok(());
    };
    if *parent == entry.code {
        return wrong("parent", "must be the code of another entry");
    }
    match list.iter().find(|other| other.code == *parent) {
        None => wrong("parent", "must be the code of an entry of the list"),
        Some(above) if above.parent.is_some() => {
            wrong("parent", "must be an entry without a parent, as there is only one level")
        }
        Some(_) if has_others => wrong(
            "parent",
            "must be left out, as the entry has others under it: there is only one level",
        ),
        Some(_) => Ok(()),
    }
}

fn check_fields(fields: &[OutcomeField]) -> Result<(), Wrong> {
    if fields.len() > MAX_OUTCOME_FIELDS {
        return wrong("requires", &format!("must have at most {MAX_OUTCOME_FIELDS} fields"));
    }
    let mut names = BTreeSet::new();
    for (place, OutcomeField { name, label, kind, choices, .. }) in fields.iter().enumerate() {
        let wrong = |part: &str, what: &str| wrong(&format!("requires[{place}].{part}"), what);
        if !is_code(name) {
            return wrong("name", "must be 1 to 64 letters, digits, _ or -");
        }
        if !names.insert(name) {
            return wrong("name", "is on the list twice");
        }
        if !is_label(label, MAX_LABEL_CHARS) {
            return wrong("label", &format!("must be a text of 1 to {MAX_LABEL_CHARS} characters"));
        }
        if *kind != OutcomeFieldKind::Choice {
            if !choices.is_empty() {
                return wrong("choices", "must be left out, as only a choice has choices");
            }
            continue;
        }
        let unique: BTreeSet<&String> = choices.iter().collect();
        let fit = choices.iter().all(|choice| is_label(choice, MAX_LABEL_CHARS));
        if choices.is_empty() || choices.len() > MAX_CHOICES || unique.len() < choices.len() || !fit
        {
            let what = format!(
                "must be 1 to {MAX_CHOICES} different texts of 1 to {MAX_LABEL_CHARS} characters"
            );
            return wrong("choices", &what);
        }
    }
    Ok(())
}

fn check_follow_up(entry: &Disposition) -> Result<(), Wrong> {
    let does = |act| entry.does.contains(&act);
    let (follows, retries) = (does(OutcomeAct::FollowUp), does(OutcomeAct::Retry));
    if follows && retries {
        return wrong("does", "may have follow_up or retry, not both");
    }
    match entry.follow_up_after_minutes {
        Some(_) if !follows && !retries => {
            let what = "must be left out, or does must have follow_up or retry";
            wrong("followUpAfterMinutes", what)
        }
        Some(minutes) if !(1..=MAX_FOLLOW_UP_MINUTES).contains(&minutes) => {
            let what =
                format!("must be a whole number of minutes from 1 to {MAX_FOLLOW_UP_MINUTES}");
            wrong("followUpAfterMinutes", &what)
        }
        None if follows => {
            let has_day =
                |field: &OutcomeField| field.kind == OutcomeFieldKind::Date && !field.optional;
            if entry.requires.iter().any(has_day) {
                return Ok(());
            }
            let what =
                "is missing: a follow-up needs it, or a date among the fields that is not optional";
            wrong("followUpAfterMinutes", what)
        }
        _ => Ok(()),
    }
}

fn wrong<T>(part: &str, what: &str) -> Result<T, Wrong> {
    Err((part.to_owned(), what.to_owned()))
}
