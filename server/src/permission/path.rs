//! Finds a value in JSON by its path.

use crate::customer::{read_text, replace_lone_surrogates};
use crate::scan::count_steps;
use call_ribbon_shared::wire::RawValue;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as _, Deserializer};
use std::fmt;

/// Returns the text or number at a path in JSON, such as `context.accountId`. Reads the JSON once,
/// however long the path is.
pub fn find_text(json: &str, path: &str) -> Option<String> {
    let names: Vec<&str> = path.split('.').collect();
    let read = |json: &str| find_value(json, &names).map(|value| value.and_then(read_text));
    // A lone surrogate, such as a truncated emoji leaves, is no mistake of the whole.
    read(json).or_else(|_| read(&replace_lone_surrogates(json).unwrap_or_default())).ok().flatten()
}

/// Returns the value at a path; `None` if there is none.
fn find_value<'j>(json: &'j str, names: &[&str]) -> serde_json::Result<Option<&'j RawValue>> {
    count_steps(json.len());
    let mut reader = serde_json::Deserializer::from_str(json);
    let found = PathSeed(names).deserialize(&mut reader)?;
    reader.end()?;
    Ok(found)
}

/// Reads the value at a path below the value that comes next.
#[derive(Clone, Copy)]
struct PathSeed<'p>(&'p [&'p str]);

impl<'j> DeserializeSeed<'j> for PathSeed<'_> {
    type Value = Option<&'j RawValue>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            return <&RawValue>::deserialize(deserializer).map(Some);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for PathSeed<'_> {
    type Value = Option<&'j RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some((first, below)) = self.0.split_first() else { return Ok(None) };
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            // The last one of a repeated name counts.
            if name == *first {
                found = map.next_value_seed(PathSeed(below))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn a_long_path_into_deep_json_reads_it_once() {
        assert_linear("find_text", |text| {
            let deep = text.chars().count().min(100);
            // A text of NUL characters alone counts as none.
            let inside = serde_json::to_string(&format!("x{text}")).unwrap();
            let json = format!("{}{inside}{}", "{\"a\":".repeat(deep), "}".repeat(deep));
            let path = vec!["a"; deep].join(".");
            assert!(find_text(&json, &path).is_some());
        });
    }

    #[test]
    fn a_path_leads_to_a_text_or_nowhere() {
        let json = r#"{"a": {"b": {"c": 7}, "d": "x"}, "e": ["f"], "g": {"x": 1}, "g": "last",
            "h": {"i": "\ud83d", "\ud83d": 1}, "j": 1e400}"#;
        for (path, found) in [
            ("a.b.c", Some("7")),
            ("a.d", Some("x")),
            ("a.b", None),
            ("a.d.e", None),
            ("e.f", None),
            ("", None),
            ("z", None),
            ("g", Some("last")),
            ("h.i", Some("\u{fffd}")),
            ("j.k", None),
        ] {
            assert_eq!(find_text(json, path).as_deref(), found, "{path}");
        }
    }
}
