//! The browser files in the binary: the ribbon, the dashboard and the examples.

use rust_embed::{EmbeddedFile, RustEmbed};

/// The output of `trunk build`.
#[derive(RustEmbed)]
#[folder = "../dist"]
// What a build that was stopped has left.
#[exclude = ".*"]
struct Built;

/// The book of the guides.
#[derive(RustEmbed)]
#[folder = "../book"]
#[exclude = ".*"]
struct Guides;

/// The example pages.
#[derive(RustEmbed)]
#[folder = "../examples"]
#[exclude = ".*"]
#[exclude = "node_modules/*"]
#[exclude = "*/node_modules/*"]
// Applications that are built on their own.
#[exclude = "react/*"]
#[exclude = "typescript/*"]
#[exclude = "vue/*"]
struct Examples;

/// Files for this crate's own tests, which must not depend on an earlier build.
#[cfg(test)]
#[derive(RustEmbed)]
#[folder = "tests/files"]
struct Tests;

/// The message if the browser files are not in the binary.
pub const NOT_BUILT: &str = "This binary does not contain the ribbon: run `cargo xtask build`, \
    then build the server again.";

/// The message if the guides are not in the binary.
pub const GUIDES_NOT_BUILT: &str = "This binary does not contain the guides, which are also in \
    docs/: run `cargo xtask build`, then build the server again.";

/// A folder in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Folder {
    /// The ribbon and the dashboard.
    Built,
    /// The book of the guides.
    Guides,
    /// The example pages.
    Examples,
    /// Files for tests.
    #[cfg(test)]
    Tests,
}

impl Folder {
    /// Returns a file by its path in the folder.
    pub fn get(self, path: &str) -> Option<EmbeddedFile> {
        match self {
            Self::Built => Built::get(path),
            Self::Guides => Guides::get(path),
            Self::Examples => Examples::get(path),
            #[cfg(test)]
            Self::Tests => Tests::get(path),
        }
    }
}

/// Returns whether the binary contains the ribbon.
pub fn ribbon_is_built() -> bool {
    Built::get("call-ribbon.js").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hidden_file_is_in_the_binary() {
        for path in Built::iter().chain(Guides::iter()).chain(Examples::iter()) {
            assert!(!path.split('/').any(|name| name.starts_with('.')), "{path}");
        }
    }
}
