//! Changes of the sums of fields, collected to be written together.

use super::call_fields::CallWithFields;
use super::daily_sums;
use super::registry::ValueRegistry;
use super::rows::{RowKey, Rows, SumsTable};
use super::sums::{FieldSums, ValueSums};
use super::value::ALL;
use super::{EVERY_CALL, FIELD_NAMES, field_name_key};
use crate::storage::analytics::totals::bucket_floor;
use crate::storage::database::pools::Tx;
use call_ribbon_shared::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// Changes by client, field, and the bucket in which the calls began.
#[derive(Debug, Default)]
pub struct FieldDeltas(BTreeMap<String, BTreeMap<String, BTreeMap<Millis, FieldSums>>>);

impl FieldDeltas {
    /// Adds a call to the sums of all of its fields `times` times.
    pub fn count_call(&mut self, client_id: &str, call: &CallWithFields, times: i64) {
        let (bucket, line) =
            (bucket_floor(call.counted.started_at), ValueSums::of_call(&call.counted));
        self.add(client_id, EVERY_CALL, bucket, ALL, &line, times);
        let counted = line.calls_only();
        for (field, value) in call.field_values() {
            let name = field_name_key(field, &value);
            self.add(client_id, FIELD_NAMES, bucket, &name, &counted, times);
            self.add(client_id, field, bucket, &value, &line, times);
        }
    }

    fn add(
        &mut self,
        client_id: &str,
        field: &str,
        bucket: Millis,
        value: &str,
        line: &ValueSums,
        times: i64,
    ) {
        change_entry(&mut self.0, client_id, |fields| {
            change_entry(fields, field, |buckets: &mut BTreeMap<Millis, FieldSums>| {
                buckets.entry(bucket).or_default().add(value, line, times);
            });
        });
    }

    /// Iterates over the changes of each field.
    fn changed_fields(&self) -> impl Iterator<Item = (&str, &str, &BTreeMap<Millis, FieldSums>)> {
        self.0.iter().flat_map(|(client_id, fields)| {
            fields.iter().map(move |(field, buckets)| (client_id.as_str(), field.as_str(), buckets))
        })
    }

    /// Writes the changes. The clients must be locked.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let registry = self.read_registry(tx).await?;
        let changes = self.by_counted_value(&registry);
        registry.write_counts(tx, &changes).await?;
        Rows::read_and_apply(tx, SumsTable::Buckets, &changes).await?.write(tx).await?;
        let clients = changes.keys().map(|(client_id, ..)| client_id.as_str()).collect();
        let days = daily_sums::read_summed_days(tx, &clients).await?;
        let changes = daily_sums::changes_by_day(&changes, &days);
        Rows::read_and_apply(tx, SumsTable::Days, &changes).await?.write(tx).await
    }

    /// Reads the registry of the values that change.
    pub async fn read_registry(&self, tx: &mut Tx) -> Result<ValueRegistry, sqlx::Error> {
        // Fields with an unchanged number of calls are read too, to know whether they are counted.
        let names: Vec<(&str, String)> = self
            .changed_fields()
            .map(|(client_id, field, _)| (client_id, format!("t{field}")))
            .collect();
        let mut values: BTreeSet<(&str, &str, &str)> = names
            .iter()
            .map(|(client_id, name)| (*client_id, FIELD_NAMES, name.as_str()))
            .collect();
        for (client_id, field, buckets) in self.changed_fields() {
            for (value, _) in buckets.values().flat_map(FieldSums::nonzero_values) {
                values.insert((client_id, field, value));
            }
        }
        ValueRegistry::read_and_admit(tx, &values).await
    }

    /// Returns the changes with each value replaced by the one it is counted as: itself, or the
    /// remainder.
    pub fn by_counted_value(&self, registry: &ValueRegistry) -> BTreeMap<RowKey, FieldSums> {
        let mut placed = BTreeMap::new();
        for (client_id, field, buckets) in self.changed_fields() {
            if !registry.has_field(client_id, field) {
                continue;
            }
            for (bucket, sums) in buckets {
                let mut own = FieldSums::default();
                for (value, line) in sums.nonzero_values() {
                    let place = registry.counted_value(client_id, field, value);
                    own.add(&place, line, 1);
                }
                if own.nonzero_values().next().is_some() {
                    placed.insert((client_id.to_owned(), field.to_owned(), *bucket), own);
                }
            }
        }
        placed
    }
}

/// Changes the entry of a name. Usually the entry exists, and the name is not copied.
fn change_entry<V: Default>(map: &mut BTreeMap<String, V>, name: &str, to: impl FnOnce(&mut V)) {
    match map.get_mut(name) {
        Some(found) => to(found),
        None => to(map.entry(name.to_owned()).or_default()),
    }
}
