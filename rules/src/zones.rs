//! Where a number is: its regions, and the zones in which the called person may be.

use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::LazyLock;

const NUMBERS: &str = include_str!("../data/numbers.txt");
/// The most digits of a beginning in the list.
const LONGEST_PREFIX: usize = 4;

/// Where the owner of a number may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The region, such as `IN` or `US-FL`.
    pub region: &'static str,
    /// The zones, at least one.
    pub zones: Vec<Tz>,
}

static PLACES: LazyLock<HashMap<&'static str, Place>> = LazyLock::new(|| read_places(NUMBERS));

/// Returns where the owner of a number in E.164 (with `+`) may be; `None` if its country is not in
/// the list.
///
/// Mobile numbers are kept when people move, so the answer is no more than what the number says: if
/// the customer's data name a zone, that counts as well.
#[must_use]
pub fn find_place(number: &str) -> Option<&'static Place> {
    let digits = number.strip_prefix('+')?;
    (1..=LONGEST_PREFIX).rev().find_map(|length| PLACES.get(digits.get(..length)?))
}

/// Returns whether the numbers of the list name a region, such as `AU` or `US-AL`, or a part of it.
#[must_use]
pub fn is_region(name: &str) -> bool {
    PLACES.values().any(|place| {
        place.region == name
            || place.region.split_once('-').is_some_and(|(country, _)| country == name)
    })
}

fn read_places(text: &'static str) -> HashMap<&'static str, Place> {
    let mut places = HashMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut parts = line.split("; ");
        let (Some(region), Some(zones), Some(prefixes)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let zones: Vec<Tz> = zones.split(' ').filter_map(|zone| zone.parse().ok()).collect();
        for prefix in prefixes.split(' ') {
            places.insert(prefix, Place { region, zones: zones.clone() });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia};
    use std::collections::HashSet;

    #[test]
    fn every_line_is_read_and_no_beginning_is_named_twice() {
        let mut seen = HashSet::new();
        for line in NUMBERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts: Vec<&str> = line.split("; ").collect();
            assert_eq!(parts.len(), 3, "{line}");
            for zone in parts[1].split(' ') {
                assert!(zone.parse::<Tz>().is_ok(), "{zone}");
            }
            for prefix in parts[2].split(' ') {
                assert!(prefix.len() <= LONGEST_PREFIX, "{prefix}");
                assert!(prefix.bytes().all(|digit| digit.is_ascii_digit()), "{prefix}");
                assert!(seen.insert(prefix), "{prefix}");
            }
        }
        assert_eq!(seen.len(), PLACES.len());
    }

    #[test]
    fn the_longest_beginning_counts() {
        for (number, region, zone) in [
            ("+919876543210", "IN", Asia::Kolkata),
            ("+12125550123", "US-NY", America::New_York),
            ("+18505550123", "US-FL", America::Chicago),
            ("+77012345678", "KZ", Asia::Almaty),
        ] {
            let place = find_place(number).unwrap();
            assert_eq!((place.region, place.zones[0]), (region, zone), "{number}");
        }
        assert!(find_place("+18005550123").unwrap().zones.len() > 6);
        for unknown in ["", "+", "9876543210", "+999123", "+é"] {
            assert_eq!(find_place(unknown), None, "{unknown}");
        }
    }
}
