//! Registry of the values of a field that are counted separately.
//!
//! The first values are counted separately, up to a limit, and all later ones together. This does
//! not change for a value: it stays separate while any call has it, and no value is admitted while
//! calls are counted together. So a call is always subtracted from where it was added.

use super::of_call::BUILT_IN;
use super::rows::RowKey;
use super::sums::Sums;
use super::value::{self, Kind, OTHER, TOO_LONG};
use super::{EVERY_CALL, THE_FIELDS};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{Insert, Tx, about};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The most separate values of a sent field.
const MOST: usize = 1_000;
/// The most separate values of a built-in field, such as agents or call types.
const MOST_BUILT_IN: usize = 5_000;
/// The most sent fields of a client.
pub const MOST_FIELDS: usize = 200;

const PUT: Insert = Insert {
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
pub struct Registry {
    /// Calls by separate value, and by `OTHER`.
    known: BTreeMap<ValueKey, i64>,
    /// Values that are admitted by this transaction.
    new: BTreeSet<ValueKey>,
}

impl Registry {
    /// Reads the registered values, and admits new ones.
    pub async fn read(
        tx: &mut Tx,
        values: &BTreeSet<(&str, &str, &str)>,
    ) -> Result<Self, sqlx::Error> {
        let mut wanted: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
        for &(client_id, field, value) in values {
            if let Some(value) = registered(field, value) {
                wanted.extend([(client_id, field, value), (client_id, field, OTHER)]);
            }
        }
        let names: Vec<(&str, String)> = wanted
            .iter()
            .map(|(client_id, field, value)| (*client_id, name(field, value)))
            .collect();
        let mut registry = Self { known: known(tx, &names).await?, new: BTreeSet::new() };
        let owned = |(id, field, value): &(&str, &str, &str)| {
            ((*id).to_owned(), (*field).to_owned(), (*value).to_owned())
        };
        let unknown = wanted.iter().map(owned).filter(|key| {
            let (client_id, field, value) = key;
            value != OTHER
                && !registry.known.contains_key(key)
                && registry.calls(client_id, field, OTHER) <= 0
        });
        let unknown: Vec<ValueKey> = unknown.collect();
        let fields: BTreeSet<(&str, &str)> =
            unknown.iter().map(|(client_id, field, _)| (&**client_id, &**field)).collect();
        let fields: Vec<(&str, &str)> = fields.into_iter().collect();
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (client_id, field, values) in
            about::<(String, String, i64)>(tx, &fields, HOW_MANY).await?
        {
            counts.insert((client_id, field), usize::try_from(values).unwrap_or(0));
        }
        for key in unknown {
            let most = most(&key.1);
            let count = counts.entry((key.0.clone(), key.1.clone())).or_default();
            if *count < most {
                *count += 1;
                registry.new.insert(key);
            }
        }
        Ok(registry)
    }

    /// Adds the registered values of changes that are already mapped to their counted values.
    pub async fn and_of(
        mut self,
        tx: &mut Tx,
        changes: &BTreeMap<RowKey, Sums>,
    ) -> Result<Self, sqlx::Error> {
        let mut names = BTreeSet::new();
        for ((client_id, field, _), change) in changes {
            let counted = change.lines().filter_map(|(value, _)| counted_as(field, value));
            names.extend(counted.map(|value| (client_id.as_str(), name(field, value))));
        }
        self.known.extend(known(tx, &names.into_iter().collect::<Vec<_>>()).await?);
        Ok(self)
    }

    /// Builds the registry of one field from all of its values.
    pub fn of_field(client_id: &str, field: &str, values: Vec<(String, i64)>) -> Self {
        let key = |value| (client_id.to_owned(), field.to_owned(), value);
        let known = values.into_iter().map(|(value, calls)| (key(value), calls)).collect();
        Self { known, new: BTreeSet::new() }
    }

    /// Returns whether a field is counted.
    pub fn has_field(&self, client_id: &str, field: &str) -> bool {
        field == THE_FIELDS
            || field == EVERY_CALL
            || BUILT_IN.contains(&field)
            || self.is_own(client_id, THE_FIELDS, field)
    }

    /// Returns the value that a value of a field is counted as.
    pub fn place<'v>(&self, client_id: &str, field: &str, value: &'v str) -> Cow<'v, str> {
        let Some(name) = registered(field, value) else { return value.into() };
        if self.is_own(client_id, field, name) {
            return value.into();
        }
        match value::as_number(value) {
            Some(number) if field != THE_FIELDS => value::bin(number).into(),
            _ => OTHER.into(),
        }
    }

    /// Writes the number of calls of each value after these changes, which are already mapped to
    /// their counted values.
    pub async fn write(
        &self,
        tx: &mut Tx,
        changes: &BTreeMap<RowKey, Sums>,
    ) -> Result<(), sqlx::Error> {
        let mut sums: BTreeMap<ValueKey, i64> = BTreeMap::new();
        for ((client_id, field, _), change) in changes {
            for (value, line) in change.lines() {
                if let Some(name) = counted_as(field, value) {
                    let key = (client_id.clone(), field.clone(), name.to_owned());
                    *sums.entry(key).or_default() += line.calls();
                }
            }
        }
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for ((client_id, field, value), change) in sums.iter().filter(|(_, change)| **change != 0) {
            let calls = self.calls(client_id, field, value) + change;
            if calls > 0 {
                put.extend([client_id.into(), field.into(), value.into(), calls.into()]);
            } else {
                gone.push((client_id.as_str(), name(field, value)));
            }
        }
        PUT.write(tx, put).await?;
        remove(tx, &gone).await
    }

    fn calls(&self, client_id: &str, field: &str, value: &str) -> i64 {
        let key = (client_id.to_owned(), field.to_owned(), value.to_owned());
        self.known.get(&key).copied().unwrap_or(0)
    }

    fn is_own(&self, client_id: &str, field: &str, value: &str) -> bool {
        let key = (client_id.to_owned(), field.to_owned(), value.to_owned());
        self.known.contains_key(&key) || self.new.contains(&key)
    }
}

/// Overwrites and deletes counts of values of one client's field.
pub async fn put_right(
    tx: &mut Tx,
    client_id: &str,
    field: &str,
    right: &[(&str, i64)],
    gone: &[&str],
) -> Result<(), sqlx::Error> {
    let cells = right.iter().flat_map(|(value, calls)| {
        [client_id.into(), field.into(), (*value).into(), (*calls).into()]
    });
    PUT.write(tx, cells.collect()).await?;
    let gone: Vec<(&str, String)> =
        gone.iter().map(|value| (client_id, name(field, value))).collect();
    remove(tx, &gone).await
}

async fn known(
    tx: &mut Tx,
    names: &[(&str, String)],
) -> Result<BTreeMap<ValueKey, i64>, sqlx::Error> {
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (*id, &**name)).collect();
    let rows: Vec<(String, String, String, i64)> = about(tx, &names, KNOWN).await?;
    Ok(rows.into_iter().map(|(id, field, value, calls)| ((id, field, value), calls)).collect())
}

async fn remove(tx: &mut Tx, gone: &[(&str, String)]) -> Result<(), sqlx::Error> {
    let gone: Vec<(&str, &str)> = gone.iter().map(|(id, name)| (*id, &**name)).collect();
    about::<(i64,)>(tx, &gone, REMOVE).await?;
    Ok(())
}

/// Returns the name under which a value is registered; `None` for values that are always or never
/// separate.
fn registered<'v>(field: &str, value: &'v str) -> Option<&'v str> {
    match field {
        EVERY_CALL => None,
        // A field's name is prefixed with the kind of its values.
        THE_FIELDS => value
            .get(1..)
            .filter(|name| !BUILT_IN.contains(name) && *name != EVERY_CALL && *name != THE_FIELDS),
        _ => (value != TOO_LONG).then_some(value),
    }
}

/// Returns the registered name under which the calls of a stored value are counted.
pub fn counted_as<'v>(field: &str, value: &'v str) -> Option<&'v str> {
    if value == OTHER || (value::kind(value) == Some(Kind::Number) && !value.starts_with('n')) {
        return (field != EVERY_CALL).then_some(OTHER);
    }
    registered(field, value)
}

/// Returns how many values of a field may be separate.
pub fn most(field: &str) -> usize {
    match field {
        THE_FIELDS => MOST_FIELDS,
        field if BUILT_IN.contains(&field) => MOST_BUILT_IN,
        _ => MOST,
    }
}

/// Encodes field and value as one text.
fn name(field: &str, value: &str) -> String {
    format!("{:04}{field}{value}", field.chars().count())
}
