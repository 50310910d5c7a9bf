//! Spellings of a phone number as the parameters of a query.

/// Returns the first five spellings of a number; if there are fewer, the last is repeated.
pub fn first_five_spellings(spellings: &[String]) -> [&str; 5] {
    let last = spellings.last().map_or("", String::as_str);
    std::array::from_fn(|at| spellings.get(at).map_or(last, String::as_str))
}
