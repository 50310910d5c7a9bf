//! Registry of the values of a field that are counted separately.
//!
//! The first values are counted separately, up to a limit, and all later ones together. This does
//! not change for a value: it stays separate while any call has it, and no value is admitted while
//! calls are counted together. So a call is always subtracted from where it was added.

use super::call_fields::BUILT_IN;
use super::rows::RowKey;
use super::sums::FieldSums;
use super::value::{self, OTHER, TOO_LONG, ValueKind};
use super::{EVERY_CALL, FIELD_NAMES};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, Tx, select_by_keys};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The most separate values of a sent field.
const MAX_VALUES: usize = 1_000;
/// The most separate values of a built-in field, such as agents or call types.
const MAX_BUILT_IN_VALUES: usize = 5_000;
/// The most sent fields of a client.
pub const MAX_FIELDS: usize = 200;

const PUT: BulkInsert = BulkInsert {
    table: "field_values",
    columns: &[Text("client_id"), Text("field"), Text("value"), Int("calls")],
    conflict: "ON CONFLICT (client_id, field, value) DO UPDATE SET calls = excluded.calls",
};

// A key of three parts: the length of the field's name, the name, and the value.
const KNOWN: &str = "
    SELECT v.client_id, v.field, v.value, v.calls
    FROM asked a CROSS JOIN field_values v
    WHERE v.client_id = a.client_id
      AND v.field = SUBSTR(a.name, 5, CAST(SUBSTR(a.name, 1, 4) AS INTEGER))
      AND v.value = SUBSTR(a.name, 5 + CAST(SUBSTR(a.name, 1, 4) AS INTEGER))";

const HOW_MANY: &str = "
    SELECT a.client_id, a.name, COUNT(*)
    FROM asked a CROSS JOIN field_values v
    WHERE v.client_id = a.client_id AND v.field = a.name AND v.value <> 'o'
    GROUP BY a.client_id, a.name";

const REMOVE: &str = "
    DELETE FROM field_values WHERE (client_id, field, value) IN (
        SELECT a.client_id, SUBSTR(a.name, 5, CAST(SUBSTR(a.name, 1, 4) AS INTEGER)),
            SUBSTR(a.name, 5 + CAST(SUBSTR(a.name, 1, 4) AS INTEGER))
        FROM asked a)";

/// A client, a field, and one of its values.
type ValueKey = (String, String, String);

/// The registered values that a transaction needs.
#[derive(Debug, Default)]
pub struct ValueRegistry {
    /// Calls by separate value, and by `OTHER`.
    known: BTreeMap<ValueKey, i64>,
    /// Values that are admitted by this transaction.
    new: BTreeSet<ValueKey>,
}

impl ValueRegistry {
    /// Reads the registered values, and admits new ones.
    pub async fn read_and_admit(
        tx: &mut Tx,
        values: &BTreeSet<(&str, &str, &str)>,
    ) -> Result<Self, sqlx::Error> {
        let mut wanted: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
        for &(client_id, field, value) in values {
            if let Some(value) = registered_name(field, value) {
                wanted.extend([(client_id, field, value), (client_id, field, OTHER)]);
            }
        }
        let names: Vec<(&str, String)> = wanted
            .iter()
            .map(|(client_id, field, value)| (*client_id, value_key(field, value)))
            .collect();
        let mut registry = Self { known: read_known(tx, &names).await?, new: BTreeSet::new() };
        let owned = |(id, field, value): &(&str, &str, &str)| {
            ((*id).to_owned(), (*field).to_owned(), (*value).to_owned())
        };
        let unknown = wanted.iter().map(owned).filter(|key| {
            let (client_id, field, value) = key;
            value != OTHER
                && !registry.known.contains_key(key)
                && registry.calls_of(client_id, field, OTHER) <= 0
        });
        let unknown: Vec<ValueKey> = unknown.collect();
        let fields: BTreeSet<(&str, &str)> =
            unknown.iter().map(|(client_id, field, _)| (&**client_id, &**field)).collect();
        let fields: Vec<(&str, &str)> = fields.into_iter().collect();
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (client_id, field, values) in
            select_by_keys::<(String, String, i64)>(tx, &fields, HOW_MANY).await?
        {
            counts.insert((client_id, field), usize::try_from(values).unwrap_or(0));
        }
        for key in unknown {
            let most = max_values(&key.1);
            let count = counts.entry((key.0.clone(), key.1.clone())).or_default();
            if *count < most {
                *count += 1;
                registry.new.insert(key);
            }
        }
        Ok(registry)
    }

    /// Adds the registered values of changes that are already mapped to their counted values.
    pub async fn with_changed_values(
        mut self,
        tx: &mut Tx,
        changes: &BTreeMap<RowKey, FieldSums>,
    ) -> Result<Self, sqlx::Error> {
        let mut names = BTreeSet::new();
        for ((client_id, field, _), change) in changes {
            let counted =
                change.nonzero_values().filter_map(|(value, _)| counted_name(field, value));
            names.extend(counted.map(|value| (client_id.as_str(), value_key(field, value))));
        }
        self.known.extend(read_known(tx, &names.into_iter().collect::<Vec<_>>()).await?);
        Ok(self)
    }

    /// Builds the registry of one field from all of its values.
    pub fn of_values(client_id: &str, field: &str, values: Vec<(String, i64)>) -> Self {
        let key = |value| (client_id.to_owned(), field.to_owned(), value);
        let known = values.into_iter().map(|(value, calls)| (key(value), calls)).collect();
        Self { known, new: BTreeSet::new() }
    }

    /// Returns whether a field is counted.
    pub fn has_field(&self, client_id: &str, field: &str) -> bool {
        field == FIELD_NAMES
            || field == EVERY_CALL
            || BUILT_IN.contains(&field)
            || self.is_separate(client_id, FIELD_NAMES, field)
    }

    /// Returns the value that a value of a field is counted as.
    pub fn counted_value<'v>(&self, client_id: &str, field: &str, value: &'v str) -> Cow<'v, str> {
        let Some(name) = registered_name(field, value) else { return value.into() };
        if self.is_separate(client_id, field, name) {
            return value.into();
        }
        match value::key_as_number(value) {
            Some(number) if field != FIELD_NAMES => value::bin_key(number).into(),
            _ => OTHER.into(),
        }
    }

    /// Writes the number of calls of each value after these changes, which are already mapped to
    /// their counted values.
    pub async fn write_counts(
        &self,
        tx: &mut Tx,
        changes: &BTreeMap<RowKey, FieldSums>,
    ) -> Result<(), sqlx::Error> {
        let mut sums: BTreeMap<ValueKey, i64> = BTreeMap::new();
        for ((client_id, field, _), change) in changes {
            for (value, line) in change.nonzero_values() {
                if let Some(name) = counted_name(field, value) {
                    let key = (client_id.clone(), field.clone(), name.to_owned());
                    *sums.entry(key).or_default() += line.calls();
                }
            }
        }
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for ((client_id, field, value), change) in sums.iter().filter(|(_, change)| **change != 0) {
            let calls = self.calls_of(client_id, field, value) + change;
            if calls > 0 {
                put.extend([client_id.into(), field.into(), value.into(), calls.into()]);
            } else {
                gone.push((client_id.as_str(), value_key(field, value)));
            }
        }
        PUT.insert_rows(tx, put).await?;
        delete_values(tx, &gone).await
    }

    fn calls_of(&self, client_id: &str, field: &str, value: &str) -> i64 {
        let key = (client_id.to_owned(), field.to_owned(), value.to_owned());
        self.known.get(&key).copied().unwrap_or(0)
    }

    fn is_separate(&self, client_id: &str, field: &str, value: &str) -> bool {
        let key = (client_id.to_owned(), field.to_owned(), value.to_owned());
        self.known.contains_key(&key) || self.new.contains(&key)
    }
}

/// Overwrites and deletes counts of values of one client's field.
pub async fn correct_values(
    tx: &mut Tx,
    client_id: &str,
    field: &str,
    right: &[(&str, i64)],
    gone: &[&str],
) -> Result<(), sqlx::Error> {
    let cells = right.iter().flat_map(|(value, calls)| {
        [client_id.into(), field.into(), (*value).into(), (*calls).into()]
    });
    PUT.insert_rows(tx, cells.collect()).await?;
    let gone: Vec<(&str, String)> =
        gone.iter().map(|value| (client_id, value_key(field, value))).collect();
    delete_values(tx, &gone).await
}

async fn read_known(
    tx: &mut Tx,
    names: &[(&str, String)],
) -> Result<BTreeMap<ValueKey, i64>, sqlx::Error> {
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (*id, &**name)).collect();
    let rows: Vec<(String, String, String, i64)> = select_by_keys(tx, &names, KNOWN).await?;
    Ok(rows.into_iter().map(|(id, field, value, calls)| ((id, field, value), calls)).collect())
}

async fn delete_values(tx: &mut Tx, gone: &[(&str, String)]) -> Result<(), sqlx::Error> {
    let gone: Vec<(&str, &str)> = gone.iter().map(|(id, name)| (*id, &**name)).collect();
    select_by_keys::<(i64,)>(tx, &gone, REMOVE).await?;
    Ok(())
}

/// Returns the name under which a value is registered; `None` for values that are always or never
/// separate.
fn registered_name<'v>(field: &str, value: &'v str) -> Option<&'v str> {
    match field {
        EVERY_CALL => None,
        // A field's name is prefixed with the kind of its values.
        FIELD_NAMES => value
            .get(1..)
            .filter(|name| !BUILT_IN.contains(name) && *name != EVERY_CALL && *name != FIELD_NAMES),
        _ => (value != TOO_LONG).then_some(value),
    }
}

/// Returns the registered name under which the calls of a stored value are counted.
pub fn counted_name<'v>(field: &str, value: &'v str) -> Option<&'v str> {
    if value == OTHER
        || (value::key_kind(value) == Some(ValueKind::Number) && !value.starts_with('n'))
    {
        return (field != EVERY_CALL).then_some(OTHER);
    }
    registered_name(field, value)
}

/// Returns how many values of a field may be separate.
pub fn max_values(field: &str) -> usize {
    match field {
        FIELD_NAMES => MAX_FIELDS,
        field if BUILT_IN.contains(&field) => MAX_BUILT_IN_VALUES,
        _ => MAX_VALUES,
    }
}

/// Encodes field and value as one text.
fn value_key(field: &str, value: &str) -> String {
    format!("{:04}{field}{value}", field.chars().count())
}
