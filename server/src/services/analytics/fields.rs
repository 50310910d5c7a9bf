//! Lists the fields by which a client's calls can be broken down.

use super::dates::DateRange;
use super::{breakdown, overview};
use crate::services::{ServiceError, require_feature};
use crate::storage::{
    BUILT_IN, Client, FIELD_NAMES, FieldRow, MAX_FIELDS, OTHER, Span, Store, ValueKind, key_kind,
    rounded_ratio,
};
use call_ribbon_shared::wire::{Field, FieldType, Fields};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Abbreviations, each with the word that it is compared as.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("acc", "account"),
    ("acct", "account"),
    ("addr", "address"),
    ("amnt", "amount"),
    ("amt", "amount"),
    ("bal", "balance"),
    ("cat", "category"),
    ("cell", "phone"),
    ("cust", "customer"),
    ("desc", "description"),
    ("dob", "dateofbirth"),
    ("dt", "date"),
    ("mob", "phone"),
    ("mobile", "phone"),
    ("nbr", "number"),
    ("no", "number"),
    ("num", "number"),
    ("org", "organization"),
    ("ph", "phone"),
    ("prod", "product"),
    ("pymt", "payment"),
    ("qty", "quantity"),
    ("ref", "reference"),
    ("tel", "phone"),
    ("txn", "transaction"),
];

/// Returns the fields that calls of a range have.
pub async fn list_fields(
    store: &Store,
    client: &Client,
    range: DateRange,
) -> Result<Fields, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let span = Span { from: range.from, until: range.until, customer_id: None };
    let found = store.fields().sum_by_field(&client.id, FIELD_NAMES, &span).await?;
    let rows = store.fields().list_fields(&client.id).await?;
    let known: BTreeMap<&str, &FieldRow> =
        rows.iter().map(|row| (row.field.as_str(), row)).collect();
    let mut edges = store.fields().find_field_edges(&client.id).await?;
    let total_calls = found.all.calls();
    let mut kinds: BTreeMap<&str, BTreeMap<ValueKind, i64>> = BTreeMap::new();
    for (value, line) in found.values.nonzero_values() {
        if let (Some(kind), Some(name)) = (key_kind(value), value.get(1..))
            && value != OTHER
        {
            *kinds.entry(name).or_default().entry(kind).or_default() += line.calls();
        }
    }
    let spelled = group_by_spelling(kinds.keys().copied());
    let mut fields: Vec<Field> = Vec::new();
    for (name, kinds) in &kinds {
        let calls = kinds.values().sum();
        let row = known.get(name);
        let same = spelled.get(&normalized_spelling(name)).into_iter().flatten();
        fields.push(Field {
            field: (*name).to_owned(),
            r#type: breakdown::majority_type_of(kinds).unwrap_or(FieldType::Text),
            calls,
            coverage: rounded_ratio(calls, total_calls),
            distinct_values: row.map_or(0, |row| row.distinct_values),
            truncated: row.is_some_and(|row| row.others > 0),
            spelled_like: same.filter(|other| *other != name).map(|s| (*s).to_owned()).collect(),
            edges: edges.remove(*name),
        });
    }
    let own = |field: &Field| !BUILT_IN.contains(&field.field.as_str());
    fields.sort_by(|one, other| {
        let place = |field: &Field| (own(field), Reverse(if own(field) { field.calls } else { 0 }));
        place(one).cmp(&place(other)).then_with(|| one.field.cmp(&other.field))
    });
    let more = known.get(FIELD_NAMES).is_some_and(|row| row.others > 0);
    debug_assert!(fields.len() <= MAX_FIELDS + BUILT_IN.len(), "no more than are kept");
    Ok(Fields { fields, total_calls, truncated: more })
}

/// Grouping sent fields by their normalised spelling.
fn group_by_spelling<'f>(fields: impl Iterator<Item = &'f str>) -> BTreeMap<String, Vec<&'f str>> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for field in fields.filter(|field| !BUILT_IN.contains(field)) {
        groups.entry(normalized_spelling(field)).or_default().push(field);
    }
    groups
}

/// Returns the normalised spelling of a field: the words of its path in lower case, without
/// abbreviations, joined.
fn normalized_spelling(field: &str) -> String {
    let path = field.split_once('.').map_or(field, |(_, path)| path);
    let mut words: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for c in path.chars() {
        let is_gap = !c.is_alphanumeric();
        if is_gap || (c.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !is_gap) {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase() || c.is_numeric();
    }
    let whole = |word: &String| {
        let same = ABBREVIATIONS.iter().find(|(short, _)| short == word);
        same.map_or_else(|| word.clone(), |(_, long)| (*long).to_owned())
    };
    words.iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_one() {
        for same in [
            ["context.loanAmount", "context.loan_amt"],
            ["context.LoanAmount", "metadata.loan-amount"],
            ["context.loan.amount", "context.LOAN_AMOUNT"],
            ["context.custNo", "metadata.customer_number"],
            ["context.phone1", "context.ph1"],
        ] {
            let differs = same[0].ends_with('1');
            assert_eq!(
                normalized_spelling(same[0]) == normalized_spelling(same[1]),
                !differs,
                "{same:?}"
            );
        }
        assert_ne!(
            normalized_spelling("context.loanAmount"),
            normalized_spelling("context.loanAccount")
        );
    }
}
