//! Sees to it that the folders that are put into the binary exist, and that the binary is
//! built anew when what is in them changes.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    for folder in ["../dist", "../examples"] {
        fs::create_dir_all(Path::new(&manifest).join(folder))?;
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=migrations");
    Ok(())
}
