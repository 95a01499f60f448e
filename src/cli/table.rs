//! Plain tables, and times in them.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1000;
/// Blanks between two columns.
const GAP: usize = 2;

/// A time as text, in UTC, to the second.
pub fn when(ms: u64) -> String {
    let seconds = i64::try_from(ms / MS_PER_SECOND).unwrap_or(i64::MAX);
    DateTime::from_secs(seconds)
        .fmt(Format::DateTime)
        .unwrap_or_else(|_| "-".to_owned())
}

/// Rows below their headings, each column as wide as its widest cell.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
    let all = || std::iter::once(&headings).chain(rows);
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            all()
                .filter(|row| row.len() == headings.len())
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in all() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:<width$}{:GAP$}", ""));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [
            vec!["1".to_owned(), when(0)],
            vec!["200".to_owned(), when(1_700_000_000_999)],
        ];
        insta::assert_snapshot!(table(&["NO", "WHEN"], &rows), @r"
        NO   WHEN
        1    1970-01-01T00:00:00Z
        200  2023-11-14T22:13:20Z
        ");
    }
}
