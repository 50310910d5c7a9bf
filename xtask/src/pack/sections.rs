//! The sections of a WebAssembly file, as far as they are changed here.

use anyhow::{Context, Result, ensure};

/// The section that lists what a file imports.
pub const IMPORTS: u8 = 2;
/// The section that lists what a file exports.
pub const EXPORTS: u8 = 7;
/// Magic number and version, before the first section.
const HEADER: usize = 8;

/// The same file with one section changed.
pub fn change(
    wasm: &[u8],
    which: u8,
    mut change: impl FnMut(&[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let mut out = wasm.get(..HEADER).context("the WebAssembly has no header")?.to_vec();
    let mut rest = Reader(&wasm[HEADER..]);
    while let Some((&section, after)) = rest.0.split_first() {
        rest.0 = after;
        let content = rest.text()?;
        out.push(section);
        if section == which {
            put_text(&mut out, &change(content)?);
        } else {
            put_text(&mut out, content);
        }
    }
    Ok(out)
}

/// The names of the functions that a file imports.
pub fn imports(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    change(wasm, IMPORTS, |section| {
        let mut reader = Reader(section);
        for _ in 0..reader.number()? {
            reader.text()?;
            names.push(str::from_utf8(reader.text()?)?.to_owned());
            ensure!(reader.take(1)? == [0], "something other than a function is imported");
            reader.number()?;
        }
        Ok(section.to_vec())
    })?;
    Ok(names)
}

/// Reads what stands in a file or a section.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// A number in LEB128.
    pub fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = usize::from(self.take(1)?[0]);
            number |= (byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        anyhow::bail!("the WebAssembly holds a number that is too long")
    }

    /// A length and so many bytes.
    pub fn text(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// So many bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(length).context("the WebAssembly ends early")?;
        self.0 = rest;
        Ok(taken)
    }
}

/// Writes a number in LEB128.
pub fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Writes a length and so many bytes.
pub fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_number(out, text.len());
    out.extend_from_slice(text);
}
