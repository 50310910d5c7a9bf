//! Reads what [`crate::services::csv`] writes, as RFC 4180 says.

/// Returns the cells of one row, which ends in a line break.
pub fn read_row(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut rest = row.strip_suffix("\r\n").unwrap_or(row).chars().peekable();
    let mut is_quoted = false;
    while let Some(c) = rest.next() {
        let Some(cell) = cells.last_mut() else { break };
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' if is_quoted || cell.is_empty() => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cell.push(c),
        }
    }
    cells
}
