//! What is wrong with a value of a body, in the words of its reader instead of serde's.

/// What serde found.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The value at the path; the words follow its name.
    Value(String),
    /// A field of the object at the path; the words follow the field's name.
    Field { name: String, words: String },
}

/// Reads an error of serde, such as ``invalid type: string "x", expected i64``. What was sent is not
/// repeated, as it may be long or secret, except for a word that is none of several.
pub fn explain(error: &str) -> Fault {
    for (beginning, words) in [
        ("missing field `", "is missing"),
        ("duplicate field `", "is given twice"),
        ("unknown field `", "is not a field that is known here"),
    ] {
        if let Some(name) = error.strip_prefix(beginning).and_then(|rest| rest.split('`').next()) {
            return Fault::Field { name: name.to_owned(), words: words.to_owned() };
        }
    }
    Fault::Value(explain_value(error))
}

fn explain_value(error: &str) -> String {
    let Some((found, expected)) = error.rsplit_once(", expected ") else {
        return format!("is not valid: {error}");
    };
    if let Some(word) = found.strip_prefix("unknown variant `") {
        let word = word.strip_suffix('`').unwrap_or(word);
        return format!("must be {}, not \"{word}\"", list_choices(expected));
    }
    if let Some(word) = found.strip_prefix("invalid value: string ")
        && expected.starts_with('"')
    {
        return format!("must be {expected}, not {word}");
    }
    let wanted = name_kind(expected);
    if found.starts_with("invalid length ") {
        return format!("has the wrong length; it must be {wanted}");
    }
    match found.strip_prefix("invalid type: ").and_then(name_found) {
        Some("a number") | None => format!("must be {wanted}"),
        Some(kind) => format!("must be {wanted}, not {kind}"),
    }
}

/// Names the kind of value that serde expected.
fn name_kind(expected: &str) -> &str {
    match expected {
        "a string" | "a borrowed string" | "str" | "string" => "text",
        "a boolean" | "bool" => "true or false",
        "f32" | "f64" | "a number" => "a number",
        "a sequence" | "a list" => "a list",
        "a map" | "an object" => "an object",
        "a character" => "one character",
        "unit" => "null",
        _ if expected.starts_with("struct ") || expected.starts_with("any valid JSON") => {
            "an object"
        }
        _ if expected.starts_with("a tuple") || expected.starts_with("tuple") => "a list",
        _ if is_integer(expected) => "a whole number",
        _ => expected,
    }
}

/// Returns whether a name is one of Rust's for whole numbers, such as `u32`.
fn is_integer(name: &str) -> bool {
    let bits = name.strip_prefix(['i', 'u']);
    bits.is_some_and(|bits| bits == "size" || bits.parse::<u8>().is_ok()) || name == "integer"
}

/// Names the kind of value that was sent.
fn name_found(found: &str) -> Option<&'static str> {
    let first = found.split([' ', '`']).next()?;
    Some(match first {
        "string" | "character" => "text",
        "integer" => "a whole number",
        "floating" | "number" => "a number",
        "boolean" => "true or false",
        "null" | "unit" | "Option" => "null",
        "sequence" => "a list",
        "map" => "an object",
        _ => return None,
    })
}

/// Lists the names in a text such as ``one of `a`, `b`, `c` ``.
fn list_choices(expected: &str) -> String {
    let names: Vec<String> =
        expected.split('`').skip(1).step_by(2).map(|name| format!("\"{name}\"")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "something else".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        One,
        Two,
        Three,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase", tag = "unit", content = "count", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are of interest")]
    enum Apart {
        Days(u32),
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its errors are of interest")]
    struct Inner {
        needed: i64,
    }

    /// Fails with the words about JSON that is not a `T`.
    fn words<T: for<'de> Deserialize<'de>>(json: &str) -> Fault {
        let Err(error) = serde_json::from_str::<T>(json) else { panic!("{json} is read") };
        let text = error.to_string();
        explain(text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text))
    }

    #[test]
    fn no_word_of_serde_reaches_a_reader() {
        let value = |words: &str| Fault::Value(words.to_owned());
        let field = |name: &str, words: &str| Fault::Field {
            name: name.to_owned(),
            words: words.to_owned(),
        };
        for (found, right) in [
            (words::<i64>(r#""5, expected 6""#), value("must be a whole number, not text")),
            (words::<u32>("-1"), value("must be a whole number")),
            (words::<u8>("1.5"), value("must be a whole number")),
            (words::<f64>("[1]"), value("must be a number, not a list")),
            (words::<bool>("null"), value("must be true or false, not null")),
            (words::<String>("true"), value("must be text, not true or false")),
            (words::<Vec<String>>("{}"), value("must be a list, not an object")),
            (words::<BTreeMap<String, i64>>("7"), value("must be an object, not a whole number")),
            (words::<Inner>(r#""x""#), value("must be an object, not text")),
            (
                words::<Choice>(r#""four""#),
                value("must be \"one\", \"two\" or \"three\", not \"four\""),
            ),
            (
                words::<Apart>(r#"{"unit":"days","odd":1}"#),
                value("must be \"unit\" or \"count\", not \"odd\""),
            ),
            (words::<Inner>("{}"), field("needed", "is missing")),
            (words::<Inner>(r#"{"needed":1,"needed":2}"#), field("needed", "is given twice")),
            (words::<Inner>(r#"{"odd":1}"#), field("odd", "is not a field that is known here")),
            (explain("the name is taken"), value("is not valid: the name is taken")),
        ] {
            assert_eq!(found, right);
        }
    }
}
