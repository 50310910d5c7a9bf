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
    println!("cargo::rerun-if-changed=migrations");
    Ok(())
}
