//! Errors of the API in words: they name fields as programs do, such as `phoneNumber`.

/// Returns a sentence with the names of fields as words, and a capital letter at its beginning.
pub fn spell_names(sentence: &str) -> String {
    let text = spell_words(sentence);
    let first = text.split(' ').next().unwrap_or_default();
    let is_word = first.trim_end_matches([':', '.']).bytes().all(|byte| byte.is_ascii_lowercase());
    if is_word { capitalize(&text) } else { text }
}

/// Returns the sentence about a field without the field's name, which its label stands for: `phoneNumber
/// is missing.` becomes `is missing.`; the whole sentence if it begins otherwise.
pub fn cut_name(sentence: &str, field: Option<&str>) -> String {
    let rest = field.and_then(|field| sentence.strip_prefix(field));
    let rest = rest.map(|rest| rest.strip_prefix(':').unwrap_or(rest));
    let rest = rest.and_then(|rest| rest.strip_prefix(' '));
    match rest.filter(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase())) {
        Some(rest) => spell_words(rest),
        None => spell_names(sentence),
    }
}

fn spell_words(text: &str) -> String {
    let mut is_quoted = false;
    let words = text.split(' ').map(|word| {
        // What somebody has typed stays as it is.
        let was_quoted = is_quoted;
        is_quoted ^= word.matches('"').count() % 2 == 1;
        let name = word.trim_end_matches(['.', ',', ':', ';', ')']);
        if was_quoted || !is_name(name) {
            return word.to_owned();
        }
        [&spell_name(name), word.strip_prefix(name).unwrap_or_default()].concat()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Joins a label and an error that continues it; an error that is a sentence stays as it is.
pub fn join_label(label: &str, error: &str) -> String {
    if !error.starts_with(|first: char| first.is_ascii_lowercase()) {
        return error.to_owned();
    }
    match label.strip_suffix(" (optional)").unwrap_or(label) {
        "" => capitalize(error),
        label if label.ends_with('?') => capitalize(error),
        label => [label, " ", error].concat(),
    }
}

/// Returns whether a word is a name of two or more parts, such as `phoneNumber`.
fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.contains(|letter: char| letter.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn spell_name(name: &str) -> String {
    let starts = name.char_indices().filter(|(_, letter)| letter.is_ascii_uppercase());
    let mut edges: Vec<usize> = starts.map(|(at, _)| at).collect();
    edges.push(name.len());
    let mut from = 0;
    let mut words = Vec::new();
    for to in edges {
        words.push(match &name[from..to] {
            short @ ("Id" | "Ids" | "Url" | "Sid" | "Api") => {
                short.to_uppercase().replace("IDS", "IDs")
            }
            word => word.to_lowercase(),
        });
        from = to;
    }
    words.join(" ")
}

fn capitalize(text: &str) -> String {
    if let Some(rest) = text.strip_prefix("url") {
        return ["URL", rest].concat();
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_people_name_them() {
        for (sentence, said) in [
            ("phoneNumber is missing.", "Phone number is missing."),
            ("url: must begin with https://.", "URL: must begin with https://."),
            ("Give phoneNumber, customerId or both.", "Give phone number, customer ID or both."),
            (
                "source must be \"import\" or \"anOther\".",
                "Source must be \"import\" or \"anOther\".",
            ),
            ("\"my crmHost x\" names no host.", "\"my crmHost x\" names no host."),
            ("crm.example.com is on the list twice.", "crm.example.com is on the list twice."),
            ("context.accountId is no path.", "context.accountId is no path."),
            ("", ""),
        ] {
            assert_eq!(spell_names(sentence), said);
        }
    }

    #[test]
    fn a_label_stands_for_the_name_of_its_field() {
        let said = |label, sentence, field| join_label(label, &cut_name(sentence, Some(field)));
        for (label, sentence, field, text) in [
            ("Phone number", "phoneNumber is missing.", "phoneNumber", "Phone number is missing."),
            ("URL", "url: must begin with https://.", "url", "URL must begin with https://."),
            ("What is it?", "source must be import.", "source", "Must be import."),
            (
                "Account SID (optional)",
                "accountSid is wrong.",
                "accountSid",
                "Account SID is wrong.",
            ),
            ("Until", "until must be after since.", "until", "Until must be after since."),
            (
                "Name",
                "name must be given, or customerId.",
                "name",
                "Name must be given, or customer ID.",
            ),
            ("Reason", "Say why.", "reason", "Say why."),
            ("Reason", "reasonless.", "reason", "Reasonless."),
        ] {
            assert_eq!(said(label, sentence, field), text);
        }
    }
}
