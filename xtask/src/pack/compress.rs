//! Compresses files at build time, so that the server need not compress them for each visitor.

use std::{
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// The extensions of text and code; pictures are compressed already.
const EXTENSIONS: &[&str] =
    &["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest", "xml"];
/// Below this size a header costs more than compression saves.
const SMALLEST: usize = 200;

/// Brotli's best quality; takes minutes for some megabytes if this tool is not optimised.
const BEST: i32 = 11;
/// A quality whose results are a quarter larger, in a fraction of the time.
const QUICK: i32 = 5;

/// Writes `.br` and `.gz` beside each file that they make smaller.
pub fn compress_folder(folder: &Path, quick: bool) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress_folder(&path, quick)?;
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
            let content = fs::read(&path)?;
            if content.len() > SMALLEST {
                let quality = if quick { QUICK } else { BEST };
                write_if_smaller(&path, "br", &content, &compress_brotli(&content, quality)?)?;
                write_if_smaller(&path, "gz", &content, &compress_gzip(&content)?)?;
            }
        }
    }
    Ok(())
}

/// Returns the size of a content after brotli, in bytes.
pub fn brotli_size(content: &[u8]) -> Result<usize> {
    Ok(compress_brotli(content, BEST)?.len())
}

fn write_if_smaller(path: &Path, ending: &str, plain: &[u8], compressed: &[u8]) -> Result<()> {
    if compressed.len() < plain.len() {
        fs::write(with_ending(path, ending), compressed)?;
    }
    Ok(())
}

/// Appends an ending: `ribbon.js` → `ribbon.js.br`.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Compresses with the largest window that every browser accepts.
fn compress_brotli(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let options = BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &options)?;
    Ok(compressed)
}

fn compress_gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_can_be_read_again() -> Result<()> {
        let content = "a sentence that is said twice. ".repeat(20).into_bytes();
        let mut plain = Vec::new();
        brotli::Decompressor::new(&compress_brotli(&content, BEST)?[..], 4096)
            .read_to_end(&mut plain)?;
        assert_eq!(plain, content);
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&compress_gzip(&content)?[..]).read_to_end(&mut plain)?;
        assert_eq!(plain, content);
        Ok(())
    }

    #[test]
    fn the_ending_is_added_to_the_whole_name() {
        assert_eq!(with_ending(Path::new("a/b.js"), "br"), Path::new("a/b.js.br"));
    }
}
