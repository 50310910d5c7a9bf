//! Tests which parts of the server import which, and that no imports form a circle.
//!
//! Two levels are checked. At the top, the modules of `lib.rs` must not import each other in a
//! circle. Inside `http`, `services` and `storage`, neither must the domain folders and the files
//! beside them. Within one folder files may know each other, and each folder's own file
//! (`storage.rs` for `storage/`) is part of that folder.
//!
//! A name that a folder re-exports (`pub use`) counts as an import of its origin. A method that
//! another file adds to a type (`impl Store`) is not seen.

mod graph;
mod paths;

use graph::Graph;
use paths::Files;

/// Modules whose folders are examined.
const LAYERS: &[&str] = &["http", "services", "storage"];

/// An import that would close a circle, and why it is allowed for now.
type Exception = (&'static str, &'static str, &'static str);

const EXCEPTIONS: &[Exception] = &[];

#[test]
fn no_imports_go_in_a_circle() {
    let files = Files::read();
    let mut graphs = vec![Graph::of(&files, |path| path.first().cloned())];
    for layer in LAYERS {
        graphs.push(Graph::of(&files, |path| match path {
            [first, second, ..] if first == layer => Some(format!("{first}/{second}")),
            _ => None,
        }));
    }
    let mut faults = Vec::new();
    for (from, to, _) in EXCEPTIONS {
        if !graphs.iter().any(|graph| graph.closes_a_circle(from, to, EXCEPTIONS)) {
            faults.push(format!("{from} → {to} closes no circle any more: remove the exception"));
        }
    }
    for graph in &mut graphs {
        for (from, to, _) in EXCEPTIONS {
            graph.remove(from, to);
        }
        faults.extend(graph.circles());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A test that reads nothing would find nothing.
#[test]
fn imports_are_found() {
    let files = Files::read();
    let graph = Graph::of(&files, |path| path.first().cloned());
    for (from, to) in [("http", "services"), ("services", "storage"), ("server", "http")] {
        assert!(graph.imports(from, to), "{from} → {to} was not found");
    }
    // Through `pub use` in `storage.rs`.
    let inside = Graph::of(&files, |path| path.get(1).map(|name| format!("{}/{name}", path[0])));
    assert!(inside.imports("services/clients", "storage/clients"));
}
