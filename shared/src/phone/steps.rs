//! Counts the characters that the parser looks at, in tests only.
//!
//! A parser that looks ahead to the end of the text at each of many signs is quadratic. The server's
//! scanners count in the same way (`server/src/scan.rs`).

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts characters that were looked at.
#[inline]
pub(super) fn count_steps(steps: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(test))]
    let _ = steps;
}

/// Returns how many characters are looked at in total.
#[cfg(test)]
pub(super) fn count(parse: impl FnOnce()) -> usize {
    let before = STEPS.get();
    parse();
    STEPS.get() - before
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan_pieces;
    use super::count;

    /// What a number is written with, what looks like the beginning of something longer, and a
    /// number.
    const PIECES: [&str; 34] = [
        "(",
        ")",
        "-",
        ".",
        " ",
        "'",
        ",",
        ";",
        "#",
        "+",
        "/",
        "|",
        "&",
        ":",
        "=",
        "0",
        "1",
        "12",
        "x",
        "e",
        "é",
        "*",
        "(0",
        "(0)",
        "1(",
        "0.",
        "12-",
        "ext",
        "tel",
        "or ",
        ";ext=1",
        ";a=",
        "9876543210-",
        "9876543210 ",
    ];
    /// What stands before them and after them.
    const AROUND: [(&str, &str); 6] = [
        ("", ""),
        ("9876543210", ""),
        ("+39", ")"),
        ("9876543210", "1"),
        ("1234567,", " 12"),
        (";", ";"),
    ];
    /// Pieces of the shortest text.
    const SHORTEST: usize = 60;

    #[test]
    fn a_text_of_twice_the_length_takes_about_twice_the_steps() {
        assert!(count(|| drop(scan_pieces("9876543210 ext 12"))) > 10, "steps are not counted");
        for (before, behind) in AROUND {
            for one in PIECES {
                for other in PIECES {
                    let counts = [1, 2, 4].map(|times| {
                        let n = SHORTEST * times / 2;
                        let by_turns = [before, &[one, other].concat().repeat(n), behind].concat();
                        let rows = [before, &one.repeat(n), &other.repeat(n), behind].concat();
                        count(|| drop(scan_pieces(&by_turns)))
                            .max(count(|| drop(scan_pieces(&rows))))
                    });
                    let is_linear = |from: usize, to: usize| to <= from * 5 / 2 + SHORTEST;
                    assert!(
                        is_linear(counts[0], counts[1]) && is_linear(counts[1], counts[2]),
                        "{counts:?} steps for texts of {before:?}, {one:?} and {other:?}, {behind:?}"
                    );
                }
            }
        }
    }
}
