//! Creates the folders that are embedded in the binary if they are missing, and rebuilds the binary
//! when their contents change.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    for folder in ["../dist", "../book", "../examples"] {
        fs::create_dir_all(Path::new(&manifest).join(folder))?;
        println!("cargo::rerun-if-changed={folder}");
    }
    // For users who install the program with Cargo; the program says it again when it starts.
    if !Path::new(&manifest).join("../dist/call-ribbon.js").exists() {
        println!(
            "cargo::warning=the ribbon and the dashboard are not built, and will be missing in this \
             program: run `cargo xtask build` first"
        );
    }
    println!("cargo::rerun-if-changed=migrations");
    Ok(())
}
