//! Shortens the ribbon's style sheet, which is a part of the WebAssembly that every page downloads.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The bar's rules, and those of what opens over it.
const STYLES: [&str; 2] = ["src/ribbon/ribbon.css", "src/ribbon/panels.css"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut sheet = String::new();
    for styles in STYLES {
        println!("cargo::rerun-if-changed={styles}");
        sheet.push_str(&fs::read_to_string(styles)?);
    }
    let target = Path::new(&env::var("OUT_DIR")?).join("ribbon.css");
    fs::write(target, shorten_css(&sheet))?;
    Ok(())
}

/// Removes comments, line breaks and the spaces that mean nothing. Relies on the sheet's form:
/// one selector or declaration a line, and no text with `/*` in it.
fn shorten_css(css: &str) -> String {
    let mut code = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let mut short = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !short.is_empty() && !short.ends_with(['{', '}', ';', ',']) {
            short.push(' ');
        }
        if line.starts_with('}') && short.ends_with(';') {
            short.pop();
        }
        let is_declaration = line.ends_with(';') && !line.contains('{');
        match line.split_once(": ").filter(|_| is_declaration) {
            Some((name, value)) => short.extend([name, ":", value]),
            None => short.push_str(&line.replace(" {", "{").replace("{ ", "{").replace("; }", "}")),
        }
    }
    short
}
