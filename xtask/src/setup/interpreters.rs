//! Finds or installs the interpreters that run the snippets of the documents.

use super::apt;
use crate::paths;

/// The programs, each with Debian's package.
const PROGRAMS: [(&str, &str); 4] =
    [("node", "nodejs"), ("python3", "python3"), ("php", "php-cli"), ("ruby", "ruby")];

/// Finds or installs them. A snippet is a small part of the tests, so they run without an
/// interpreter that cannot be installed; this says which snippets are not tested then, and what
/// installs the interpreter.
pub fn ensure() {
    let missing: Vec<_> =
        PROGRAMS.into_iter().filter(|(program, _)| paths::on_path(program).is_none()).collect();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    let names: Vec<&str> = missing.iter().map(|(program, _)| *program).collect();
    let names = names.join(" and ");
    if let Err(error) = apt::install(&names, "to run the documents' snippets", &packages) {
        println!("      NOT TESTED: the documents' snippets for {names}: {error:#}");
    }
}
