//! A table of a chart's numbers, so that what a chart shows can also be read.

use leptos::prelude::*;

/// A table of texts. The first column names the rows; the others hold numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainTable {
    /// The column titles, starting with the column of names.
    pub heads: Vec<String>,
    /// The rows, each as long as `heads`.
    pub rows: Vec<Vec<String>>,
    /// A last row with the totals.
    pub total: Option<Vec<String>>,
}

impl PlainTable {
    fn all_rows(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.heads).chain(&self.rows).chain(&self.total)
    }

    /// Returns the table as lines of texts with tabs between, which spreadsheets paste as cells.
    #[must_use]
    pub fn to_tabbed_text(&self) -> String {
        let mut text = String::new();
        for row in self.all_rows() {
            let cells: Vec<String> =
                row.iter().map(|cell| cell.replace(['\t', '\n', '\r'], " ")).collect();
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
        text
    }

    /// Returns the table as CSV (RFC 4180). A text that a spreadsheet would run as a formula begins
    /// with an apostrophe.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        for row in self.all_rows() {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push('"');
                let after_minus =
                    cell.strip_prefix('-').map(|rest| rest.starts_with(char::is_numeric));
                if cell.starts_with(['=', '+', '@', '\t', '\r']) || after_minus == Some(false) {
                    text.push('\'');
                }
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            }
            text.push_str("\r\n");
        }
        text
    }
}

/// Shows a plain table.
#[component]
pub fn PlainTableView(
    /// What the table is about, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    /// The table.
    #[prop(into)]
    table: Signal<PlainTable>,
) -> impl IntoView {
    let heads = move || {
        let heads = table.read().heads.clone();
        heads
            .into_iter()
            .enumerate()
            .map(|(place, head)| view! { <th scope="col" class:end=place != 0>{head}</th> })
            .collect_view()
    };
    let rows = move || {
        let rows = table.read().rows.clone();
        rows.into_iter().map(|row| view! { <tr>{row_cells(row)}</tr> }).collect_view()
    };
    let total = move || {
        let total = table.read().total.clone();
        total.map(|row| view! { <tfoot><tr>{row_cells(row)}</tr></tfoot> })
    };
    view! {
        <div class="table-box plain-box" tabindex="0" role="region" aria-label=caption>
            <table class="table plain">
                <caption class="unseen">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
                {total}
            </table>
        </div>
    }
}

fn row_cells(row: Vec<String>) -> impl IntoView {
    row.into_iter()
        .enumerate()
        .map(|(place, text)| {
            if place == 0 {
                let whole = text.clone();
                view! { <th scope="row" class="name" title=whole><bdi>{text}</bdi></th> }.into_any()
            } else {
                view! { <td class="end">{text}</td> }.into_any()
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_written_for_spreadsheets() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let table = PlainTable {
            heads: row(&["Agent", "Calls"]),
            rows: vec![row(&["Rao, \"Asha\"", "1,204"]), row(&["=SUM(A1)\tx", "-3"])],
            total: Some(row(&["-", "@all"])),
        };
        assert_eq!(
            table.to_csv(),
            "\"Agent\",\"Calls\"\r\n\"Rao, \"\"Asha\"\"\",\"1,204\"\r\n\"'=SUM(A1)\tx\",\"-3\"\r\n\"'-\",\"'@all\"\r\n"
        );
        assert_eq!(
            table.to_tabbed_text(),
            "Agent\tCalls\nRao, \"Asha\"\t1,204\n=SUM(A1) x\t-3\n-\t@all\n"
        );
    }
}
