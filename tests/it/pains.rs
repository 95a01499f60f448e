//! docs/pains.md: every known pain has a test that shows what smd does instead.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The page, from the root of the package.
const PAGE: &str = "docs/pains.md";
/// How many pains are known of each section.
const KNOWN: [(&str, usize); 5] = [("A", 7), ("B", 11), ("C", 11), ("D", 9), ("E", 7)];
/// The columns of each table.
const COLUMNS: [&str; 4] = ["problem", "known from", "what smd does", "shown by"];

/// What is wrong with a page whose files are read by `read`.
fn faults_of(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let mut section = "";
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.split('.').next().unwrap_or_default();
            rows.insert(section, 0);
        }
        let Some(row) = line.strip_prefix('|') else {
            continue;
        };
        let cells: Vec<&str> = row
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        if cells == COLUMNS || cells.iter().all(|cell| cell.chars().all(|c| c == '-')) {
            continue;
        }
        *rows.entry(section).or_default() += 1;
        let problem = cells[0];
        if cells.len() != COLUMNS.len() || cells.iter().any(|cell| cell.is_empty()) {
            faults.push(format!("a cell is missing: {problem}"));
            continue;
        }
        let threads = cells[1].split(", ");
        if !threads.clone().all(is_thread) {
            faults.push(format!("no thread: {} of: {problem}", cells[1]));
        }
        let tests: Vec<&str> = cells[3].split(", ").collect();
        faults.extend(tests.iter().filter_map(|test| {
            let why = fault_of(test, &read)?;
            Some(format!("{why}: {test} of: {problem}"))
        }));
    }
    for (section, count) in KNOWN {
        let there = rows.remove(section).unwrap_or_default();
        if there != count {
            faults.push(format!("section {section} has {there} rows, not {count}"));
        }
    }
    faults.extend(rows.keys().map(|name| format!("section `{name}` is new")));
    faults
}

/// `owner/name#12`, or `#12` of the repository before it.
fn is_thread(text: &str) -> bool {
    let Some((_, number)) = text.split_once('#') else {
        return false;
    };
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

/// What is wrong with `` [`path::name`](../path) ``.
fn fault_of(link: &str, read: &impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let parts = || {
        let inner = link.strip_prefix("[`")?.strip_suffix(')')?;
        let (test, target) = inner.split_once("`](../")?;
        let (path, name) = test.split_once("::")?;
        Some((path, name, target))
    };
    let Some((path, name, target)) = parts() else {
        return Some("no link to a test");
    };
    if path != target {
        return Some("the link leads elsewhere");
    }
    let Some(text) = read(path) else {
        return Some("no such file");
    };
    (!has_test(&text, name)).then_some("no such test")
}

/// Whether a file has a test of this name: a function with that attribute above it, among others.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut functions = lines.iter().enumerate().filter(|(_, line)| {
        let rest = line.strip_prefix("async ").unwrap_or(line);
        let rest = rest
            .strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('('))
    });
    functions.any(|(at, _)| {
        let mut above = lines[..at].iter().rev();
        let mut attributes = above
            .by_ref()
            .take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        attributes.any(|line| ["#[test]", "#[tokio::test]"].contains(line))
    })
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

#[test]
fn every_pain_has_a_test() {
    let faults = faults_of(&read(PAGE).unwrap(), read);
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The page is only as good as what finds its faults.
#[test]
fn what_is_wrong_with_the_page_is_found() {
    let page = read(PAGE).unwrap();
    let first = "`src/plan/tests/refused.rs::protected_things_stay`";
    assert!(page.contains(first));
    let found = |page: String| faults_of(&page, read);
    for (from, to, fault) in [
        (
            first,
            "`src/plan/tests/refused.rs::protected_things_go`",
            "no such test",
        ),
        // A function that is no test.
        (first, "`src/plan/tests/refused.rs::told`", "no such test"),
        (first, "`src/plan/tests/gone.rs::told`", "leads elsewhere"),
        (first, "protected_things_stay", "no link to a test"),
        (
            "(../src/plan/tests/refused.rs), ",
            "(../src/gone.rs), ",
            "leads elsewhere",
        ),
        ("hashicorp/terraform#17599", "hearsay", "no thread"),
        ("## E.", "## F.", "section `F` is new"),
        ("## E.", "## F.", "section E has 0 rows, not 7"),
    ] {
        assert!(page.contains(from), "{from}");
        let faults = found(page.replacen(from, to, 1));
        assert!(
            faults.iter().any(|one| one.contains(fault)),
            "{fault}: {faults:#?}"
        );
    }
    // A row without a test, and one row less.
    let (start, rest) = page.split_once(first).unwrap();
    let (before, row) = start.rsplit_once('\n').unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let cells = row.trim_end_matches('[');
    let faults = found(format!("{before}\n{cells} |\n{after}"));
    assert!(
        faults.iter().any(|one| one.contains("a cell is missing")),
        "{faults:#?}"
    );
    let faults = found(format!("{before}\n{after}"));
    assert_eq!(faults, ["section A has 6 rows, not 7"]);
    let missing = faults_of(&page, |_| None);
    assert!(missing.len() > KNOWN.len(), "{missing:#?}");
}
