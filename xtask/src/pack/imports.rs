//! Gives the functions that the WebAssembly imports from its glue short names.
//!
//! wasm-bindgen names each by what it is and by a hash, once in the WebAssembly and once in the
//! glue. Nobody reads those names, and hashes do not compress: two hundred of them are 5 kB of
//! what a page downloads.

use super::sections::{self, Reader, put_number, put_text};
use anyhow::{Result, ensure};

/// The module under which the glue hands its functions over, as wasm-bindgen names it and as it
/// is named here.
const MODULE: &str = "./ribbon_bg.js";
const SHORT_MODULE: &str = "g";
/// The kind of an import that is a function.
const FUNCTION: u8 = 0;

/// The same program under short names: glue and WebAssembly.
pub fn shorten(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut glue = glue.replace(&format!("\"{MODULE}\""), &format!("\"{SHORT_MODULE}\""));
    let wasm = sections::change(wasm, sections::IMPORTS, |section| imports(section, &mut glue))?;
    Ok((glue, wasm))
}

fn imports(section: &[u8], glue: &mut String) -> Result<Vec<u8>> {
    let mut section = Reader(section);
    let mut out = Vec::new();
    let count = section.number()?;
    put_number(&mut out, count);
    for place in 0..count {
        let module = section.text()?;
        ensure!(module == MODULE.as_bytes(), "the WebAssembly imports from elsewhere, too");
        let name = str::from_utf8(section.text()?)?;
        let kind = section.take(1)?;
        ensure!(kind == [FUNCTION], "{name} is imported and no function");
        let of_type = section.number()?;
        let short = short(place);
        rename(glue, name, &short)?;
        put_text(&mut out, SHORT_MODULE.as_bytes());
        put_text(&mut out, short.as_bytes());
        out.push(FUNCTION);
        put_number(&mut out, of_type);
    }
    Ok(out)
}

/// In the glue each of these functions is a property of one object.
fn rename(glue: &mut String, name: &str, short: &str) -> Result<()> {
    let property = format!(" {name}:");
    ensure!(glue.matches(&property).count() == 1, "the glue does not name {name} once");
    *glue = glue.replace(&property, &format!(" {short}:"));
    Ok(())
}

/// `a` to `z`, then `a1` to `z1`, and so on.
fn short(place: usize) -> String {
    let letter = char::from(b"abcdefghijklmnopqrstuvwxyz"[place % 26]);
    let round = place / 26;
    if round == 0 { letter.to_string() } else { format!("{letter}{round}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "const i = { __proto__: null, __wbg_now_1f: function() {}, __wbg_now_2f: () => 1 };\nreturn { \"./ribbon_bg.js\": i };";

    /// A file with two imports, and a section after them.
    fn wasm() -> Vec<u8> {
        let mut list = vec![2];
        for (name, of_type) in [("__wbg_now_1f", 0), ("__wbg_now_2f", 200)] {
            put_text(&mut list, MODULE.as_bytes());
            put_text(&mut list, name.as_bytes());
            list.push(FUNCTION);
            put_number(&mut list, of_type);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.push(sections::IMPORTS);
        put_text(&mut wasm, &list);
        wasm.extend([3, 1, 0]);
        wasm
    }

    #[test]
    fn both_sides_get_the_same_short_names() -> Result<()> {
        let (glue, short) = shorten(GLUE, &wasm())?;
        assert_eq!(
            glue,
            "const i = { __proto__: null, a: function() {}, b: () => 1 };\nreturn { \"g\": i };"
        );
        let list = [2, 1, b'g', 1, b'a', 0, 0, 1, b'g', 1, b'b', 0, 200, 1];
        let mut wanted = b"\0asm\x01\0\0\0\x02\x0e".to_vec();
        wanted.extend(list);
        wanted.extend([3, 1, 0]);
        assert_eq!(short, wanted);
        Ok(())
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert!(shorten(&GLUE.replace("now_2f", "then_2f"), &wasm()).is_err());
        assert!(shorten(GLUE, &wasm()[..20]).is_err());
        assert!(shorten(GLUE, b"no").is_err());
    }

    #[test]
    fn names_do_not_come_twice() {
        let names: std::collections::BTreeSet<_> = (0..2_000).map(short).collect();
        assert_eq!(names.len(), 2_000);
    }
}
