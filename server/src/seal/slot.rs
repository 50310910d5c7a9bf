//! What a seal keeps of each row: its line, and what its content's hash needs beside the row itself.

use super::{Hash, decode, encode, tree};
use call_ribbon_shared::Millis;
use ring::hmac;
use sha2::{Digest as _, Sha256};

/// Bytes of a salt.
pub const SALT: usize = 16;

/// The kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    Event,
    Decision,
}

/// A place in the tree of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    Row(RowSlot),
    /// Rows that were gone before they were sealed.
    Gone {
        kind: RowKind,
        first: i64,
        last: i64,
    },
}

/// A row that was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSlot {
    pub kind: RowKind,
    pub number: i64,
    /// The event's call, by its short key; 0: a decision.
    pub call: i64,
    pub at: Millis,
    /// The hash of the content, in Base64.
    pub content: String,
    pub secret: RowSecret,
}

/// What the hash of a content needs beside the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowSecret {
    /// The salt of the personal part.
    Salt([u8; SALT]),
    /// The HMAC of the personal part, which was erased with the salt.
    Erased(Hash),
}

impl RowKind {
    fn letter(self) -> char {
        match self {
            Self::Event => 'e',
            Self::Decision => 'd',
        }
    }

    /// Returns its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Decision => "decision",
        }
    }
}

/// Returns the HMAC by which a hash commits to a personal part.
pub fn commit(salt: &[u8], personal: &str) -> Hash {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), personal.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(tag.as_ref());
    hash
}

/// Returns the hash of a row's content, in Base64.
pub fn hash_content(public: &str, commitment: &Hash) -> String {
    encode(&Sha256::new().chain_update(commitment).chain_update(public).finalize())
}

impl RowSlot {
    /// Returns the HMAC of the row's personal part, if that is known.
    pub fn commitment(&self, personal: &str) -> Hash {
        match &self.secret {
            RowSecret::Salt(salt) => commit(salt, personal),
            RowSecret::Erased(commitment) => *commitment,
        }
    }
}

impl Slot {
    /// Returns the line that the tree has.
    pub fn line(&self) -> String {
        match self {
            Self::Row(RowSlot { kind, number, call, at, content, .. }) => {
                format!("{} {number} {call} {at} {content}", kind.letter())
            }
            Self::Gone { kind, first, last } => {
                format!("{} {first}-{last} gone", kind.letter())
            }
        }
    }

    /// Writes the slot as it is stored.
    pub fn write(&self) -> String {
        let line = self.line();
        match self {
            Self::Row(RowSlot { secret: RowSecret::Salt(salt), .. }) => {
                format!("{line} s{}", encode(salt))
            }
            Self::Row(RowSlot { secret: RowSecret::Erased(commitment), .. }) => {
                format!("{line} c{}", encode(commitment))
            }
            Self::Gone { .. } => line,
        }
    }

    /// Reads a slot as it is stored.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let kind = match *words.first()? {
            "e" => RowKind::Event,
            "d" => RowKind::Decision,
            _ => return None,
        };
        match words.as_slice() {
            [_, range, "gone"] => {
                let (first, last) = range.split_once('-')?;
                Some(Self::Gone { kind, first: first.parse().ok()?, last: last.parse().ok()? })
            }
            [_, number, call, at, content, secret] => {
                let secret = match (secret.get(..1)?, decode(secret.get(1..)?)?) {
                    ("s", bytes) => RowSecret::Salt(bytes.try_into().ok()?),
                    ("c", bytes) => RowSecret::Erased(bytes.try_into().ok()?),
                    _ => return None,
                };
                Some(Self::Row(RowSlot {
                    kind,
                    number: number.parse().ok()?,
                    call: call.parse().ok()?,
                    at: at.parse().ok()?,
                    content: (*content).to_owned(),
                    secret,
                }))
            }
            _ => None,
        }
    }
}

/// Reads the slots of a seal; `None`: they are damaged.
pub fn read_slots(text: &str) -> Option<Vec<Slot>> {
    text.lines().map(Slot::read).collect()
}

/// Writes the slots of a seal.
pub fn write_slots(slots: &[Slot]) -> String {
    slots.iter().map(Slot::write).collect::<Vec<_>>().join("\n")
}

/// Returns the leaves of a seal's tree.
pub fn leaves(slots: &[Slot]) -> Vec<Hash> {
    slots.iter().map(|slot| tree::hash_leaf(&slot.line())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(secret: RowSecret) -> RowSlot {
        let content = hash_content("public", &commit(&[7; SALT], "personal"));
        RowSlot { kind: RowKind::Event, number: 15, call: 12, at: 1_700, content, secret }
    }

    #[test]
    fn a_slot_is_read_as_it_was_written() {
        for slot in [
            Slot::Row(row(RowSecret::Salt([7; SALT]))),
            Slot::Row(row(RowSecret::Erased([9; 32]))),
            Slot::Gone { kind: RowKind::Decision, first: 3, last: 900 },
        ] {
            assert_eq!(Slot::read(&slot.write()), Some(slot));
        }
        for wrong in ["", "e", "x 1-2 gone", "e 1 2 3 content s", "e 1 2 3 content sAA=="] {
            assert_eq!(Slot::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_erased_row_proves_its_public_part_alone() {
        let holds = |row: &RowSlot, public: &str, personal: &str| {
            hash_content(public, &row.commitment(personal)) == row.content
        };
        let kept = row(RowSecret::Salt([7; SALT]));
        assert!(holds(&kept, "public", "personal"));
        assert!(!holds(&kept, "public", "other") && !holds(&kept, "other", "personal"));
        let erased = row(RowSecret::Erased(kept.commitment("personal")));
        assert!(holds(&erased, "public", "") && !holds(&erased, "other", ""));
        assert_eq!(Slot::Row(erased).line(), Slot::Row(kept).line());
    }
}
