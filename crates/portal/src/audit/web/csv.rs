//! CSV as tables of offices read it: a byte-order mark, CRLF, quoted cells, and no cell that is taken for a formula.

/// Rows as CSV (RFC 4180, UTF-8 with a byte-order mark).
pub fn write<'r>(rows: impl IntoIterator<Item = Vec<&'r str>>) -> String {
    let mut text = String::from('\u{feff}');
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            push(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text
}

/// One quoted cell. A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
fn push(text: &mut String, cell: &str) {
    text.push('"');
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        text.push('\'');
    }
    for sign in cell.chars() {
        if sign == '"' {
            text.push('"');
        }
        text.push(sign);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let rows = [vec!["a", "Ёлка, \"да\""], vec!["=1+1", "+7", "-1", "@x", "\tx", "\rx", "x=1", ""]];
        let expected = "\u{feff}\"a\",\"Ёлка, \"\"да\"\"\"\r\n\
            \"'=1+1\",\"'+7\",\"'-1\",\"'@x\",\"'\tx\",\"'\rx\",\"x=1\",\"\"\r\n";
        assert_eq!(write(rows), expected);
    }
}
