//! Turns Trunk's output into the files that the server embeds.
//!
//! Trunk runs this as its last step (see Trunk.toml), on the folder where it collects its output.
//! Afterwards that folder contains:
//!
//! ```text
//! call-ribbon.js                the loader: the only file whose name never changes
//! integrity.json                its digest, for pages that pin it
//! index.html                    the dashboard's page
//! embed.html                    the ribbon's own page, for the frame on a strict page
//! assets/ribbon-<hash>.js       the ribbon: its glue and its WebAssembly
//! assets/ribbon-<hash>.wasm     the part that a page needs until the ribbon is ready
//! assets/rest-<hash>.wasm       all other functions, loaded after that
//! assets/diagnose-<hash>.js     the diagnosis, loaded when a page calls for it
//! assets/help-<hash>.js         the panel of keys, loaded when an agent opens it
//! assets/tips-<hash>.js         the tooltips of the buttons, loaded with the first of them
//! assets/advise-<hash>.js       tells a page's developer about mistakes, loaded if there are any
//! assets/permission-<hash>.js   why a call is not permitted, loaded if a client has rules
//! assets/companion-<hash>.js    recent calls, follow-ups and the like, loaded when needed
//! assets/frame-<hash>.js        creates that frame on the page; `inside` runs in it
//! assets/inside-<hash>.js
//! assets/said-<hash>.txt         what the server says in English, in other languages
//! assets/words-<language>-<hash>.txt   the ribbon's texts in a language, if it is chosen
//! assets/voice-<hash>.js        an agent's voice in the browser, when an agent goes online
//! assets/exotel-sdk-<hash>.js   Exotel's SDK, loaded by `voice`, and its tones
//! assets/sip-<hash>.js          JsSIP, loaded by `voice` for agents of a PBX
//! assets/dashboard-<hash>.js    the dashboard: the same, its styles, and whatever else Trunk added
//! assets/dashboard-<hash>.wasm  the sign-in and the overview
//! assets/views-<hash>.wasm      its other views, loaded after that
//! assets/dashboard-<hash>.css
//! ```
//!
//! and `.br` and `.gz` beside each. Everything in `assets/` is named by its content, so it may be
//! cached for ever; the files beside it may not.

mod compress;
mod dashboard;
mod frame;
mod glue;
mod imports;
mod javascript;
mod loader;
pub mod rest;
mod sections;
mod split;
mod unused;
mod voice;

use std::{env, fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    clock::{Stopwatch, format_duration},
    fingerprint::short_hash,
    paths,
};
pub use compress::{brotli_size, with_ending};
use javascript::ScriptKind;

/// The files that the ribbon loads later: the names under which it asks for them, and their paths.
type Later = Vec<(String, String)>;

/// The folder of files that are named by their content.
const ASSETS: &str = "assets";

/// Runs `cargo xtask pack`.
pub fn pack() -> Result<()> {
    let watch = Stopwatch::start();
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .context("Trunk calls this command itself: run `trunk build`")?;
    let staging = Path::new(&staging);
    fs::create_dir_all(staging.join(ASSETS))?;
    // Trunk sets this to `debug` when it builds without `--release`.
    let quick = env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "debug");

    let ribbon = pack_ribbon(staging, quick)?;
    let loader = loader::fill(&source_of("call-ribbon.js")?, &ribbon)?;
    fs::write(staging.join("call-ribbon.js"), &loader)?;
    fs::write(staging.join("integrity.json"), loader::integrity_digest(&loader))?;
    dashboard::pack(staging, quick)?;
    compress::compress_folder(staging, quick)?;
    println!("packed in {}", format_duration(watch.elapsed()));
    Ok(())
}

/// Wraps and names the ribbon's two files.
fn pack_ribbon(staging: &Path, quick: bool) -> Result<loader::LoaderValues> {
    let source = read_and_remove(&staging.join("ribbon.js"))?;
    let source = String::from_utf8(source).context("the ribbon's glue is no text")?;
    let wasm = read_and_remove(&staging.join("ribbon_bg.wasm"))?;
    let (source, wasm) = unused::remove_unused(&source, &wasm, staging, quick)
        .context("what nobody uses could not be taken out of the ribbon")?;
    let (source, wasm) = imports::shorten(&source, &wasm, "./ribbon_bg.js")
        .context("the ribbon's imports could not be given short names")?;
    let mut later = languages(staging)?;
    let source = rest::prepare(&source)?;
    // A quick build has no second file: wasm-opt is what makes it worth one.
    let (source, wasm) = if quick {
        (source, wasm)
    } else {
        let (source, first, path) =
            rest::RIBBON.split(&source, &wasm, staging).context("the ribbon could not be split")?;
        later.push(("rest".to_owned(), path));
        (source, first)
    };
    later.push(voice::pack(staging)?);
    later.push(("help".to_owned(), module(staging, "help.js")?));
    later.push(("tips".to_owned(), joined(staging, "tips", &["focus", "tips"])?));
    later.push(("companion".to_owned(), joined(staging, "companion", &COMPANION)?));
    later.push(("advise".to_owned(), module(staging, "advise.js")?));
    later.push(("permission".to_owned(), module(staging, "permission.js")?));
    later.push(("said".to_owned(), write_words(staging, "said", &source_of("said.txt")?)?));
    let mut parts = Vec::new();
    for part in ["keys.js", "facts.js", "check.js", "companion.js", "rest.js"] {
        parts.push(source_of(part)?);
    }
    let around = source_of("around.js")?;
    let glue = glue::wrap(&source, &around, &parts.join("\n"), &later)
        .context("the ribbon's glue could not be wrapped")?;
    Ok(loader::LoaderValues {
        glue: write_hashed(staging, "ribbon", "js", glue.code.as_bytes())?,
        wasm: write_hashed(staging, "ribbon", "wasm", &wasm)?,
        diagnose: module(staging, "diagnose.js")?,
        frame: frame::pack(staging, &around)?,
        globals: glue.globals,
    })
}

/// Packs a module that the loader loads on demand.
fn module(staging: &Path, name: &str) -> Result<String> {
    let code = javascript::minify(&source_of(name)?, ScriptKind::Module)?;
    write_hashed(staging, name.trim_end_matches(".js"), "js", code.as_bytes())
}

/// The parts of the companion, which the ribbon loads on demand, in the order of their use.
const COMPANION: [&str; 7] = [
    "companion/words",
    "companion/parts",
    "companion/history",
    "companion/follow-ups",
    "companion/dial",
    "companion/card",
    "companion/start",
];

/// Packs several files as one module.
fn joined(staging: &Path, name: &str, parts: &[&str]) -> Result<String> {
    let parts: Result<Vec<String>> =
        parts.iter().map(|part| source_of(&format!("{part}.js"))).collect();
    let code = javascript::minify(&parts?.join("\n"), ScriptKind::Module)?;
    write_hashed(staging, name, "js", code.as_bytes())
}

/// Writes the texts of each language but English, which is compiled in. Returns the names under
/// which the ribbon requests them, with their paths.
fn languages(staging: &Path) -> Result<Later> {
    let folder = paths::workspace()?.join("widget/src/ribbon/words");
    let mut placed = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let file = entry?.path();
        let tag = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if tag == "en" || file.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let name = format!("words-{}", tag.to_ascii_lowercase());
        let path = write_words(staging, &name, &fs::read_to_string(&file)?)?;
        placed.push((name, path));
    }
    placed.sort();
    Ok(placed)
}

/// Writes lines of keys and texts. Comments are for translators.
fn write_words(staging: &Path, name: &str, text: &str) -> Result<String> {
    let words: Vec<&str> =
        text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    write_hashed(staging, name, "txt", words.join("\n").as_bytes())
}

/// Returns the text of a file beside the loader.
fn source_of(name: &str) -> Result<String> {
    let file = paths::workspace()?.join("widget/loader").join(name);
    fs::read_to_string(&file).with_context(|| format!("{} could not be read", file.display()))
}

/// Reads a file and removes it.
fn read_and_remove(file: &Path) -> Result<Vec<u8>> {
    let content = fs::read(file).with_context(|| format!("Trunk made no {}", file.display()))?;
    fs::remove_file(file)?;
    Ok(content)
}

/// Writes a content under its hash and returns the file's path below the server's root.
fn write_hashed(staging: &Path, stem: &str, extension: &str, content: &[u8]) -> Result<String> {
    let path = format!("{ASSETS}/{stem}-{}.{extension}", short_hash(content));
    fs::write(staging.join(&path), content)?;
    Ok(path)
}
