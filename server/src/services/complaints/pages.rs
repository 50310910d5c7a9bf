//! Writes lines of text onto the pages of a PDF, in the fonts that every reader of PDFs has.
//!
//! Those fonts have the letters of Western Europe alone. A text with other letters is replaced as a
//! whole by a note that names calls.json: no letter is left out or changed silently.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 48.0;
const SIZE: f32 = 9.0;
const LEADING: f32 = 12.0;
/// Lines between the margins of a page, but for the one at its foot.
const LINES: usize = 61;
/// Characters of a line; the font is as wide as its widest usual letters.
const LINE: usize = 100;
const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// What stands in place of a text that the fonts cannot show.
pub const ELSEWHERE: &str = "[in another script: see calls.json]";

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    text: Vec<u8>,
    bold: bool,
}

/// The lines of a document.
#[derive(Debug, Default)]
pub struct Pages {
    lines: Vec<Line>,
}

impl Pages {
    /// Adds an empty line and a heading.
    pub fn add_heading(&mut self, text: &str) {
        self.lines.push(Line { text: Vec::new(), bold: false });
        self.add(text, true);
    }

    /// Adds a paragraph, broken into lines.
    pub fn add_text(&mut self, text: &str) {
        self.add(text, false);
    }

    fn add(&mut self, text: &str, bold: bool) {
        for line in wrap(&to_font(text)) {
            self.lines.push(Line { text: line, bold });
        }
    }

    /// Writes the document.
    pub fn write(&self) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let (catalog, tree, plain, bold) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
        let pages: Vec<&[Line]> = self.lines.chunks(LINES).collect();
        let page_ref = |page: usize| Ref::new(i32::try_from(5 + 2 * page).unwrap_or(i32::MAX));
        pdf.catalog(catalog).pages(tree);
        pdf.pages(tree)
            .kids((0..pages.len()).map(page_ref))
            .count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
        for (font, name) in [(plain, &b"Helvetica"[..]), (bold, &b"Helvetica-Bold"[..])] {
            pdf.type1_font(font)
                .base_font(Name(name))
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (at, lines) in pages.iter().enumerate() {
            let (id, content) = (page_ref(at), page_ref(at).next());
            let mut page = pdf.page(id);
            page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content);
            page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
            page.finish();
            let footer = format!("Page {} of {}", at + 1, pages.len());
            pdf.stream(content, &draw(lines, &footer));
        }
        pdf.finish()
    }
}

fn draw(lines: &[Line], footer: &str) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text();
    content.set_leading(LEADING);
    content.next_line(MARGIN, HEIGHT - MARGIN);
    for line in lines {
        content.set_font(if line.bold { BOLD } else { PLAIN }, SIZE);
        content.show(Str(&line.text));
        content.next_line(0.0, -LEADING);
    }
    content.end_text();
    content.begin_text();
    content.set_font(PLAIN, SIZE);
    content.next_line(MARGIN, MARGIN / 2.0);
    content.show(Str(footer.as_bytes()));
    content.end_text();
    content.finish().to_vec()
}

/// Returns a text in the encoding of the fonts, each word that they cannot show replaced.
fn to_font(text: &str) -> Vec<u8> {
    text.chars().map(to_win_ansi).collect::<Option<Vec<u8>>>().unwrap_or_else(|| {
        // A line of several texts keeps those that can be shown.
        let parts: Vec<Vec<u8>> = text
            .split(": ")
            .map(|part| {
                let shown: Option<Vec<u8>> = part.chars().map(to_win_ansi).collect();
                shown.unwrap_or_else(|| ELSEWHERE.as_bytes().to_vec())
            })
            .collect();
        parts.join(&b": "[..])
    })
}

fn to_win_ansi(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' => u8::try_from(letter).ok(),
        '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).ok(),
        '\n' | '\r' | '\t' => Some(b' '),
        '€' => Some(0x80),
        '…' => Some(0x85),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '–' => Some(0x96),
        '—' => Some(0x97),
        _ => None,
    }
}

/// Breaks a text into lines, at spaces where possible.
fn wrap(text: &[u8]) -> Vec<Vec<u8>> {
    let (mut lines, mut rest) = (Vec::new(), text);
    while rest.len() > LINE {
        let (head, _) = rest.split_at(LINE);
        let cut = head.iter().rposition(|byte| *byte == b' ').filter(|cut| *cut > LINE / 2);
        let (line, next) = rest.split_at(cut.unwrap_or(LINE));
        lines.push(line.to_vec());
        rest = if cut.is_some() { next.get(1..).unwrap_or_default() } else { next };
    }
    lines.push(rest.to_vec());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_another_script_is_replaced_as_a_whole() {
        assert_eq!(to_font("Zoë – “x”"), b"Zo\xeb \x96 \x93x\x94");
        let replaced = format!("Name: {ELSEWHERE}: 7");
        assert_eq!(to_font("Name: आशा Rao: 7"), replaced.as_bytes());
    }

    #[test]
    fn long_texts_are_broken_and_nothing_is_lost() {
        let text = "word ".repeat(100);
        let lines = wrap(text.as_bytes());
        assert!(lines.iter().all(|line| line.len() <= LINE));
        assert_eq!(lines.join(&b' '), text.as_bytes());
        let solid = "x".repeat(250);
        assert_eq!(wrap(solid.as_bytes()).concat(), solid.as_bytes());
    }

    #[test]
    fn lines_are_distributed_over_pages() {
        let mut pages = Pages::default();
        for n in 0..200 {
            pages.add_text(&format!("line {n}"));
        }
        let pdf = pages.write();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-") && text.contains("Page 4 of 4"), "{text}");
        assert!(text.contains("(line 199)"));
    }
}
