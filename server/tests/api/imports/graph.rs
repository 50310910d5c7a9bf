//! A graph of imports, and the circles in it.

use super::Exception;
use super::paths::Files;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The parts of the server, each with its imports and one file that has the import.
#[derive(Clone, Default)]
pub struct Graph {
    imports: BTreeMap<String, BTreeMap<String, String>>,
}

impl Graph {
    /// Builds the graph of the parts that `part` returns for modules' paths.
    pub fn of(files: &Files, part: impl Fn(&[String]) -> Option<String>) -> Self {
        let mut graph = Self::default();
        for (file, module, path) in files.imports() {
            if let (Some(from), Some(to)) = (part(&module), part(&path))
                && from != to
            {
                graph.imports.entry(from).or_default().entry(to).or_insert(file);
            }
        }
        graph
    }

    /// Returns whether one part imports another.
    pub fn imports(&self, from: &str, to: &str) -> bool {
        self.imports.get(from).is_some_and(|imports| imports.contains_key(to))
    }

    /// Removes an import.
    pub fn remove(&mut self, from: &str, to: &str) {
        if let Some(imports) = self.imports.get_mut(from) {
            imports.remove(to);
        }
    }

    /// Returns whether this import closes a circle once all exceptions except this one are removed.
    pub fn closes_a_circle(&self, from: &str, to: &str, exceptions: &[Exception]) -> bool {
        let mut rest = self.clone();
        for (other_from, other_to, _) in exceptions {
            rest.remove(other_from, other_to);
        }
        self.imports(from, to) && rest.way(to, from).is_some()
    }

    /// Returns the circles, described in words: the shortest one through each import that is part
    /// of one, but each set of parts only once.
    pub fn circles(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (from, imports) in &self.imports {
            for to in imports.keys() {
                let Some(back) = self.way(to, from) else { continue };
                let mut circle = vec![from.clone()];
                circle.extend(back);
                if seen.insert(circle.iter().cloned().collect::<BTreeSet<_>>()) {
                    circles.push(self.words(&circle));
                }
            }
        }
        circles
    }

    /// Returns a shortest path along imports, including both ends.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut came_from = BTreeMap::from([(from.to_owned(), None::<String>)]);
        let mut queue = VecDeque::from([from.to_owned()]);
        while let Some(at) = queue.pop_front() {
            if at == to {
                let mut way = vec![at.clone()];
                let mut last = at;
                while let Some(Some(before)) = came_from.get(&last).cloned() {
                    way.insert(0, before.clone());
                    last = before;
                }
                return Some(way);
            }
            for next in self.imports.get(&at).into_iter().flat_map(BTreeMap::keys) {
                if !came_from.contains_key(next) {
                    came_from.insert(next.clone(), Some(at.clone()));
                    queue.push_back(next.clone());
                }
            }
        }
        None
    }

    fn words(&self, circle: &[String]) -> String {
        let steps = circle.windows(2).map(|step| {
            format!("{} imports {} (in {})", step[0], step[1], self.imports[&step[0]][&step[1]])
        });
        format!("a circle: {}", steps.collect::<Vec<_>>().join(", "))
    }
}
