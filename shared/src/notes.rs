//! Merges notes on a call that were written in two places at once.

/// The maximum length of notes, in characters.
pub const LONGEST_NOTES: usize = 20_000;

/// Merges two texts so that nothing is lost.
///
/// Returns `mine` if it contains `stored`, `stored` if it contains `mine`, and otherwise both,
/// `stored` first, on separate lines.
#[must_use]
pub fn merge_texts(stored: &str, mine: &str) -> String {
    if mine.contains(stored) {
        return mine.to_owned();
    }
    if stored.contains(mine) {
        return stored.to_owned();
    }
    [stored, "\n", mine].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_is_said_twice() {
        for (stored, mine, both) in [
            ("", "", ""),
            ("", "pays", "pays"),
            ("pays", "", "pays"),
            ("pays", "pays on Friday", "pays on Friday"),
            ("pays on Friday", "pays", "pays on Friday"),
            ("pays", "asks for a plan", "pays\nasks for a plan"),
            ("शुक्रवार", "अगले", "शुक्रवार\nअगले"),
        ] {
            assert_eq!(merge_texts(stored, mine), both, "{stored:?} {mine:?}");
            // Merging `mine` a second time changes nothing.
            assert_eq!(merge_texts(both, mine), both, "{stored:?} {mine:?} again");
        }
    }
}
