//! Counts a phrase in running text.

/// Ways to say one thing.
pub struct Phrase {
    /// As the table and the complaint call it.
    pub name: &'static str,
    /// What is counted, in lower case.
    pub forms: &'static [&'static str],
    /// The largest count that passes.
    pub limit: usize,
}

impl Phrase {
    /// How often a text says it. The text is in lower case, with one space between words.
    pub fn count(&self, text: &str) -> usize {
        self.forms.iter().map(|form| count_words(text, form)).sum()
    }
}

/// Counts where the form stands as whole words: `anew` is not in `canewood`.
fn count_words(text: &str, form: &str) -> usize {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(form)
        .filter(|(start, found)| {
            let before = text[..*start].chars().next_back();
            let after = text[start + found.len()..].chars().next();
            !is_letter(before) && !is_letter(after)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        let phrase = Phrase { name: "", forms: &["anew", "by itself"], limit: 0 };
        assert_eq!(phrase.count("built anew, by itself. canewood anewt"), 2);
        assert_eq!(phrase.count(""), 0);
    }
}
