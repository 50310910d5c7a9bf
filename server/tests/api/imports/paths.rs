//! Finds the paths in the server's sources, each from the root of the crate.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The path of a module or a name, from the root of the crate.
type Names = Vec<String>;

/// The sources, by module.
pub struct Files {
    files: BTreeMap<Names, (String, TokenStream)>,
    /// Names that a module re-exports, with their origins.
    handed_on: BTreeMap<Names, Names>,
}

impl Files {
    /// Reads all sources of the server except its unit tests.
    pub fn read() -> Self {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = BTreeMap::new();
        let mut waiting: Vec<PathBuf> = vec![top.clone()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting
                    .extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let file = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
            let Some(module) = file.strip_suffix(".rs") else { continue };
            let module: Names = module.split('/').map(str::to_owned).collect();
            if module == ["main"] || module.iter().any(|name| name == "tests") {
                continue;
            }
            let module = if module == ["lib"] { Vec::new() } else { module };
            let text = std::fs::read_to_string(&path).unwrap();
            files.insert(module, (file, text.parse().unwrap()));
        }
        let mut all = Self { files, handed_on: BTreeMap::new() };
        all.handed_on = all.find_handed_on();
        all
    }

    /// Returns each path of each file: the file, its module, and the path, with re-exported names
    /// resolved to their origins.
    pub fn imports(&self) -> Vec<(String, Names, Names)> {
        let mut found = Vec::new();
        for (module, (file, tokens)) in &self.files {
            for path in self.paths(module, tokens) {
                found.push((file.clone(), module.clone(), self.origin(path)));
            }
        }
        found
    }

    /// Resolves a path through `pub use`. No path needs more hops than this allows.
    fn origin(&self, mut path: Names) -> Names {
        for _ in 0..8 {
            let handed_on = (1..=path.len()).find_map(|end| {
                let from = self.handed_on.get(&path[..end])?;
                Some(from.iter().chain(&path[end..]).cloned().collect::<Names>())
            });
            match handed_on {
                Some(from) if from != path => path = from,
                _ => break,
            }
        }
        path
    }

    fn find_handed_on(&self) -> BTreeMap<Names, Names> {
        let mut handed_on = BTreeMap::new();
        for (module, (_, tokens)) in &self.files {
            let tokens: Vec<_> = tokens.clone().into_iter().collect();
            for (at, _) in tokens.iter().enumerate().filter(|(_, token)| is(token, "pub")) {
                let scope = matches!(&tokens.get(at + 1), Some(TokenTree::Group(group))
                    if group.delimiter() == Delimiter::Parenthesis);
                let at = at + 1 + usize::from(scope);
                if !tokens.get(at).is_some_and(|token| is(token, "use")) {
                    continue;
                }
                let end = tokens[at..].iter().position(|token| is_sign(token, ';')).unwrap();
                let tree = tokens[at + 1..at + end].iter().cloned().collect();
                for path in self.paths(module, &tree) {
                    let mut name = module.clone();
                    name.extend(path.last().cloned());
                    handed_on.insert(name, path);
                }
            }
        }
        handed_on
    }

    /// Returns the paths in a file's tokens that begin in this crate.
    fn paths(&self, module: &[String], tokens: &TokenStream) -> Vec<Names> {
        let mut written = Vec::new();
        collect(&[], tokens, &mut written);
        written.iter().filter_map(|path| self.absolute(module, path)).collect()
    }

    fn absolute(&self, module: &[String], path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            child => {
                let mut names = module.to_vec();
                names.push(child.to_owned());
                self.files.contains_key(&names).then_some(names)?
            }
        };
        for name in rest {
            match name.as_str() {
                "super" => drop(base.pop()),
                "self" => {}
                name => base.push(name.to_owned()),
            }
        }
        Some(base)
    }
}

/// Collects the paths of at least two names; those of groups (`a::{b, c}`) one by one.
fn collect(before: &[String], tokens: &TokenStream, found: &mut Vec<Names>) {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(_) if is_test_module(&tokens[at..]) => at += 3,
            TokenTree::Ident(name) => {
                let mut path = before.to_vec();
                path.push(name.to_string());
                at += 1;
                let mut group = None;
                while is_path_sign(&tokens[at..]) {
                    match tokens.get(at + 2) {
                        Some(TokenTree::Ident(next)) => path.push(next.to_string()),
                        Some(TokenTree::Group(inner)) if inner.delimiter() == Delimiter::Brace => {
                            group = Some(inner.stream());
                        }
                        _ => {}
                    }
                    at +=
                        if matches!(tokens.get(at + 2), Some(TokenTree::Ident(_))) { 3 } else { 2 };
                    if group.is_some() {
                        at += 1;
                        break;
                    }
                }
                match group {
                    Some(inner) => collect(&path, &inner, found),
                    None if path.len() > 1 => found.push(path),
                    None => {}
                }
            }
            TokenTree::Group(group) => {
                collect(&[], &group.stream(), found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Returns whether these tokens begin with `mod tests { … }`.
fn is_test_module(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [first, second, TokenTree::Group(_), ..] if is(first, "mod") && is(second, "tests"))
}

fn is_path_sign(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [one, two, ..] if is_sign(one, ':') && is_sign(two, ':'))
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(name) if name == word)
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}
