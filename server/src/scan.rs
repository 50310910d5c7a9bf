//! A reader for text from outside, of any length and with any characters.
//!
//! A scanner that looks ahead is quadratic if it looks to the end of the text at each of many signs:
//! a short body then takes a processor for minutes. So scanners that look ahead read through
//! [`Scan`]. In tests it counts what they look at, and `steps::assert_linear` compares the counts
//! of texts of growing length.

#[cfg(test)]
pub mod steps;

/// The rest of a text. All methods look at its beginning.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'t>(&'t str);

impl<'t> Scan<'t> {
    /// Starts at the beginning of a text.
    pub fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// Returns how many bytes are left.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Returns the next character.
    pub fn first(self) -> Option<char> {
        count_steps(1);
        self.0.chars().next()
    }

    /// Returns whether the rest begins with a text, which must be short.
    pub fn starts_with(self, text: &str) -> bool {
        count_steps(1);
        self.0.starts_with(text)
    }

    /// Returns what follows a short text, if the rest begins with it.
    pub fn after(self, text: &str) -> Option<Self> {
        count_steps(1);
        self.0.strip_prefix(text).map(Self)
    }

    /// Skips bytes, at most all that are left. Skipping into the middle of a character skips all.
    pub fn skip(self, bytes: usize) -> Self {
        Self(self.0.get(bytes..).unwrap_or_default())
    }

    /// Returns the next bytes; `None` if there are fewer, or they end in the middle of a character.
    pub fn take(self, bytes: usize) -> Option<&'t str> {
        count_steps(bytes);
        self.0.get(..bytes)
    }

    /// Returns the length in bytes of the characters before the first one of a kind; of all that is
    /// left if there is none.
    pub fn len_until(self, is_end: impl Fn(char) -> bool) -> usize {
        let len = self.0.find(is_end).unwrap_or(self.0.len());
        count_steps(len + 1);
        len
    }

    /// Returns the length in bytes of the characters before a short text; `None` if the rest does
    /// not contain it.
    pub fn len_until_text(self, text: &str) -> Option<usize> {
        let found = self.0.find(text);
        count_steps(found.map_or(self.0.len(), |len| len + 1));
        found
    }

    /// Returns how many of the next bytes, at most `most`, are of a kind.
    pub fn run_len(self, most: usize, is_part: impl Fn(u8) -> bool) -> usize {
        let len = self.0.bytes().take(most).take_while(|byte| is_part(*byte)).count();
        count_steps(len + 1);
        len
    }
}

/// Counts characters that a scanner looked at, in tests only.
#[inline]
pub fn count_steps(steps: usize) {
    #[cfg(test)]
    steps::add(steps);
    #[cfg(not(test))]
    let _ = steps;
}
