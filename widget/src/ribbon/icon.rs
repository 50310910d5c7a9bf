//! Converts icons of the Lucide set (ISC licence) to the path of a single `<path>`.
//!
//! The set consists of SVG texts. A page that requires Trusted Types would refuse them as
//! `innerHTML`, so their few kinds of shapes are converted to one path instead.

/// Returns the path of an icon on the 24 × 24 grid, from its SVG text.
#[must_use]
pub(super) fn icon_path(svg: &str) -> String {
    let mut path = String::new();
    for shape in svg.split('<') {
        let at = |name: &str| read_attribute(shape, name);
        match shape.split_whitespace().next() {
            Some("path") => {
                // A relative start is relative to the drawing, not to the previous shape.
                if at("d").starts_with('m') {
                    path.push_str("M0 0");
                }
                path.push_str(at("d"));
            }
            Some("polygon") => path.push_str(&["M", at("points"), "z"].concat()),
            Some("line") => {
                path.push_str(
                    &["M", at("x1"), " ", at("y1"), "L", at("x2"), " ", at("y2")].concat(),
                );
            }
            Some("rect") => {
                let (w, h) = (at("width"), at("height"));
                path.push_str(&["M", at("x"), " ", at("y"), "h", w, "v", h, "h-", w, "z"].concat());
            }
            Some("circle") => {
                // Four quarter arcs, which need no arithmetic on the numbers.
                let r = at("r");
                path.push_str(&["M", at("cx"), " ", at("cy"), "m-", r, " 0"].concat());
                for (x, y) in [("", ""), ("", "-"), ("-", "-"), ("-", "")] {
                    path.push_str(&["a", r, " ", r, " 0 0 0 ", x, r, " ", y, r].concat());
                }
            }
            _ => {}
        }
    }
    path
}

/// Returns the value of an attribute; empty if it is missing.
fn read_attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split_once(&format!(" {name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_becomes_a_part_of_the_path() {
        let svg = "<path d=\"M1 2l3 4\" />\n<line x1=\"2\" x2=\"22\" y1=\"3\" y2=\"23\" />\
                   <rect x=\"14\" y=\"4\" width=\"4\" height=\"16\" rx=\"1\" />";
        assert_eq!(icon_path(svg), "M1 2l3 4M2 3L22 23M14 4h4v16h-4z");
        let dot = icon_path("<circle cx=\"12\" cy=\"5\" r=\"1\" />");
        assert!(dot.starts_with("M12 5m-1 0a1 1 0 0 0 1 1"), "{dot}");
    }

    #[test]
    fn every_icon_in_use_can_be_drawn() {
        for icon in [
            icondata_lu::LuPhone,
            icondata_lu::LuPhoneOff,
            icondata_lu::LuMic,
            icondata_lu::LuMicOff,
            icondata_lu::LuPause,
            icondata_lu::LuPlay,
            icondata_lu::LuGrip,
            icondata_lu::LuChevronDown,
            icondata_lu::LuChevronUp,
            icondata_lu::LuNotebookPen,
            icondata_lu::LuBell,
            icondata_lu::LuHistory,
            icondata_lu::LuSearch,
            icondata_lu::LuListChecks,
            icondata_lu::LuX,
        ] {
            let shapes = icon.data.matches('<').count();
            assert!(icon_path(icon.data).matches('M').count() >= shapes, "{}", icon.data);
        }
    }
}
