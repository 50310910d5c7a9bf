//! Values of a field that a client counts as one, such as `hi`, `HI` and `Hindi`.

use crate::services::ServiceError;
use crate::storage::{Client, FieldTotals, Store, entered_keys, key_as_json, text_key};
use call_ribbon_shared::wire::MergedValue;
use std::collections::HashMap;

/// The keys of a field's spellings, each with the key of the value as which it counts.
#[derive(Debug, Default)]
pub struct MergedValues(HashMap<String, String>);

impl MergedValues {
    /// Reads the client's setting for a field.
    pub async fn of_field(
        store: &Store,
        client: &Client,
        field: &str,
    ) -> Result<Self, ServiceError> {
        Ok(Self::new(&list_values(store, client, field).await?))
    }

    fn new(values: &[MergedValue]) -> Self {
        let mut keys = HashMap::new();
        for MergedValue { value, spellings } in values {
            let Some(key) = text_key(value) else { continue };
            let all = spellings.iter().chain([value]).flat_map(|text| entered_keys(text));
            keys.extend(all.map(|spelling| (spelling, key.clone())));
        }
        Self(keys)
    }

    /// Returns the key as which a key counts.
    pub fn find_key<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }

    /// Returns the text as which a text counts.
    pub fn find_text(&self, text: String) -> String {
        let key = text_key(&text).and_then(|key| key_as_json(self.0.get(&key)?));
        key.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or(text)
    }

    /// Adds up the sums of values that count as one.
    pub fn merge(&self, mut totals: FieldTotals) -> FieldTotals {
        if !self.0.is_empty() {
            let found = std::mem::take(&mut totals.values);
            for (key, line) in found.nonzero_values() {
                totals.values.add(self.find_key(key), line, 1);
            }
        }
        totals
    }
}

/// Returns a text that a field is filtered by with all its spellings.
pub async fn list_spellings(
    store: &Store,
    client: &Client,
    field: &str,
    text: String,
) -> Result<Vec<String>, ServiceError> {
    let values = list_values(store, client, field).await?.into_iter();
    let spellings = values.filter(|one| one.value == text).flat_map(|one| one.spellings);
    let spellings: Vec<String> = spellings.collect();
    Ok([text].into_iter().chain(spellings).collect())
}

async fn list_values(
    store: &Store,
    client: &Client,
    field: &str,
) -> Result<Vec<MergedValue>, ServiceError> {
    let labels = store.clients().find_field_labels(&client.id).await?;
    Ok(labels
        .into_iter()
        .find(|label| label.field == field)
        .map(|label| label.values)
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_count_as_their_value() {
        let value = |value: &str, spellings: &[&str]| MergedValue {
            value: value.to_owned(),
            spellings: spellings.iter().map(|text| (*text).to_owned()).collect(),
        };
        let merged =
            MergedValues::new(&[value("Hindi", &["hi", "HI"]), value("1", &["one", "true"])]);
        for (key, counts_as) in [
            ("thi", "tHindi"),
            ("tHI", "tHindi"),
            ("tHindi", "tHindi"),
            ("thindi", "thindi"),
            ("n1e0", "t1"),
            ("b1", "t1"),
            ("tone", "t1"),
            ("n2e0", "n2e0"),
            ("o", "o"),
        ] {
            assert_eq!(merged.find_key(key), counts_as, "{key}");
        }
        assert_eq!(merged.find_text("HI".to_owned()), "Hindi");
        assert_eq!(merged.find_text("en".to_owned()), "en");
    }
}
