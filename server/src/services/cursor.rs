//! Encodes and decodes cursors: the position of a list's next page, as an opaque string.

use crate::storage::{ListPosition, LogPosition, LogRowKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::Millis;

/// Encodes the position of a page's last row.
pub fn write_place(place: &LogPosition) -> String {
    let text = match &place.key {
        LogRowKey::Call(call_sid) => format!("c{}:{call_sid}", place.at),
        LogRowKey::Event(seq) => format!("e{}:{seq}", place.at),
    };
    URL_SAFE_NO_PAD.encode(text)
}

/// Decodes the position of a page's last row; `None` for any other text.
pub fn read_place(cursor: &str) -> Option<LogPosition> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (kind, rest) = text.split_at_checked(1)?;
    let (at, key) = rest.split_once(':')?;
    let key = match kind {
        "c" if !key.contains('\0') => LogRowKey::Call(key.to_owned()),
        "e" => LogRowKey::Event(key.parse().ok()?),
        _ => return None,
    };
    Some(LogPosition { at: at.parse().ok()?, key })
}

/// Encodes the position of a call in a list ordered by start or by length.
pub fn write_spot(spot: &ListPosition, by_length: bool) -> String {
    let ListPosition { duration, at, call_sid } = spot;
    if by_length {
        return URL_SAFE_NO_PAD.encode(format!("d{duration}:{at}:{call_sid}"));
    }
    write_place(&LogPosition { at: *at, key: LogRowKey::Call(call_sid.clone()) })
}

/// Decodes a cursor of [`write_spot`] for a list of the same order; `None` for anything else.
pub fn read_spot(cursor: &str, by_length: bool) -> Option<ListPosition> {
    if !by_length {
        let LogPosition { at, key: LogRowKey::Call(call_sid) } = read_place(cursor)? else {
            return None;
        };
        return Some(ListPosition { duration: 0, at, call_sid });
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (duration, rest) = text.strip_prefix('d')?.split_once(':')?;
    let (at, call_sid) = rest.split_once(':')?;
    let call_sid = Some(call_sid).filter(|call_sid| !call_sid.contains('\0'))?.to_owned();
    Some(ListPosition { duration: duration.parse().ok()?, at: at.parse().ok()?, call_sid })
}

/// Encodes the position of a customer, by its id.
pub fn write_customer(customer_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("k{customer_id}"))
}

/// Decodes a cursor of [`write_customer`]; `None` for anything else.
pub fn read_customer(cursor: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let customer_id = text.strip_prefix('k')?;
    (!customer_id.contains('\0')).then(|| customer_id.to_owned())
}

/// Encodes the position of a lead, by its number.
pub fn write_lead(id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("l{id}"))
}

/// Decodes a cursor of [`write_lead`]; `None` for anything else.
pub fn read_lead(cursor: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    text.strip_prefix('l')?.parse().ok()
}

/// Encodes the position of an entry in the request log, by its time and id.
pub fn write_request(at: Millis, request_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("r{at}:{request_id}"))
}

/// Decodes a cursor of [`write_request`]; `None` for anything else.
pub fn read_request(cursor: &str) -> Option<(Millis, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (at, request_id) = text.strip_prefix('r')?.split_once(':')?;
    (!request_id.contains('\0')).then_some((at.parse().ok()?, request_id.to_owned()))
}

/// Encodes the position of a message to a receiver, by its time and id.
pub fn write_delivery(at: Millis, message_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("m{at}:{message_id}"))
}

/// Decodes a cursor of [`write_delivery`]; `None` for anything else.
pub fn read_delivery(cursor: &str) -> Option<(Millis, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (at, message_id) = text.strip_prefix('m')?.split_once(':')?;
    (!message_id.contains('\0')).then_some((at.parse().ok()?, message_id.to_owned()))
}

/// Encodes the position of a decision, by its time and id.
pub fn write_decision(at: Millis, decision_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("p{at}:{decision_id}"))
}

/// Decodes a cursor of [`write_decision`]; `None` for anything else.
pub fn read_decision(cursor: &str) -> Option<(Millis, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    let (at, decision_id) = text.strip_prefix('p')?.split_once(':')?;
    (!decision_id.contains('\0')).then_some((at.parse().ok()?, decision_id.to_owned()))
}

/// Encodes the position of a line of the audit log, by its number.
pub fn write_line(seq: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("a{seq}"))
}

/// Decodes a cursor of [`write_line`]; `None` for anything else.
pub fn read_line(cursor: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
    text.strip_prefix('a')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        for key in [LogRowKey::Call("a:b/ü".to_owned()), LogRowKey::Event(7)] {
            let place = LogPosition { at: -5, key };
            assert_eq!(read_place(&write_place(&place)), Some(place));
        }
        assert_eq!(read_customer(&write_customer("a:b/ü")).as_deref(), Some("a:b/ü"));
        assert_eq!(read_lead(&write_lead(7)), Some(7));
        let spot = ListPosition { duration: 7, at: -5, call_sid: "a:b/ü".to_owned() };
        assert_eq!(read_spot(&write_spot(&spot, true), true), Some(spot.clone()));
        assert_eq!(read_spot(&write_spot(&spot, true), false), None);
        let by_start = Some(ListPosition { duration: 0, ..spot });
        assert_eq!(read_spot(&write_spot(by_start.as_ref().unwrap(), false), false), by_start);
        assert_eq!(read_request(&write_request(7, "req_1")), Some((7, "req_1".to_owned())));
        assert_eq!(read_decision(&write_decision(7, "dec_1")), Some((7, "dec_1".to_owned())));
        assert_eq!(read_line(&write_line(7)), Some(7));
        for wrong in ["", "x", "Yw", "%", "ZTE6eA"] {
            assert_eq!(read_place(wrong), None, "{wrong}");
            assert_eq!(read_request(wrong), None, "{wrong}");
            assert_eq!(read_decision(wrong), None, "{wrong}");
            assert_eq!(read_spot(wrong, true), None, "{wrong}");
            assert_eq!(read_line(wrong), None, "{wrong}");
            assert_eq!(read_customer(wrong), None, "{wrong}");
            assert_eq!(read_lead(wrong), None, "{wrong}");
        }
    }
}
