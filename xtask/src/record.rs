//! `cargo xtask record`: runs the ribbon without its second file, and the dashboard up to its overview,
//! and writes down which of their functions did not run. They are in the second file (`pack/split.rs`).

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::exec::{self, Stream};
use crate::pack::rest;
use crate::plan::Plan;
use crate::server::{self, Profile};
use crate::setup::Need;
use crate::{browser, paths, test};

/// Before the numbers that the script in the browser prints.
const RESULT: &str = "ran: ";

/// `cargo xtask record`.
pub fn record() -> Result<()> {
    let folder = paths::target()?.join("xtask");
    let recorded = folder.clone();
    Plan::new(&[Need::BrowserBuild, Need::Chromium, Need::Node])
        .step("building browser files that record", move |tools| {
            fs::create_dir_all(&folder)?;
            browser::build_recording(tools, &folder)
        })
        .step("building the server", |tools| server::compile(tools, Profile::Dev))
        .step("installing what the script needs", test::install_node_modules)
        .step("recording", move |tools| {
            for (part, script) in
                [(rest::RIBBON, "record.mjs"), (rest::DASHBOARD, "record-dashboard.mjs")]
            {
                let mut node = test::node_for_pages(tools)?;
                let said = exec::run_and_read(node.arg(script), Stream::Output)?;
                let numbers = said.lines().find_map(|line| line.strip_prefix(RESULT));
                let numbers: BTreeSet<usize> = numbers
                    .context("the script says nothing")?
                    .split(',')
                    .map(str::parse)
                    .collect::<Result<_, _>>()?;
                ensure!(!numbers.is_empty(), "no function ran");
                part.write_list(&recorded, &numbers)?;
            }
            Ok(())
        })
        .run()
}
