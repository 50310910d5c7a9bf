//! Finds the seals of a person's rows, and what became of each sealed row.

use crate::seal::proof::{Proof, ProofKey, ProvenRow, RowState, SignedSeal};
use crate::seal::rows::SealableRow;
use crate::seal::slot::{RowKind, RowSecret, RowSlot, Slot, leaves, read_slots};
use crate::seal::{Hash, encode, tree};
use crate::services::ServiceError;
use crate::storage::Store;
use call_ribbon_shared::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// Opened seals that are kept in memory.
const MOST_OPEN: usize = 32;
/// Seals between two events of a call in which a removed event is looked for.
const MOST_BETWEEN: i64 = 20;

/// A seal, read for its rows.
struct OpenSeal {
    slots: Vec<Slot>,
    leaves: Vec<Hash>,
}

/// What retention has removed, which says why a row is gone.
#[derive(Debug, Clone, Copy)]
pub struct Expiry {
    /// Events from before may have been removed.
    pub events_until: Millis,
    /// Calls that began before were removed, with their decisions.
    pub calls_until: Millis,
}

/// Collects the proof of a file.
pub struct Prover<'a> {
    store: &'a Store,
    client_id: &'a str,
    expiry: Expiry,
    open: BTreeMap<i64, OpenSeal>,
    seals: BTreeMap<i64, SignedSeal>,
    rows: Vec<ProvenRow>,
    proven: BTreeSet<(RowKind, i64)>,
    erased: BTreeSet<(RowKind, i64)>,
}

impl Expiry {
    /// Returns whether a row of this time may have been removed since.
    fn covers(&self, kind: RowKind, at: Millis) -> bool {
        at < self.calls_until || (kind == RowKind::Event && at < self.events_until)
    }
}

impl<'a> Prover<'a> {
    pub fn new(store: &'a Store, client_id: &'a str, expiry: Expiry) -> Self {
        Self {
            store,
            client_id,
            expiry,
            open: BTreeMap::new(),
            seals: BTreeMap::new(),
            rows: Vec::new(),
            proven: BTreeSet::new(),
            erased: BTreeSet::new(),
        }
    }

    /// Proves the events of a call. Returns the number of the seal of each that is sealed.
    pub async fn prove_events(
        &mut self,
        call_seq: i64,
        last_seq: i64,
        rows: &[SealableRow],
    ) -> Result<BTreeMap<i64, i64>, ServiceError> {
        let mut numbers: BTreeSet<i64> = rows.iter().map(|row| row.number).collect();
        numbers.extend([call_seq, last_seq]);
        let rows: BTreeMap<i64, &SealableRow> = rows.iter().map(|row| (row.number, row)).collect();
        let mut sealed = BTreeMap::new();
        let (mut done, mut until) = (None, 0);
        for number in numbers {
            if number <= until {
                continue;
            }
            let found = self.store.seals().find_seal_of_event(self.client_id, number).await?;
            let Some(seal) = found else { break };
            // The call may have had an event in between that is gone.
            let first = done.map_or(seal, |done: i64| done + 1);
            let first = if seal - first > MOST_BETWEEN { seal } else { first };
            for seal in first..=seal {
                self.open_seal(seal).await?;
                let slots = self
                    .slots_of(seal, |slot| slot.kind == RowKind::Event && slot.call == call_seq);
                for (index, slot) in slots {
                    until = until.max(slot.number);
                    sealed.insert(slot.number, seal);
                    self.add_row(seal, index, &slot, rows.get(&slot.number).copied());
                }
            }
            done = Some(seal);
        }
        Ok(sealed)
    }

    /// Proves a decision. Returns the number of its seal, if it is sealed.
    pub async fn prove_decision(&mut self, row: &SealableRow) -> Result<Option<i64>, ServiceError> {
        let seal = self.store.seals().find_seal_of_decision(self.client_id, row.number).await?;
        let Some(seal) = seal else { return Ok(None) };
        self.open_seal(seal).await?;
        let slots =
            self.slots_of(seal, |slot| slot.kind == RowKind::Decision && slot.number == row.number);
        let Some((index, slot)) = slots.into_iter().next() else { return Ok(None) };
        self.add_row(seal, index, &slot, Some(row));
        Ok(Some(seal))
    }

    /// Returns whether the personal part of a row that was proven is erased.
    pub fn is_erased(&self, kind: RowKind, number: i64) -> bool {
        self.erased.contains(&(kind, number))
    }

    /// Returns the proof, with the seals that were used and the keys that signed them.
    pub async fn finish(self) -> Result<Proof, ServiceError> {
        let keys = self.store.seals().system_list_seal_keys().await?;
        let keys = keys
            .into_iter()
            .map(|key| ProofKey { key_id: key.key_id, public_key: key.public_key })
            .collect();
        let client = self.client_id.to_owned();
        Ok(Proof { client, keys, seals: self.seals.into_values().collect(), rows: self.rows })
    }

    /// Reads a seal, unless it is open. When it is read first, decisions in it that are gone are
    /// added: nobody knows about whom they were.
    async fn open_seal(&mut self, number: i64) -> Result<(), ServiceError> {
        if self.open.contains_key(&number) {
            return Ok(());
        }
        let Some(row) = self.store.seals().find_seal(self.client_id, number).await? else {
            return Err(ServiceError::Conflict(format!(
                "Seal {number} of this client is gone from the database, so nothing can be proven \
                 with it."
            )));
        };
        let Some(slots) = read_slots(&row.slots) else {
            return Err(ServiceError::Conflict(format!(
                "Seal {number} of this client is damaged in the database."
            )));
        };
        let is_new = !self.seals.contains_key(&number);
        self.seals.insert(number, SignedSeal { text: row.text, signature: row.signature });
        if self.open.len() >= MOST_OPEN {
            self.open.pop_first();
        }
        let leaves = leaves(&slots);
        self.open.insert(number, OpenSeal { slots, leaves });
        if is_new && row.first_decision <= row.last_decision {
            let range = (row.first_decision, row.last_decision);
            self.add_missing_decisions(number, range).await?;
        }
        Ok(())
    }

    async fn add_missing_decisions(
        &mut self,
        seal: i64,
        (first, last): (i64, i64),
    ) -> Result<(), ServiceError> {
        let seals = self.store.seals();
        let kept = seals.list_decision_numbers(self.client_id, first, last).await?;
        let kept: BTreeSet<i64> = kept.into_iter().collect();
        let gone = self
            .slots_of(seal, |slot| slot.kind == RowKind::Decision && !kept.contains(&slot.number));
        for (index, slot) in gone {
            self.add_row(seal, index, &slot, None);
        }
        Ok(())
    }

    fn slots_of(&self, seal: i64, which: impl Fn(&RowSlot) -> bool) -> Vec<(usize, RowSlot)> {
        let slots = self.open.get(&seal).into_iter().flat_map(|open| open.slots.iter().enumerate());
        slots
            .filter_map(|(index, slot)| match slot {
                Slot::Row(slot) if which(slot) => Some((index, slot.clone())),
                _ => None,
            })
            .collect()
    }

    fn add_row(&mut self, seal: i64, index: usize, slot: &RowSlot, row: Option<&SealableRow>) {
        if !self.proven.insert((slot.kind, slot.number)) {
            return;
        }
        let Some(open) = self.open.get(&seal) else { return };
        let path = tree::path(&open.leaves, index).iter().map(|hash| encode(hash)).collect();
        let state = match row {
            Some(_) => RowState::from(slot),
            None if self.expiry.covers(slot.kind, slot.at) => RowState::Expired,
            None => RowState::Missing,
        };
        if state == RowState::Erased {
            self.erased.insert((slot.kind, slot.number));
        }
        let (salt, commitment) = match (&slot.secret, row) {
            (_, None) => (None, None),
            (RowSecret::Salt(salt), _) => (Some(encode(salt)), None),
            (RowSecret::Erased(commitment), _) => (None, Some(encode(commitment))),
        };
        self.rows.push(ProvenRow {
            seal,
            index,
            line: Slot::Row(slot.clone()).line(),
            path,
            state,
            public: row.map(|row| row.public.clone()),
            personal: row.filter(|_| salt.is_some()).map(|row| row.personal.clone()),
            salt,
            commitment,
        });
    }
}
