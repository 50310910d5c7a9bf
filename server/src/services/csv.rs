//! Writes comma-separated values (RFC 4180) that a spreadsheet opens without executing formulas.

/// Writes one row.
pub fn write_row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (place, text) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_cell(out, text);
    }
    out.push_str("\r\n");
}

fn write_cell(out: &mut String, text: &str) {
    let defusing = if is_formula(text) { "'" } else { "" };
    let quoted = text.contains(['"', ',', ';', '\r', '\n', '\t'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if !quoted {
        out.push_str(defusing);
        out.push_str(text);
        return;
    }
    out.push('"');
    out.push_str(defusing);
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}

/// Whether a spreadsheet would execute the cell. Some spreadsheets ignore leading spaces, and some
/// read full-width signs of East Asian keyboards as the plain ones. A phone number begins with a
/// plus, too: one of digits and spaces contains nothing to execute, while `+91-98765-43210` is a
/// subtraction to Excel.
fn is_formula(text: &str) -> bool {
    let ignored = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let begins_with_control = text.starts_with(['\t', '\r', '\n', '\0']);
    let text = text.trim_start_matches(ignored);
    let sign = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let phone = text.strip_prefix('+').is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || c == ' ')
    });
    begins_with_control || (sign && !phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(text: &str) -> String {
        let mut out = String::new();
        write_cell(&mut out, text);
        out
    }

    #[test]
    fn cells_are_quoted_only_where_it_is_needed() {
        assert_eq!(row_of("Asha Rao"), "Asha Rao");
        assert_eq!(row_of("Rao, \"Asha\""), "\"Rao, \"\"Asha\"\"\"");
        assert_eq!(row_of("two\r\nlines"), "\"two\r\nlines\"");
        assert_eq!(row_of(" x"), "\" x\"");
        let mut out = String::new();
        write_row(&mut out, ["a", "", "b"]);
        assert_eq!(out, "a,,b\r\n");
    }

    #[test]
    fn formulas_are_defused_and_numbers_are_left() {
        for formula in [
            "=1+1",
            "+1+cmd|'/c calc'!A0",
            "-1",
            "@SUM(A1)",
            "＝1",
            "+",
            "-911",
            "+91-98765-43210",
            "+1-100",
            "+1 (212) 555.0100",
            "+1.5",
            "+ 1",
            "+1*2",
            "＋1",
        ] {
            assert_eq!(row_of(formula), format!("'{formula}"));
        }
        assert_eq!(row_of("\t=1"), "\"'\t=1\"");
        assert_eq!(row_of(" =1"), "\"' =1\"");
        assert_eq!(row_of("=1,\"2\""), "\"'=1,\"\"2\"\"\"");
        for phone in ["+919876543210", "+91 98765 43210", "112", "98765-43210"] {
            assert_eq!(row_of(phone), phone);
        }
        assert_eq!(row_of("2025-10-12T10:30:00Z"), "2025-10-12T10:30:00Z");
    }
}
