//! Trees of hashes, as in RFC 6962: leaves and nodes are hashed differently, and a node without a
//! sibling moves up as it is.

use super::Hash;
use sha2::{Digest as _, Sha256};

/// Returns the hash of a leaf.
pub fn hash_leaf(line: &str) -> Hash {
    Sha256::new().chain_update([0]).chain_update(line).finalize().into()
}

fn hash_pair(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn next_level(level: &[Hash]) -> Vec<Hash> {
    let join = |pair: &[Hash]| match pair {
        [left, right] => Some(hash_pair(left, right)),
        [alone] => Some(*alone),
        _ => None,
    };
    level.chunks(2).filter_map(join).collect()
}

/// Returns the root over these leaves; that of no leaves is the hash of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = next_level(&level);
    }
    level.first().copied().unwrap_or_else(|| Sha256::digest([]).into())
}

/// Returns the siblings on the way from a leaf to the root.
pub fn path(leaves: &[Hash], mut index: usize) -> Vec<Hash> {
    let (mut level, mut path) = (leaves.to_vec(), Vec::new());
    while level.len() > 1 {
        path.extend(level.get(index ^ 1));
        level = next_level(&level);
        index /= 2;
    }
    path
}

/// Returns the root that a leaf at this place among `count` leaves and its path lead to.
pub fn root_by_path(leaf: Hash, mut index: usize, mut count: usize, path: &[Hash]) -> Option<Hash> {
    if index >= count {
        return None;
    }
    let (mut hash, mut path) = (leaf, path.iter());
    while count > 1 {
        if index % 2 == 1 {
            hash = hash_pair(path.next()?, &hash);
        } else if index + 1 < count {
            hash = hash_pair(&hash, path.next()?);
        }
        index /= 2;
        count = count.div_ceil(2);
    }
    path.next().is_none().then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leaf_proves_itself_at_its_place_alone() {
        for count in 1..40 {
            let leaves: Vec<Hash> = (0..count).map(|n| hash_leaf(&n.to_string())).collect();
            let root = root(&leaves);
            for (at, leaf) in leaves.iter().enumerate() {
                let path = path(&leaves, at);
                for place in 0..=count {
                    let found = root_by_path(*leaf, place, count, &path);
                    assert_eq!(found == Some(root), place == at, "{at} {place} of {count}");
                }
                assert_ne!(root_by_path(hash_leaf("x"), at, count, &path), Some(root));
                let longer = [&path[..], &[*leaf]].concat();
                assert_eq!(root_by_path(*leaf, at, count, &longer), None);
            }
        }
    }
}
