//! Stores small texts in the browser, for this tab or for all tabs.
//!
//! A browser may refuse to store anything, or its storage may be full. Then nothing is remembered,
//! and nothing else changes: no function here fails.

pub(super) mod tab;

use web_sys::{Storage, Window};

/// The name under which a tab stores that it shows a call, of any agent: the loader reads it before
/// it knows more.
const IN_CALL: &str = "call-ribbon.in-call";

/// Stores for the loader whether the tab shows a call.
pub(super) fn store_in_call(live: bool) {
    if let Some(storage) = browser_storage(Scope::Tab) {
        // Without storage, a reloaded page shows its call a moment later.
        let _ = if live { storage.set_item(IN_CALL, "1") } else { storage.remove_item(IN_CALL) };
    }
}

/// The lifetime and reach of a stored text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// This tab, across reloads and navigation within the site.
    Tab,
    /// All tabs of this browser, also after it was closed.
    Browser,
}

/// The stored texts of one agent's ribbon, separate for each server, key and agent.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    mark: String,
}

impl Memory {
    /// Creates the memory for a server, key and agent. The key itself is not stored, only a hash.
    pub(super) fn new_for_agent(server: &str, key: &str, agent: Option<&str>) -> Self {
        let mut hash = fnv_hash(FNV_START, server);
        hash = fnv_hash(hash, key);
        hash = fnv_hash(hash, agent.unwrap_or_default());
        let letter = |place: u32| {
            let nibble = hash >> (place * 4) & 15;
            char::from_digit(u32::try_from(nibble).unwrap_or_default(), 16).unwrap_or('0')
        };
        Self { mark: (0..16).map(letter).collect() }
    }

    /// Stores a text under a name. Returns whether the browser stored it.
    pub(super) fn put(&self, scope: Scope, name: &str, value: &str) -> bool {
        browser_storage(scope)
            .is_some_and(|storage| storage.set_item(&self.storage_key(name), value).is_ok())
    }

    /// Returns the text under a name.
    pub(super) fn get(&self, scope: Scope, name: &str) -> Option<String> {
        browser_storage(scope)?.get_item(&self.storage_key(name)).ok()?
    }

    /// Removes the text under a name.
    pub(super) fn remove(&self, scope: Scope, name: &str) {
        if let Some(storage) = browser_storage(scope) {
            // What cannot be removed cannot have been stored.
            let _ = storage.remove_item(&self.storage_key(name));
        }
    }

    /// Returns the names with this prefix, without the prefix.
    pub(super) fn names_with_prefix(&self, scope: Scope, beginning: &str) -> Vec<String> {
        let Some(storage) = browser_storage(scope) else { return Vec::new() };
        let start = self.storage_key(beginning);
        (0..storage.length().unwrap_or_default())
            .filter_map(|place| storage.key(place).ok()??.strip_prefix(&start).map(str::to_owned))
            .collect()
    }

    /// Returns a name in the browser that is unique to this agent.
    pub(super) fn storage_key(&self, name: &str) -> String {
        ["call-ribbon.", &self.mark, ".", name].concat()
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Hashes with FNV-1a, with an end mark so that two texts differ from their concatenation.
fn fnv_hash(start: u64, text: &str) -> u64 {
    text.bytes()
        .chain([0])
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn browser_storage(scope: Scope) -> Option<Storage> {
    let get = match scope {
        Scope::Tab => Window::session_storage,
        Scope::Browser => Window::local_storage,
    };
    get(&web_sys::window()?).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_keys_and_agents_have_marks_of_their_own() {
        let marks = [
            Memory::new_for_agent("https://a", "key", None),
            Memory::new_for_agent("https://b", "key", None),
            Memory::new_for_agent("https://a", "yek", None),
            Memory::new_for_agent("https://a", "key", Some("one")),
            Memory::new_for_agent("https://a", "ke", Some("yone")),
        ]
        .map(|memory| memory.mark);
        for (place, mark) in marks.iter().enumerate() {
            assert_eq!(mark.len(), 16);
            assert!(!marks[..place].contains(mark), "{mark}");
        }
        assert_eq!(Memory::new_for_agent("https://a", "key", None).mark, marks[0]);
    }
}
