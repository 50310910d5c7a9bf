//! The packs that this crate contains.

use crate::pack::{Pack, PackError};

const TEXTS: [&str; 9] = [
    include_str!("../packs/in-rbi-recovery.json"),
    include_str!("../packs/in-trai-promotional.json"),
    include_str!("../packs/in-1600.json"),
    include_str!("../packs/us-fdcpa-regf.json"),
    include_str!("../packs/us-tcpa-sales.json"),
    include_str!("../packs/us-states.json"),
    include_str!("../packs/au-sales.json"),
    include_str!("../packs/ca-sales.json"),
    include_str!("../packs/uk-sales.json"),
];

/// Returns all packs of this crate.
///
/// # Errors
///
/// Fails if one of them is wrong, which a test rules out.
pub fn built_in() -> Result<Vec<Pack>, PackError> {
    TEXTS.iter().map(|text| Pack::from_json(text)).collect()
}

/// Returns the pack that holds for every client: its own list of numbers that must not be called.
///
/// # Errors
///
/// Fails if it is wrong, which a test rules out.
pub fn own_list() -> Result<Pack, PackError> {
    Pack::from_json(include_str!("../packs/own-list.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_pack_is_valid_and_stays_the_same_when_written() {
        let mut packs = built_in().unwrap();
        packs.push(own_list().unwrap());
        let names: HashSet<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
        assert_eq!(names.len(), packs.len());
        for pack in &packs {
            let text = serde_json::to_string(pack).unwrap();
            assert_eq!(&Pack::from_json(&text).unwrap(), pack, "{}", pack.name);
        }
    }
}
