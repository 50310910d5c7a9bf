//! Finds the SQL texts in the server's sources.
//!
//! A query of sqlx takes a text that is known at compile time, or one marked as safe
//! (`AssertSqlSafe`). So all of them are literals, or literals joined by `concat!`, and reading the
//! sources finds every one.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The words that begin a statement.
const VERBS: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "CREATE",
    "DELETE",
    "DROP",
    "EXPLAIN",
    "INSERT",
    "DEALLOCATE",
    "LISTEN",
    "LOCK",
    "NOTIFY",
    "PRAGMA",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TRUNCATE",
    "UPDATE",
    "UPSERT",
    "VACUUM",
    "VALUES",
    "WITH",
];
/// The functions that take a statement.
const TAKERS: &[&str] = &["query", "query_as", "query_scalar", "raw_sql", "begin_with"];

/// The result of the search.
#[derive(Default)]
pub struct Sources {
    /// Each statement, with the file that contains it.
    pub statements: Vec<(String, String)>,
    /// Files that build statements at run time.
    pub vouched_for: Vec<String>,
    /// Arguments of database functions that this search does not understand.
    pub unreadable: Vec<String>,
    /// Macros that expand to a text.
    texts: BTreeMap<String, TextMacro>,
}

/// A macro that expands to a text: its parameters, all of them literals, and its result.
struct TextMacro {
    parameters: Vec<String>,
    gives: TokenStream,
}

impl TextMacro {
    /// Returns its result for these arguments.
    fn expand(&self, arguments: TokenStream) -> TokenStream {
        let mut values = vec![TokenStream::new()];
        for token in arguments {
            match &token {
                TokenTree::Punct(mark) if mark.as_char() == ',' => values.push(TokenStream::new()),
                _ => values.last_mut().unwrap().extend([token]),
            }
        }
        let values = self.parameters.iter().map(String::as_str).zip(values).collect();
        put_in(self.gives.clone(), &values)
    }
}

/// Replaces each `$name` by its value.
fn put_in(tokens: TokenStream, values: &BTreeMap<&str, TokenStream>) -> TokenStream {
    let mut done = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '$' => {
                let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                done.extend(values.get(name.as_str()).cloned().unwrap_or_default());
            }
            TokenTree::Group(group) => {
                let inside = put_in(group.stream(), values);
                done.extend([TokenTree::Group(Group::new(group.delimiter(), inside))]);
            }
            other => done.extend([other]),
        }
    }
    done
}

/// Returns the names of parameters that are all literals; `None` if others are among them.
fn literal_parameters(parameters: &TokenStream) -> Option<Vec<String>> {
    let text = parameters.to_string().replace([' ', '\n'], "");
    let each = text.split(',').filter(|parameter| !parameter.is_empty());
    each.map(|parameter| {
        let name = parameter.strip_prefix('$')?.strip_suffix(":literal")?;
        Some(name.to_owned())
    })
    .collect()
}

impl Sources {
    /// Reads all of the server's sources.
    pub fn read_sources() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        list_sources(&root, &mut files);
        let parsed: Vec<(String, TokenStream)> = files
            .iter()
            .map(|file| {
                let name = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(file).unwrap().parse().unwrap())
            })
            .collect();
        let mut found = Self::default();
        for (_, tokens) in &parsed {
            found.find_texts(tokens);
        }
        for (file, tokens) in parsed {
            found.find_statements(&file, tokens);
        }
        found
    }

    /// Finds `macro_rules! name { ($a:literal, …) => { … } }`.
    fn find_texts(&mut self, tokens: &TokenStream) {
        let tokens: Vec<_> = tokens.clone().into_iter().collect();
        for at in 0..tokens.len() {
            if let TokenTree::Group(group) = &tokens[at] {
                self.find_texts(&group.stream());
            }
            if !is_word(&tokens[at], "macro_rules") {
                continue;
            }
            let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(arms))) =
                (tokens.get(at + 2), tokens.get(at + 3))
            else {
                continue;
            };
            let arms: Vec<_> = arms.stream().into_iter().collect();
            if let (Some(TokenTree::Group(takes)), Some(TokenTree::Group(gives))) =
                (arms.first(), arms.get(3))
                && let Some(parameters) = literal_parameters(&takes.stream())
            {
                let gives = gives.stream();
                self.texts.insert(name.to_string(), TextMacro { parameters, gives });
            }
        }
    }

    fn find_statements(&mut self, file: &str, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let group = |at: usize| match tokens.get(at) {
                Some(TokenTree::Group(group)) => Some(group),
                _ => None,
            };
            match token {
                // Skips attributes; doc comments are attributes too.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let inner = usize::from(matches!(tokens.get(at + 1),
                        Some(TokenTree::Punct(punct)) if punct.as_char() == '!'));
                    at += inner + 1;
                }
                TokenTree::Ident(name) if name == "AssertSqlSafe" => {
                    self.vouched_for.push(file.to_owned());
                }
                TokenTree::Ident(name) if name == "concat" => {
                    if let (true, Some(pieces)) = (is_mark(tokens.get(at + 1), '!'), group(at + 2))
                    {
                        match self.put_together(pieces.stream()) {
                            Some(text) => self.add_statement(file, text),
                            None if !pieces.stream().to_string().contains("env !") => {
                                self.unreadable.push(format!("{file}: {}", pieces.stream()));
                            }
                            None => {}
                        }
                        at += 2;
                    }
                }
                // The result of a text macro is checked at its use.
                TokenTree::Ident(name)
                    if name == "macro_rules"
                        && tokens
                            .get(at + 2)
                            .is_some_and(|name| self.texts.contains_key(&name.to_string())) =>
                {
                    at += 3;
                }
                TokenTree::Ident(name)
                    if self.texts.contains_key(&name.to_string())
                        && is_mark(tokens.get(at + 1), '!') =>
                {
                    let used: TokenStream =
                        tokens[at..(at + 3).min(tokens.len())].iter().cloned().collect();
                    match self.put_together(used.clone()) {
                        Some(text) => self.add_statement(file, text),
                        None => self.unreadable.push(format!("{file}: {used}")),
                    }
                    at += 2;
                }
                // Built at run time, and therefore marked as safe.
                TokenTree::Ident(name) if name == "format" => at += 2,
                TokenTree::Ident(name) if TAKERS.iter().any(|taker| name == taker) => {
                    if let Some(group) = group(at + 1)
                        && group.delimiter() == Delimiter::Parenthesis
                    {
                        self.check_taken(file, group.stream());
                    }
                }
                TokenTree::Literal(literal) => {
                    if let Some(text) = literal_text(literal) {
                        self.add_statement(file, text);
                    }
                }
                TokenTree::Group(group) => self.find_statements(file, group.stream()),
                _ => {}
            }
            at += 1;
        }
    }

    /// A text that is passed directly to the database must be one that the search finds.
    fn check_taken(&mut self, file: &str, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let text = match (tokens.first(), tokens.get(2)) {
            (Some(TokenTree::Literal(literal)), _) => literal_text(literal),
            (Some(TokenTree::Ident(name)), Some(TokenTree::Group(pieces))) if name == "concat" => {
                self.put_together(pieces.stream())
            }
            // A constant or variable: its text is elsewhere and is found there.
            _ => return,
        };
        if !text.as_deref().is_some_and(is_statement) {
            self.unreadable.push(format!("{file}: {text:?}"));
        }
    }

    fn add_statement(&mut self, file: &str, text: String) {
        if is_statement(&text) {
            self.statements.push((file.to_owned(), text));
        }
    }

    /// Returns the result of `concat!`; `None` if one of its arguments is not a known text.
    fn put_together(&self, pieces: TokenStream) -> Option<String> {
        let tokens: Vec<_> = pieces.into_iter().collect();
        let mut whole = String::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Literal(literal) => whole.push_str(&literal_text(literal)?),
                TokenTree::Punct(punct) if punct.as_char() == ',' => {}
                TokenTree::Ident(name) => {
                    let Some(TokenTree::Group(arguments)) = tokens.get(at + 2) else { return None };
                    let inside = match self.texts.get(&name.to_string()) {
                        Some(text) => text.expand(arguments.stream()),
                        None if name == "concat" => arguments.stream(),
                        None => return None,
                    };
                    whole.push_str(&self.put_together(inside)?);
                    at += 2;
                }
                _ => return None,
            }
            at += 1;
        }
        Some(whole)
    }
}

/// Lists the sources of a folder, without tests: what they write for a test is sent to no database.
fn list_sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            list_sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn literal_text(literal: &Literal) -> Option<String> {
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|first| VERBS.contains(&first)) && words.next().is_some()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(name) if name == word)
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}
