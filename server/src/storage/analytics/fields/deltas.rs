//! Changes of the sums of fields, collected to be written together.

use super::days;
use super::of_call::Counting;
use super::registry::Registry;
use super::rows::{RowKey, Rows, Table};
use super::sums::{Line, Sums};
use super::value::ALL;
use super::{EVERY_CALL, THE_FIELDS, name_of};
use crate::storage::analytics::totals::floor;
use crate::storage::database::pools::Tx;
use call_ribbon_shared::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// Changes by client, field, and the bucket in which the calls began.
#[derive(Debug, Default)]
pub struct FieldDeltas(BTreeMap<String, BTreeMap<String, BTreeMap<Millis, Sums>>>);

impl FieldDeltas {
    /// Adds a call to the sums of all of its fields `times` times.
    pub fn count(&mut self, client_id: &str, call: &Counting, times: i64) {
        let (bucket, line) = (floor(call.counted.started_at), Line::of(&call.counted));
        self.add(client_id, EVERY_CALL, bucket, ALL, &line, times);
        let counted = line.counted();
        for (field, value) in call.values() {
            let name = name_of(field, &value);
            self.add(client_id, THE_FIELDS, bucket, &name, &counted, times);
            self.add(client_id, field, bucket, &value, &line, times);
        }
    }

    fn add(
        &mut self,
        client_id: &str,
        field: &str,
        bucket: Millis,
        value: &str,
        line: &Line,
        times: i64,
    ) {
        change(&mut self.0, client_id, |fields| {
            change(fields, field, |buckets: &mut BTreeMap<Millis, Sums>| {
                buckets.entry(bucket).or_default().add(value, line, times);
            });
        });
    }

    /// Iterates over the changes of each field.
    fn fields(&self) -> impl Iterator<Item = (&str, &str, &BTreeMap<Millis, Sums>)> {
        self.0.iter().flat_map(|(client_id, fields)| {
            fields.iter().map(move |(field, buckets)| (client_id.as_str(), field.as_str(), buckets))
        })
    }

    /// Writes the changes. The clients must be locked.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let registry = self.registry(tx).await?;
        let changes = self.placed(&registry);
        registry.write(tx, &changes).await?;
        Rows::changed(tx, Table::Quarters, &changes).await?.write(tx).await?;
        let clients = changes.keys().map(|(client_id, ..)| client_id.as_str()).collect();
        let days = days::of_clients(tx, &clients).await?;
        let changes = days::of_changes(&changes, &days);
        Rows::changed(tx, Table::Days, &changes).await?.write(tx).await
    }

    /// Reads the registry of the values that change.
    pub async fn registry(&self, tx: &mut Tx) -> Result<Registry, sqlx::Error> {
        // Fields with an unchanged number of calls are read too, to know whether they are counted.
        let names: Vec<(&str, String)> =
            self.fields().map(|(client_id, field, _)| (client_id, format!("t{field}"))).collect();
        let mut values: BTreeSet<(&str, &str, &str)> =
            names.iter().map(|(client_id, name)| (*client_id, THE_FIELDS, name.as_str())).collect();
        for (client_id, field, buckets) in self.fields() {
            for (value, _) in buckets.values().flat_map(Sums::lines) {
                values.insert((client_id, field, value));
            }
        }
        Registry::read(tx, &values).await
    }

    /// Returns the changes with each value replaced by the one it is counted as: itself, or the
    /// remainder.
    pub fn placed(&self, registry: &Registry) -> BTreeMap<RowKey, Sums> {
        let mut placed = BTreeMap::new();
        for (client_id, field, buckets) in self.fields() {
            if !registry.has_field(client_id, field) {
                continue;
            }
            for (bucket, sums) in buckets {
                let mut own = Sums::default();
                for (value, line) in sums.lines() {
                    let place = registry.place(client_id, field, value);
                    own.add(&place, line, 1);
                }
                if own.lines().next().is_some() {
                    placed.insert((client_id.to_owned(), field.to_owned(), *bucket), own);
                }
            }
        }
        placed
    }
}

/// Changes the entry of a name. Usually the entry exists, and the name is not copied.
fn change<V: Default>(map: &mut BTreeMap<String, V>, name: &str, to: impl FnOnce(&mut V)) {
    match map.get_mut(name) {
        Some(found) => to(found),
        None => to(map.entry(name.to_owned()).or_default()),
    }
}
