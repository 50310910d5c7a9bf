//! Cursors: where the next page of a list begins, as a word that says nothing to those who
//! carry it.

use crate::storage::{Key, Place};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::Millis;

/// Writes the place of a page's last row.
pub fn write(place: &Place) -> String {
    let text = match &place.key {
        Key::Call(call_sid) => format!("c{}:{call_sid}", place.at),
        Key::Event(seq) => format!("e{}:{seq}", place.at),
    };
    URL_SAFE_NO_PAD.encode(text)
}

/// Reads what [`write`] wrote; `None` for anything else.
pub fn read(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (kind, rest) = text.split_at_checked(1)?;
    let (at, key) = rest.split_once(':')?;
    let key = match kind {
        "c" if !key.contains('\0') => Key::Call(key.to_owned()),
        "e" => Key::Event(key.parse().ok()?),
        _ => return None,
    };
    Some(Place { at: at.parse().ok()?, key })
}

/// Writes the place of an entry in a provider's log, by its moment and id.
pub fn write_request(at: Millis, request_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("r{at}:{request_id}"))
}

/// Reads what [`write_request`] wrote; `None` for anything else.
pub fn read_request(cursor: &str) -> Option<(Millis, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (at, request_id) = text.strip_prefix('r')?.split_once(':')?;
    (!request_id.contains('\0')).then_some((at.parse().ok()?, request_id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        for key in [Key::Call("a:b/ü".to_owned()), Key::Event(7)] {
            let place = Place { at: -5, key };
            assert_eq!(read(&write(&place)), Some(place));
        }
        assert_eq!(read_request(&write_request(7, "req_1")), Some((7, "req_1".to_owned())));
        for wrong in ["", "x", "Yw", "%", "ZTE6eA"] {
            assert_eq!(read(wrong), None, "{wrong}");
            assert_eq!(read_request(wrong), None, "{wrong}");
        }
    }
}
