//! Near names: "did you mean".

/// How alike two names must be (Jaro-Winkler, 0 to 1) to be suggested.
const NEAR_ENOUGH: f64 = 0.8;

/// Shortest name for which one slip of the fingers is looked for: of shorter ones too much is left
/// to chance.
const SHORTEST: usize = 3;

/// Longest name that is compared, in bytes: to compare two of a megabyte would take a terabyte.
const LONGEST: usize = 64;

/// Jaro-Winkler, except that one slip (`vcp` for `vpc`) is always near enough.
fn likeness(name: &str, candidate: &str) -> f64 {
    let score = strsim::jaro_winkler(name, candidate);
    if score < NEAR_ENOUGH
        && name.chars().count() >= SHORTEST
        && name.len().abs_diff(candidate.len()) <= 1
        && strsim::damerau_levenshtein(name, candidate) == 1
    {
        return NEAR_ENOUGH;
    }
    score
}

/// The candidate nearest to `name`, if one is near enough.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(score, _)| *score >= NEAR_ENOUGH)
        // Of equals the first in the alphabet, so that output does not depend on order.
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `x`?`` for the nearest candidate, if one is near enough.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}

/// The same for what is written behind a word and a dot: ``did you mean `vpc.x`?``.
pub fn did_you_mean_of<'a>(
    word: &str,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{word}.{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn long_names_are_near_to_none() {
        assert_eq!(nearest("vcp", ["vpc", "role"]), Some("vpc"));
        let (a, b) = ("a".repeat(1_000_000), "b".repeat(1_000_000));
        assert_eq!(nearest(&a, [&*b]), None);
    }
}
