//! Finds the names of functions in Rust's sources.

/// How many functions there are, and how many of their names are one word.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// All that were found.
    pub all: usize,
    /// Those without an underscore.
    pub one_word: usize,
}

/// Names that a convention gives: of constructors, programs and HTTP's methods.
const CONVENTIONAL: &[&str] = &["new", "main", "get", "post", "put", "patch", "delete"];

impl Names {
    /// Adds the functions of a file that rustfmt has formatted. Tests and the methods that a trait
    /// prescribes are left out.
    pub fn add(&mut self, code: &str) {
        // The end of the block that is skipped: its closing brace, at its own indentation.
        let mut skipped_until: Option<String> = None;
        let mut is_test = false;
        for line in code.lines() {
            if let Some(end) = &skipped_until {
                if line == end {
                    skipped_until = None;
                }
                continue;
            }
            let text = line.trim_start();
            let indentation = &line[..line.len() - text.len()];
            if is_test_attribute(text) {
                is_test = true;
            } else if opens_trait_block(text) || is_test && is_item(text) {
                is_test = false;
                // A block of one line ends where it starts.
                if !text.ends_with(['}', ';']) {
                    skipped_until = Some(format!("{indentation}}}"));
                }
            } else if let Some(name) = function_name(text)
                && !CONVENTIONAL.contains(&name)
            {
                self.all += 1;
                self.one_word += usize::from(!name.trim_start_matches('_').contains('_'));
            }
        }
    }
}

fn is_test_attribute(text: &str) -> bool {
    ["#[test]", "#[cfg(test)]", "#[tokio::test", "#[wasm_bindgen_test"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// What an attribute stands before, other than another attribute or a comment.
fn is_item(text: &str) -> bool {
    !text.starts_with("#[") && !text.starts_with("//") && !text.is_empty()
}

/// `impl Trait for Type`, whose methods the trait names.
fn opens_trait_block(text: &str) -> bool {
    text.starts_with("impl") && text.contains(" for ")
}

/// The name in a line that starts a function.
fn function_name(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix("fn ") {
            return after.split(['(', '<']).next();
        }
        rest = ["pub ", "pub(crate) ", "pub(super) ", "async ", "const ", "unsafe "]
            .iter()
            .find_map(|word| rest.strip_prefix(word))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
pub fn said(call: &str) {}
pub(crate) async fn read_call<T>(call: T) {
    nothing();
}
// fn comment()
impl fmt::Display for Call {
    fn fmt(&self) {}
    fn other(&self) {}
}
impl Call {
    fn new() {}
    const fn age(&self) {}
}
#[cfg(test)]
use something;
#[test]
#[ignore]
fn one() {
    two();
}
#[cfg(test)]
mod tests {
    fn three() {}
}
fn last_one() {}
";

    #[test]
    fn tests_and_methods_of_traits_are_left_out() {
        let mut names = Names::default();
        names.add(CODE);
        assert_eq!(names, Names { all: 4, one_word: 2 });
    }
}
