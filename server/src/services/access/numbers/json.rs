//! Rewrites the texts of JSON as it streams by, whatever its shape.
//!
//! Answers are rewritten on their way out rather than where they are built: an answer that someone
//! adds later is covered too. Everything outside JSON, such as the lines of an event stream, passes
//! unchanged.

use serde_json::Value;

/// A text or whole number of the JSON.
#[derive(Debug, Clone, Copy)]
pub struct JsonValue<'t> {
    /// The key of the value, or of the array that contains it.
    pub key: Option<&'t str>,
    /// Whether the value can have another one beside it, under a key of its own.
    pub in_object: bool,
    /// Whether the value is part of what a page said about the customer.
    pub in_context: bool,
    /// The text, or the digits of a number.
    pub text: &'t str,
    pub kind: JsonKind,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// The key of another value.
    Key,
    Text,
    Number,
}

/// What to write in place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub text: String,
    /// The value to write beside it, under the key with `Handle` (or `_handle`) appended.
    pub handle: Option<String>,
}

/// Rewrites JSON piece by piece.
#[derive(Debug, Default)]
pub struct JsonRewriter {
    stack: Vec<Frame>,
    token: Token,
    /// The bytes of an unfinished text or number.
    held: Vec<u8>,
}

#[derive(Debug)]
struct Frame {
    is_object: bool,
    /// Whether the next text of an object is a key.
    expects_key: bool,
    key: Option<String>,
    in_context: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Token {
    #[default]
    None,
    Text,
    /// In a text, after a backslash.
    Escape,
    Number,
}

impl JsonRewriter {
    /// Rewrites the next piece and appends it to `out`. A text that is not complete is held back.
    pub fn push(
        &mut self,
        piece: &[u8],
        out: &mut Vec<u8>,
        rewrite: &mut impl FnMut(JsonValue<'_>) -> Option<Replacement>,
    ) {
        for &byte in piece {
            match self.token {
                Token::Text => {
                    self.held.push(byte);
                    match byte {
                        b'\\' => self.token = Token::Escape,
                        b'"' => self.finish(out, rewrite),
                        _ => {}
                    }
                    continue;
                }
                Token::Escape => {
                    self.held.push(byte);
                    self.token = Token::Text;
                    continue;
                }
                Token::Number if matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') => {
                    self.held.push(byte);
                    continue;
                }
                Token::Number => self.finish(out, rewrite),
                Token::None => {}
            }
            self.begin(byte, out);
        }
    }

    /// Appends what was held back.
    pub fn end(
        &mut self,
        out: &mut Vec<u8>,
        rewrite: &mut impl FnMut(JsonValue<'_>) -> Option<Replacement>,
    ) {
        if self.token != Token::None {
            self.finish(out, rewrite);
        }
    }

    /// Takes a byte outside texts and numbers.
    fn begin(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'"' | b'0'..=b'9' | b'-' if byte == b'"' || !self.stack.is_empty() => {
                self.token = if byte == b'"' { Token::Text } else { Token::Number };
                self.held.push(byte);
                return;
            }
            b'{' | b'[' => {
                let above = self.stack.last();
                let key = above.and_then(|frame| frame.key.clone());
                let in_context = above.is_some_and(|frame| frame.in_context)
                    || key.as_deref().is_some_and(is_context_key);
                let is_object = byte == b'{';
                // An array's values stand under the array's key.
                let key = key.filter(|_| !is_object);
                self.stack.push(Frame { is_object, expects_key: is_object, key, in_context });
            }
            b'}' | b']' => {
                self.stack.pop();
            }
            b',' => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.expects_key = frame.is_object;
                }
            }
            b':' => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.expects_key = false;
                }
            }
            _ => {}
        }
        out.push(byte);
    }

    /// Writes the text or number that has just ended.
    fn finish(
        &mut self,
        out: &mut Vec<u8>,
        rewrite: &mut impl FnMut(JsonValue<'_>) -> Option<Replacement>,
    ) {
        let is_number = self.token == Token::Number;
        self.token = Token::None;
        let held = std::mem::take(&mut self.held);
        let text = if is_number {
            String::from_utf8(held.clone()).ok()
        } else {
            serde_json::from_slice::<String>(&held).ok()
        };
        // A text that is not valid JSON is treated as it is written.
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(&held).into_owned());
        let frame = self.stack.last();
        let is_key = !is_number && frame.is_some_and(|frame| frame.expects_key);
        let value = JsonValue {
            key: frame.and_then(|frame| frame.key.as_deref()).filter(|_| !is_key),
            in_object: frame.is_some_and(|frame| frame.is_object) && !is_key,
            in_context: frame.is_some_and(|frame| frame.in_context),
            text: &text,
            kind: match (is_number, is_key) {
                (true, _) => JsonKind::Number,
                (false, true) => JsonKind::Key,
                (false, false) => JsonKind::Text,
            },
        };
        let replacement = rewrite(value);
        match &replacement {
            None => out.extend_from_slice(&held),
            Some(replacement) => {
                push_text(&replacement.text, out);
                let key = frame.and_then(|frame| frame.key.as_deref());
                if let (Some(handle), Some(key), true) = (&replacement.handle, key, value.in_object)
                {
                    out.push(b',');
                    let end = if key.contains('_') { "_handle" } else { "Handle" };
                    push_text(&format!("{key}{end}"), out);
                    out.push(b':');
                    push_text(handle, out);
                }
            }
        }
        if is_key && let Some(frame) = self.stack.last_mut() {
            frame.key = Some(text);
        }
    }
}

/// Returns whether a key holds what a page said about the customer.
fn is_context_key(key: &str) -> bool {
    ["context", "customerData", "customer_context"].contains(&key)
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(Value::from(text).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rewrites in pieces of every size, which must make no difference.
    fn rewrite(json: &str, mut with: impl FnMut(JsonValue<'_>) -> Option<Replacement>) -> String {
        let mut all = Vec::new();
        for size in 1..=json.len().max(1) {
            let (mut rewriter, mut out) = (JsonRewriter::default(), Vec::new());
            for piece in json.as_bytes().chunks(size) {
                rewriter.push(piece, &mut out, &mut with);
            }
            rewriter.end(&mut out, &mut with);
            all.push(String::from_utf8(out).unwrap());
        }
        all.dedup();
        assert_eq!(all.len(), 1, "{all:?}");
        all.pop().unwrap()
    }

    #[test]
    fn what_is_not_rewritten_passes_unchanged() {
        for json in [
            "",
            "{}",
            r#"{"a":"b\"c\\","d":[1,-2.5e+3,true,null,"é\u00e9"],"e":{"f":{}}}"#,
            "id: 7\nevent: connected\ndata: {\"a\": [\"b\"]}\n\n: still here\n\n",
            r#"{"cut off":"in the mid"#,
            "]]}}\"",
        ] {
            assert_eq!(rewrite(json, |_| None), json);
        }
    }

    #[test]
    fn each_value_is_given_with_its_key_and_place() {
        let mut seen = Vec::new();
        let json = r#"data: {"a":"x","b":["y",{"c":12}],"context":{"d":{"e":"z"}},"f":1}"#;
        let mut rewriter = JsonRewriter::default();
        rewriter.push(json.as_bytes(), &mut Vec::new(), &mut |value: JsonValue<'_>| {
            if value.kind != JsonKind::Key {
                let place = (value.in_object, value.in_context);
                seen.push(format!("{:?} {} {place:?}", value.key.unwrap_or(""), value.text));
            }
            None
        });
        assert_eq!(
            seen,
            [
                r#""a" x (true, false)"#,
                r#""b" y (false, false)"#,
                r#""c" 12 (true, false)"#,
                r#""e" z (true, true)"#,
                r#""f" 1 (true, false)"#,
            ]
        );
    }

    #[test]
    fn a_replacement_may_bring_a_handle_beside_it() {
        let json = r#"{"n":"1","list":["1"],"1":1}"#;
        let rewritten = rewrite(json, |value| {
            let (text, handle) = ("•\"".to_owned(), Some("h".to_owned()));
            (value.text == "1").then_some(Replacement { text, handle })
        });
        assert_eq!(
            rewritten,
            r#"{"n":"•\"","nHandle":"h","list":["•\""],"•\"":"•\"","1Handle":"h"}"#
        );
    }
}
