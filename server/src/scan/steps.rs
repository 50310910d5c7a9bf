//! Counts what scanners look at, and compares the counts of growing texts.

use std::cell::Cell;

/// Texts that are repeated: signs with a meaning in some encoding, what looks like the beginning of
/// something longer, and characters of several bytes.
const PIECES: [&str; 48] = [
    "&",
    ";",
    "\\",
    "%",
    "=",
    "\"",
    "'",
    "{",
    "[",
    "<",
    "+",
    "1",
    " ",
    "\n",
    ",",
    ":",
    "a",
    "é",
    "१",
    "\u{301}",
    "\0",
    "e\u{301}",
    "://",
    "://a",
    "a=1&",
    "&#",
    "&amp",
    "&#38",
    "%2",
    "%25",
    "%26",
    "\\u",
    "\\u00",
    "\\\"",
    "\\ud83d",
    "token=",
    "token%3Da%26",
    "token\\",
    "\"token\" ",
    "token\":",
    "Bearer ",
    "1-",
    "1--",
    "1.",
    "2025-10-12 ",
    "a[b]",
    "][",
    "--A--",
];
/// Those that are also tried together with each other.
const PAIRED: [&str; 10] = ["&", ";", "\\", "%", "=", "\"", "{", "+", "1", " "];
/// Pieces of the shortest text.
const SHORTEST: usize = 120;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Adds to the count of this thread.
pub fn add(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// Returns what a scanner looks at in total.
pub fn count(scan: impl FnOnce()) -> usize {
    let before = STEPS.get();
    scan();
    STEPS.get() - before
}

/// Asserts that a scanner looks at no more than about twice as much in a text of twice the length,
/// whatever it consists of.
pub fn assert_linear(scanner: &str, scan: impl Fn(&str)) {
    let pairs = PAIRED.iter().flat_map(|one| {
        PAIRED.iter().flat_map(move |other| {
            // By turns, and first all of the one.
            let by_turns = move |n: usize| [*one, *other].concat().repeat(n / 4);
            let in_rows = move |n: usize| [one.repeat(n / 4), other.repeat(n / 4)].concat();
            [Box::new(by_turns) as Box<dyn Fn(usize) -> String>, Box::new(in_rows)]
        })
    });
    let single = PIECES
        .iter()
        .map(|piece| Box::new(move |n: usize| piece.repeat(n)) as Box<dyn Fn(usize) -> String>);
    let mut total = 0;
    for text in single.chain(pairs) {
        let counts = [1, 2, 4].map(|times| count(|| scan(&text(SHORTEST * times))));
        let grows = |from: usize, to: usize| to <= from * 5 / 2 + SHORTEST;
        assert!(
            grows(counts[0], counts[1]) && grows(counts[1], counts[2]),
            "{scanner} takes {counts:?} steps for texts like {:?}",
            text(8)
        );
        total += counts[2];
    }
    assert!(total > 0, "{scanner} does not count its steps");
}
