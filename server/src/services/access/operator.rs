//! The context for actions of operators and staff, the same for requests and the command line, and
//! the operator's token.

use crate::ids::Ids;
use crate::secret::Secret;
use crate::storage::{Actor, Stamp, Store, StoreError};
use call_ribbon_shared::Millis;

/// An authorised actor, with the database and the time of the action.
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    pub store: &'a Store,
    pub ids: &'a Ids,
    pub now: Millis,
    /// The actor.
    pub by: Actor<'a>,
}

impl<'a> Operator<'a> {
    /// Returns who acts and when, for the audit log.
    pub fn stamp(&self) -> Stamp<'a> {
        Stamp { by: self.by, now: self.now }
    }
}

/// Returns the hash of the operator's token: of the one in the settings, else of one that the
/// server generates once. Only the hash is stored, so a new token is returned as well, to be shown.
pub async fn find_or_create_token_hash(
    store: &Store,
    ids: &Ids,
    set: Option<&Secret>,
) -> Result<(String, Option<Secret>), StoreError> {
    if let Some(token) = set.filter(|token| !token.expose().is_empty()) {
        return Ok((token.hash(), None));
    }
    // The prefix lets scanners for leaked secrets recognise it.
    let fresh = Secret::new(format!("cradmin_{}", ids.random_hex::<32>()));
    let hash = store.system_get_or_insert_setting("admin_token_hash", &fresh.hash()).await?;
    let is_new = hash == fresh.hash();
    Ok((hash, is_new.then_some(fresh)))
}
