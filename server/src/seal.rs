//! Seals: proof that rows were not changed after they were sealed.
//!
//! A seal covers a stretch of a client's events and decisions. Each row has a *line*: its number,
//! its call, its time and a hash of its content. The lines are the leaves of a tree of hashes. The
//! seal's text names the tree's root and the hash of the seal before, and is signed. So a seal proves
//! each of its rows, and the seals of a client form a chain.
//!
//! A row has a public and a personal part. Its hash commits to the personal part by an HMAC under a
//! salt of the row. Erasing a person replaces the salt with the HMAC: the hash stays, and nobody can
//! try out what the personal part may have been.
//!
//! This module knows no database; `call-ribbon verify` uses it without one.

pub mod file;
pub mod proof;
pub mod rows;
pub mod signing;
pub mod slot;
pub mod tree;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::Millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The text of a seal, which is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealText {
    pub client: String,
    /// Counts 1, 2, 3 for each client.
    pub seal: i64,
    pub sealed_at: Millis,
    /// The numbers of its first and last event.
    pub events: (i64, i64),
    /// The numbers of its first and last decision.
    pub decisions: (i64, i64),
    /// How many lines the tree has.
    pub lines: usize,
    /// The root of the tree of its lines.
    pub root: String,
    /// The hash of the text of the seal before; empty in the first.
    pub previous: String,
    /// The key that signs this text.
    pub key: String,
}

/// Returns the hash of a text, as seals name it.
pub fn hash_text(text: &str) -> String {
    encode(&Sha256::digest(text))
}

/// Writes bytes in Base64.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads a hash in Base64.
pub fn decode_hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Reads bytes in Base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
