//! The table of a language: lines of a key, a colon and a text.

/// The table of the language that is compiled in.
const ENGLISH: &str = include_str!("en.txt");

/// The texts for agents in one language. English fills in missing texts.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    table: &'static str,
    /// The language tag, such as `hi`.
    pub tag: &'static str,
}

impl Default for Words {
    fn default() -> Self {
        Self { table: ENGLISH, tag: "en" }
    }
}

impl Words {
    /// Creates a language from the text of its file.
    #[must_use]
    pub fn from_table(table: &'static str, tag: &'static str) -> Self {
        Self { table, tag }
    }

    /// Adds more lines of keys and texts.
    #[must_use]
    pub fn with_more(self, lines: &str) -> Self {
        Self { table: [self.table, "\n", lines].concat().leak(), ..self }
    }

    /// Returns the text of a key; empty if even English lacks it.
    #[must_use]
    pub fn say(self, key: &str) -> &'static str {
        find_text(self.table, key).or_else(|| find_text(ENGLISH, key)).unwrap_or_default()
    }

    /// Returns the text of a key, with a value filled in.
    #[must_use]
    pub fn fill(self, key: &str, with: &str) -> String {
        put_in(self.say(key), with)
    }

    /// Returns the same for a key that the language may lack, such as an error's code.
    #[must_use]
    pub fn fill_known(self, key: &str, with: &str) -> Option<String> {
        find_text(self.table, key)
            .or_else(|| find_text(ENGLISH, key))
            .map(|text| put_in(text, with))
    }

    /// Returns what this language says for a text of the server, such as the reason of an end; else
    /// the text itself.
    #[must_use]
    pub fn translate(self, text: &str) -> &str {
        find_text(self.table, &[self.tag, ".", text].concat()).unwrap_or(text)
    }
}

fn put_in(text: &str, with: &str) -> String {
    match text.split_once("{0}") {
        Some((before, after)) => [before, with, after].concat(),
        None => text.to_owned(),
    }
}

fn find_text(table: &'static str, key: &str) -> Option<&'static str> {
    table.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn source_folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ribbon")
    }

    fn table_lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
        text.lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no key and text: {line}")))
    }

    fn files_with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files_with_ending(&path, ending));
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
        found
    }

    #[test]
    fn every_language_has_exactly_the_keys_of_english() {
        let keys = |text: &'static str| {
            let all: Vec<_> = table_lines(text).map(|(key, _)| key).collect();
            let once: BTreeSet<_> = all.iter().copied().collect();
            assert_eq!(all.len(), once.len(), "a key stands twice");
            once
        };
        let english = keys(ENGLISH);
        let languages = files_with_ending(&source_folder().join("words"), "txt");
        assert!(languages.len() >= 3, "{languages:?}");
        for file in languages {
            let text: &'static str = fs::read_to_string(&file).unwrap().leak();
            assert_eq!(keys(text), english, "{}", file.display());
            for (key, said) in table_lines(text) {
                assert!(!said.trim().is_empty(), "{key} of {} says nothing", file.display());
                // A translation of a server's sentence may omit the value; no other text may.
                let filled = Words::default().say(key).contains("{0}");
                assert!(filled || !said.contains("{0}"), "{key} of {}", file.display());
                let must = filled && !key.starts_with("trouble.");
                assert!(!must || said.contains("{0}"), "{key} of {}", file.display());
                // Digits stay Latin, like those of the timer and of numbers.
                let other = |c: char| c.is_numeric() && !c.is_ascii();
                assert!(!said.contains(other), "{key} of {}", file.display());
            }
        }
    }

    #[test]
    fn every_word_is_said_somewhere_and_every_word_said_is_there() {
        let sources: String = files_with_ending(&source_folder(), "rs")
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        for (key, _) in table_lines(ENGLISH) {
            // Texts of errors are looked up by the error's code.
            let used = key.starts_with("trouble.") || sources.contains(&format!("\"{key}\""));
            assert!(used, "nobody says {key}");
        }
        for call in ["say(\"", "fill(\""] {
            for said in sources.split(call).skip(1) {
                let key = said.split('"').next().unwrap_or_default();
                assert!(find_text(ENGLISH, key).is_some(), "there is no {key}");
            }
        }
    }

    #[test]
    fn each_language_has_the_product_s_own_outcomes() {
        let server = source_folder().join("../../../server/src/services/calls/dispositions.rs");
        let server = fs::read_to_string(server).unwrap();
        let lists =
            server.split_once("const DEFAULT_LIST").unwrap().1.split("KINDS").next().unwrap();
        let labels = lists.lines().filter_map(|line| line.split('"').nth(3));
        let labels: BTreeSet<_> = labels.collect();
        assert!(labels.contains("Promise to pay") && labels.len() == 15, "{labels:?}");
        let said = fs::read_to_string(source_folder().join("../../loader/said.txt")).unwrap();
        let said: &'static str = said.leak();
        for file in files_with_ending(&source_folder().join("words"), "txt") {
            let tag: &'static str = file.file_stem().unwrap().to_str().unwrap().to_owned().leak();
            let words = Words::from_table(said, tag);
            for label in labels.iter().chain(&["nobody answered"]).filter(|_| tag != "en") {
                assert_ne!(words.translate(label), *label, "{tag}");
            }
        }
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let words = Words::from_table("# half\nmute: चुप\nadvice.next: {0} के बाद", "hi");
        assert_eq!(words.say("mute"), "चुप");
        assert_eq!(words.say("unmute"), "Unmute");
        assert_eq!(words.fill("advice.next", "आशा"), "आशा के बाद");
        assert_eq!(words.fill_known("trouble.none_of_ours", ""), None);
        let words = Words::from_table("ur.busy: مصروف\nhi.busy: व्यस्त", "hi");
        assert_eq!((words.translate("busy"), words.translate("bus")), ("व्यस्त", "bus"));
    }
}
