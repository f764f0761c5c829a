//! Says what became of each case, and that none was forgotten.

use std::{
    collections::BTreeMap,
    io::{Write as _, stdout},
};

use serde_json::Value;

use super::{elsewhere, waiting};

/// Writes a line past the capture of the test runner, so that a passing run shows it too.
pub(crate) fn say(line: &str) {
    writeln!(stdout().lock(), "{line}").expect("the output takes it");
}

/// Says that a case ran, in how many variants, and how many of them failed.
pub(crate) fn say_run(id: &str, variants: usize, failed: usize) {
    match failed {
        0 => say(&format!("case {id}: passed ({variants})")),
        _ => say(&format!("case {id}: FAILED ({failed} of {variants})")),
    }
}

/// The cases of one of the files by number.
pub(crate) fn file(name: &str) -> BTreeMap<String, Value> {
    let path = format!("{}/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the file of cases");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("cases");
    let cases = cases.into_iter().map(|case| {
        let id = case["id"].as_str().expect("a number").to_owned();
        (id, case)
    });
    cases.collect()
}

/// Why a case does not run: by its own word, or by our list.
pub(crate) fn reason(id: &str, case: &Value) -> Option<String> {
    let ours = &case["ours"];
    if ours["applies"] == false {
        return Some(format!(
            "does not apply: {}",
            ours["why"].as_str().unwrap_or_default()
        ));
    }
    waiting::reason(id).map(str::to_owned)
}

/// Whether the file of this path has a test of this name.
fn is_test(path: &str) -> bool {
    let (file, name) = path.rsplit_once("::").expect("a file and a name");
    let file = file.replace("::", "/");
    let file = if file.starts_with("src/") {
        file
    } else {
        format!("tests/it/{file}")
    };
    let file = format!("{}/{file}.rs", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {name}(")))
}

#[test]
fn every_case_runs_or_says_why_not() {
    let runners = super::all_ids();
    let mut problems = Vec::new();
    let mut known = Vec::new();
    for (name, title) in [("security.json", "security"), ("peers.json", "peers")] {
        let cases = file(name);
        let mut runs = 0;
        for (id, case) in &cases {
            let has_runner = runners.contains(&id.as_str());
            match reason(id, case) {
                Some(reason) => say(&format!("case {id}: not run: {reason}")),
                None if has_runner => runs += 1,
                None if let Some(test) = elsewhere::elsewhere(id) => {
                    assert!(is_test(test), "there is no test {test}");
                    say(&format!("case {id}: runs as {test}"));
                    runs += 1;
                }
                None => problems.push(format!("{id} has neither a runner nor a reason")),
            }
        }
        say(&format!(
            "cases of {title}: {runs} run, {} not run, {} in all",
            cases.len() - runs,
            cases.len()
        ));
        known.extend(cases.into_keys());
    }
    let is_known = |id: &str| known.iter().any(|known| known == id);
    for id in runners {
        if !is_known(id) {
            problems.push(format!("{id} has a runner and is no case"));
        }
    }
    for id in waiting::ids() {
        if !is_known(id) {
            problems.push(format!("{id} has a reason and is no case"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
