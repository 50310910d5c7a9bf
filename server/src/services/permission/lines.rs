//! Reads comma-separated values line by line, as their bytes arrive, with a bound on each line.

use crate::scan::count_steps;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most bytes and cells of a line.
const MAX_BYTES: usize = 10_000;
const MAX_CELLS: usize = 100;
/// The byte order mark with which some programs begin a file.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A line of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The line's number in the file, from 1.
    pub number: u64,
    /// Its cells.
    pub cells: Result<Vec<String>, BadLayout>,
}

/// Why a line has no cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLayout {
    /// The line has too many bytes or cells.
    TooLong,
    /// A quote that is not closed has swallowed the lines after it.
    OpenQuote,
}

/// The reader of one file.
#[derive(Debug)]
pub struct CsvLines {
    reader: Reader,
    /// How many bytes of a mark the file began with; `None` once other bytes were read.
    mark: Option<usize>,
    text: Vec<u8>,
    ends: Vec<usize>,
    text_len: usize,
    ends_len: usize,
    is_too_long: bool,
    /// The number of the line that is being read.
    number: u64,
    /// Whether a line is being read.
    is_inside: bool,
    /// Line breaks that were not given to the reader.
    skipped: u64,
}

impl Default for CsvLines {
    fn default() -> Self {
        Self {
            reader: ReaderBuilder::new().build(),
            mark: Some(0),
            text: vec![0; MAX_BYTES],
            ends: vec![0; MAX_CELLS],
            text_len: 0,
            ends_len: 0,
            is_too_long: false,
            number: 1,
            is_inside: false,
            skipped: 0,
        }
    }
}

impl CsvLines {
    /// Reads up to the end of a line, and takes what it has read off `rest`. `None`: more bytes
    /// are needed.
    pub fn next_line(&mut self, rest: &mut &[u8]) -> Option<Line> {
        if let Some(found) = self.mark {
            self.skip_mark(found, rest);
        }
        if !self.is_inside {
            // The reader would skip empty lines, and name the first of them for the next line.
            while let [byte @ (b'\n' | b'\r'), after @ ..] = rest {
                self.skipped += u64::from(*byte == b'\n');
                *rest = after;
            }
            self.number = self.reader.line() + self.skipped;
            self.is_inside = !rest.is_empty();
        }
        if rest.is_empty() { None } else { self.read_line(rest) }
    }

    /// Returns the last line, if the file does not end in a line break.
    pub fn last_line(&mut self) -> Option<Line> {
        self.read_line(&mut &b""[..])
    }

    /// Skips the mark. The reader does that only if it arrives in one piece.
    fn skip_mark(&mut self, mut found: usize, rest: &mut &[u8]) {
        while let [byte, after @ ..] = rest {
            if MARK.get(found) != Some(byte) {
                self.mark = None;
                if let Some(mut held @ [_, ..]) = MARK.get(..found).filter(|_| found < MARK.len()) {
                    // They begin the first cell, and hold no end of a line.
                    self.is_inside = true;
                    self.read_line(&mut held);
                }
                return;
            }
            *rest = after;
            found += 1;
            self.mark = Some(found);
        }
    }

    fn read_line(&mut self, rest: &mut &[u8]) -> Option<Line> {
        loop {
            let (result, read, written, ended) = self.reader.read_record(
                rest,
                &mut self.text[self.text_len..],
                &mut self.ends[self.ends_len..],
            );
            count_steps(read + 1);
            *rest = rest.get(read..).unwrap_or_default();
            self.text_len += written;
            self.ends_len += ended;
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
                // Read on, over what does not fit.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.is_too_long = true;
                    (self.text_len, self.ends_len) = (0, 0);
                }
                ReadRecordResult::Record => {
                    // The end of a line is counted with it or with the next one.
                    let is_single = self.reader.line() + self.skipped <= self.number + 1;
                    let cells = match (self.is_too_long, is_single) {
                        (true, true) => Err(BadLayout::TooLong),
                        (true, false) => Err(BadLayout::OpenQuote),
                        (false, true) => Ok(self.cells()),
                        (false, false) => check_breaks(self.cells()),
                    };
                    (self.text_len, self.ends_len) = (0, 0);
                    (self.is_too_long, self.is_inside) = (false, false);
                    return Some(Line { number: self.number, cells });
                }
            }
        }
    }

    fn cells(&self) -> Vec<String> {
        let mut start = 0;
        let ends = self.ends.iter().take(self.ends_len);
        ends.map(|end| {
            let cell = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(cell).replace('\0', "")
        })
        .collect()
    }
}

/// Refuses cells with line breaks after which a line of the file seems to begin.
fn check_breaks(cells: Vec<String>) -> Result<Vec<String>, BadLayout> {
    let holds_line = |cell: &String| cell.lines().skip(1).any(begins_with_number);
    if cells.iter().any(holds_line) { Err(BadLayout::OpenQuote) } else { Ok(cells) }
}

/// Returns whether the first cell of a line is a phone number.
fn begins_with_number(line: &str) -> bool {
    let first = line.split([',', ';', '\t']).next().unwrap_or_default();
    let digits = first.chars().filter(char::is_ascii_digit).count();
    let is_sign = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-().'\"".contains(c);
    digits >= 7 && first.chars().all(is_sign)
}

/// Reads a file that arrives in pieces of this many bytes.
#[cfg(any(test, feature = "fuzz"))]
pub fn read_in_pieces(file: &[u8], size: usize) -> Vec<Line> {
    let (mut lines, mut all) = (CsvLines::default(), Vec::new());
    for mut piece in file.chunks(size) {
        while let Some(line) = lines.next_line(&mut piece) {
            all.push(line);
        }
    }
    all.extend(lines.last_line());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn a_file_is_read_once() {
        for size in [1, 7, 4096] {
            assert_linear("CsvLines", |text| drop(read_in_pieces(text.as_bytes(), size)));
        }
    }

    #[test]
    fn lines_keep_their_numbers_however_the_file_arrives() {
        let long = format!("{},1\n", "x".repeat(MAX_BYTES + 1));
        let wide = format!("{}\n", ",".repeat(MAX_CELLS + 1));
        let file =
            format!("\u{feff}number,reason\r\n\r\n+91,\"a, \"\"b\"\"\nc\"\n{long}{wide}2\r\n3");
        let row = |number, cells: &[&str]| Line {
            number,
            cells: Ok(cells.iter().map(|&cell| cell.to_owned()).collect()),
        };
        let too_long = |number| Line { number, cells: Err(BadLayout::TooLong) };
        for size in [1, 2, 7, 4096, file.len()] {
            let expected = [
                row(1, &["number", "reason"]),
                row(3, &["+91", "a, \"b\"\nc"]),
                too_long(5),
                too_long(6),
                row(7, &["2"]),
                row(8, &["3"]),
            ];
            assert_eq!(read_in_pieces(file.as_bytes(), size), expected, "in pieces of {size}");
            // A wide zero begins with the first byte of the mark.
            assert_eq!(
                read_in_pieces("０,1".as_bytes(), size),
                [row(1, &["０", "1"])],
                "in pieces of {size}"
            );
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_found() {
        let many = "\"+919876500001,x\n".to_owned() + &"+919876500002,y\n".repeat(1_000);
        for (file, line, bad) in [
            ("1,\"a\n+919876500002,b\n", 1, true),
            ("0,x\n1,\"a\r\n98765 00002,b\r\n3,\"c\r\n", 2, true),
            ("1,\"a\n\"\"98765-00002\"\",b\"\n", 1, true),
            (&many, 1, true),
            ("1,\"a\nb, 42 times\nc\"\n", 1, false),
            ("1,\"a\n\n\"\n2,b\n", 1, false),
        ] {
            for size in [1, 7, 4096] {
                let lines = read_in_pieces(file.as_bytes(), size);
                let found = lines.iter().find(|line| line.cells == Err(BadLayout::OpenQuote));
                assert_eq!(found.map(|line| line.number), bad.then_some(line), "{file}");
            }
        }
    }
}
