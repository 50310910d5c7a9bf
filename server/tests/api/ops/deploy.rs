//! Tests that the files in deploy/ name settings that the server has. `cargo xtask check` checks
//! everything else about them.

use crate::support::process::{program_in, run_to_end};
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::TempDir;

/// What compose and the release give names of their own, which are no settings.
const NO_SETTINGS: [&str; 2] = ["CALL_RIBBON_IMAGE", "CALL_RIBBON_PORT"];

fn setting_names(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("CALL_RIBBON_") && !word.ends_with('_'))
        .map(str::to_owned)
        .collect()
}

/// Returns the text of each file in a folder and below it.
fn read_files(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_files(&path, texts);
        } else {
            texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[tokio::test]
async fn the_files_for_production_name_settings_that_exist() {
    let folder = TempDir::new().unwrap();
    let mut command = program_in(folder.path());
    command.args(["serve", "--help"]);
    let help = String::from_utf8(run_to_end(command).await.stdout).unwrap();
    let known = setting_names(&help);
    let mut texts = Vec::new();
    read_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy"), &mut texts);
    let mut found = 0;
    for (file, text) in texts.iter().filter(|(file, _)| !file.ends_with("check.py")) {
        for name in setting_names(text) {
            assert!(
                known.contains(&name) || NO_SETTINGS.contains(&name.as_str()),
                "{file} names {name}, which is no setting"
            );
            found += 1;
        }
    }
    assert!(found > 15, "only {found} names were found");
    // The one flag that they name.
    assert!(help.contains("--no-demo"));
}
