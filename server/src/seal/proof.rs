//! What a file for a complaint carries to prove its rows, and how that is checked.

use super::slot::{RowKind, RowSlot, commit, hash_content};
use super::{Hash, SealText, decode, decode_hash, signing, tree};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything by which the rows of a file are proven: `proof.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    pub client: String,
    pub keys: Vec<ProofKey>,
    pub seals: Vec<SignedSeal>,
    pub rows: Vec<ProvenRow>,
}

/// A public key, in Base64.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProofKey {
    pub key_id: String,
    pub public_key: String,
}

/// A seal's text with its signature.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedSeal {
    pub text: String,
    pub signature: String,
}

/// A row with its way to the root of its seal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvenRow {
    /// The number of the seal.
    pub seal: i64,
    /// The place of the line in the tree.
    pub index: usize,
    pub line: String,
    /// Hashes in Base64.
    pub path: Vec<String>,
    pub state: RowState,
    /// The public part; null: the row is gone.
    pub public: Option<String>,
    /// The personal part; null: it was erased, or the row is gone.
    pub personal: Option<String>,
    /// The salt of the personal part, in Base64.
    pub salt: Option<String>,
    /// The HMAC of the personal part that was erased, in Base64.
    pub commitment: Option<String>,
}

/// What became of a row since it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowState {
    /// It is complete.
    Kept,
    /// Its personal part was erased with a person.
    Erased,
    /// It was removed when its time of retention had ended.
    Expired,
    /// It is gone, and nothing explains why.
    Missing,
}

/// What the check of a proof found.
#[derive(Debug, Default)]
pub struct Findings {
    /// A sentence about each thing that is wrong.
    pub wrong: Vec<String>,
    pub kept: usize,
    pub erased: usize,
    pub expired: usize,
}

impl RowKind {
    fn read(line: &str) -> Option<(Self, i64)> {
        let mut words = line.split(' ');
        let kind = match words.next()? {
            "e" => Self::Event,
            "d" => Self::Decision,
            _ => return None,
        };
        Some((kind, words.next()?.parse().ok()?))
    }
}

impl ProvenRow {
    /// Returns the kind and the number that the row's line has.
    pub fn place(&self) -> Option<(RowKind, i64)> {
        RowKind::read(&self.line)
    }

    /// Returns the row's name in a sentence.
    fn name(&self) -> String {
        match self.place() {
            Some((kind, number)) => format!("{} {number}", kind.name()),
            None => format!("row {} of seal {}", self.index, self.seal),
        }
    }

    /// Returns what is wrong with the row, given its seal.
    fn find_fault(&self, seal: &SealText) -> Option<String> {
        let (name, number) = (self.name(), seal.seal);
        let path: Option<Vec<Hash>> = self.path.iter().map(|hash| decode_hash(hash)).collect();
        let leaf = tree::hash_leaf(&self.line);
        let root = path.and_then(|path| tree::root_by_path(leaf, self.index, seal.lines, &path));
        if root.is_none() || root != decode_hash(&seal.root) {
            return Some(format!("{name} does not belong to seal {number}"));
        }
        match self.state {
            RowState::Expired => None,
            RowState::Missing => Some(format!(
                "{name} was sealed and is gone, though its time of retention had not ended"
            )),
            RowState::Kept | RowState::Erased => self.find_change(),
        }
    }

    /// Returns whether the content is other than what was sealed.
    fn find_change(&self) -> Option<String> {
        let changed = || Some(format!("{} was changed after it was sealed", self.name()));
        let commitment = match (self.state, &self.personal, &self.salt, &self.commitment) {
            (RowState::Kept, Some(personal), Some(salt), None) => {
                decode(salt).map(|salt| commit(&salt, personal))
            }
            (RowState::Erased, None, None, Some(commitment)) => decode_hash(commitment),
            _ => None,
        };
        let (Some(commitment), Some(public)) = (commitment, &self.public) else {
            return changed();
        };
        let content = self.line.rsplit(' ').next().unwrap_or_default();
        let same = hash_content(public, &commitment) == content && self.names_itself(public);
        if same { None } else { changed() }
    }

    /// Returns whether the public part has the number and the time of the line.
    fn names_itself(&self, public: &str) -> bool {
        let public: serde_json::Value = serde_json::from_str(public).unwrap_or_default();
        let words: Vec<&str> = self.line.split(' ').collect();
        let is = |name: &str, word: usize| {
            let written = public[name].to_string();
            words.get(word).is_some_and(|word| *word == written)
        };
        is("number", 1) && is("at", 3)
    }
}

impl Proof {
    /// Checks all seals and rows.
    pub fn check(&self) -> Findings {
        let mut found = Findings::default();
        let seals = self.check_seals(&mut found);
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            let Some(seal) = seals.get(&row.seal) else {
                found.wrong.push(format!(
                    "{} names seal {}, which is not there",
                    row.name(),
                    row.seal
                ));
                continue;
            };
            if !seen.insert((row.seal, row.index)) {
                found.wrong.push(format!("{} is there twice", row.name()));
            }
            match row.find_fault(seal) {
                Some(fault) => found.wrong.push(fault),
                None => match row.state {
                    RowState::Kept => found.kept += 1,
                    RowState::Erased => found.erased += 1,
                    RowState::Expired | RowState::Missing => found.expired += 1,
                },
            }
        }
        found
    }

    /// Checks the signatures of the seals, and that those that follow each other form a chain.
    fn check_seals(&self, found: &mut Findings) -> BTreeMap<i64, SealText> {
        let keys: BTreeMap<&str, &str> = self
            .keys
            .iter()
            .filter(|key| signing::key_id_of(&key.public_key).as_deref() == Some(&*key.key_id))
            .map(|key| (&*key.key_id, &*key.public_key))
            .collect();
        let mut seals = BTreeMap::new();
        let mut before: Option<(i64, String)> = None;
        for SignedSeal { text, signature } in &self.seals {
            let Ok(seal) = serde_json::from_str::<SealText>(text) else {
                found.wrong.push("a seal cannot be read".to_owned());
                continue;
            };
            let number = seal.seal;
            let key = keys.get(seal.key.as_str());
            if !key.is_some_and(|key| signing::is_signed(text, signature, key)) {
                found.wrong.push(format!("seal {number} is not signed by its key"));
                continue;
            }
            if seal.client != self.client {
                found.wrong.push(format!("seal {number} is of another client"));
                continue;
            }
            if let Some((last, hash)) = &before
                && *last + 1 == number
                && *hash != seal.previous
            {
                found.wrong.push(format!("seal {number} does not follow seal {last}"));
            }
            before = Some((number, super::hash_text(text)));
            seals.insert(number, seal);
        }
        seals
    }
}

impl From<&RowSlot> for RowState {
    fn from(slot: &RowSlot) -> Self {
        match slot.secret {
            super::slot::RowSecret::Salt(_) => Self::Kept,
            super::slot::RowSecret::Erased(_) => Self::Erased,
        }
    }
}
