//! What the ribbon remembers in the browser: small texts, for this tab or for all.
//!
//! A browser may refuse to store anything, or be full. Then nothing is remembered, and nothing
//! else changes: no function here fails.

pub(super) mod tab;

use web_sys::{Storage, Window};

/// Under this name the tab remembers that it shows a call, whoever's it is: the loader looks for it
/// before it knows more.
const IN_CALL: &str = "call-ribbon.in-call";

/// Notes for the loader whether the tab shows a call.
pub(super) fn note_call(live: bool) {
    if let Some(storage) = storage(Scope::Tab) {
        // Where nothing can be stored, a page that is loaded anew shows its call a moment later.
        let _ = if live { storage.set_item(IN_CALL, "1") } else { storage.remove_item(IN_CALL) };
    }
}

/// How far something is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In this tab, over reloads and on to the site's next page.
    Tab,
    /// In all tabs of this browser, also after it was closed.
    Browser,
}

/// What one agent's ribbon remembers; other servers, keys and agents have their own.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    mark: String,
}

impl Memory {
    /// The memory for this server, key and agent. The key itself is not stored, only what
    /// tells it from others.
    pub(super) fn of(server: &str, key: &str, agent: Option<&str>) -> Self {
        let mut hash = fnv(FNV_START, server);
        hash = fnv(hash, key);
        hash = fnv(hash, agent.unwrap_or_default());
        let letter = |place: u32| {
            let nibble = hash >> (place * 4) & 15;
            char::from_digit(u32::try_from(nibble).unwrap_or_default(), 16).unwrap_or('0')
        };
        Self { mark: (0..16).map(letter).collect() }
    }

    /// Remembers a text under a name. Whether the browser took it.
    pub(super) fn put(&self, scope: Scope, name: &str, value: &str) -> bool {
        storage(scope).is_some_and(|storage| storage.set_item(&self.name(name), value).is_ok())
    }

    /// The text under a name.
    pub(super) fn get(&self, scope: Scope, name: &str) -> Option<String> {
        storage(scope)?.get_item(&self.name(name)).ok()?
    }

    /// Forgets what is under a name.
    pub(super) fn remove(&self, scope: Scope, name: &str) {
        if let Some(storage) = storage(scope) {
            // What cannot be removed cannot have been stored.
            let _ = storage.remove_item(&self.name(name));
        }
    }

    /// The names that begin so, without that beginning.
    pub(super) fn names(&self, scope: Scope, beginning: &str) -> Vec<String> {
        let Some(storage) = storage(scope) else { return Vec::new() };
        let start = self.name(beginning);
        (0..storage.length().unwrap_or_default())
            .filter_map(|place| storage.key(place).ok()??.strip_prefix(&start).map(str::to_owned))
            .collect()
    }

    /// A name in the browser that is this agent's alone.
    pub(super) fn name(&self, name: &str) -> String {
        ["call-ribbon.", &self.mark, ".", name].concat()
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, with an end mark so that two texts are not one long one.
fn fnv(start: u64, text: &str) -> u64 {
    text.bytes()
        .chain([0])
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn storage(scope: Scope) -> Option<Storage> {
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
            Memory::of("https://a", "key", None),
            Memory::of("https://b", "key", None),
            Memory::of("https://a", "yek", None),
            Memory::of("https://a", "key", Some("one")),
            Memory::of("https://a", "ke", Some("yone")),
        ]
        .map(|memory| memory.mark);
        for (place, mark) in marks.iter().enumerate() {
            assert_eq!(mark.len(), 16);
            assert!(!marks[..place].contains(mark), "{mark}");
        }
        assert_eq!(Memory::of("https://a", "key", None).mark, marks[0]);
    }
}
