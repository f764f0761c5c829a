//! The layers of `docs/architecture.md`, held to the code: who may import whom, and the doors that only one file
//! may open.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const LONGEST_FILE: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with this ending, as a path from the root and its text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() {
                walk(&entry, ending, found);
            } else if entry.extension().is_some_and(|extension| extension == ending) {
                found.push(entry);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    found.sort();
    let relative = |path: &Path| {
        path.strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string()
    };
    found
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).expect("text")))
        .collect()
}

/// The table of the guide: each module and what it may import.
fn import_table() -> BTreeMap<String, BTreeSet<String>> {
    let guide = fs::read_to_string(root().join("docs/architecture.md")).expect("the guide");
    let start = guide
        .find("| module | may import |")
        .expect("the guide has the table");
    let mut table = BTreeMap::new();
    for row in guide[start..]
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [modules, imports] = cells[..] else {
            panic!("a row has two cells: {row}")
        };
        let words = |cell: &str| {
            cell.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        };
        for module in words(modules) {
            table.insert(module, words(imports));
        }
    }
    assert!(table.len() > 15, "the whole table was read: {table:?}");
    table
}

/// The text without comments and without the contents of string literals.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let mut quoted = false;
        let mut previous = ' ';
        for (at, letter) in line.char_indices() {
            if !quoted && line[at..].starts_with("//") {
                break;
            }
            if letter == '"' && previous != '\\' && !(previous == '\'' && line[at + 1..].starts_with('\'')) {
                quoted = !quoted;
            }
            if !quoted {
                code.push(letter);
            }
            previous = letter;
        }
        code.push('\n');
    }
    code
}

/// The first names of every `crate::` path, single or in braces.
fn imports_of(code: &str) -> BTreeSet<String> {
    let name = |text: &str| {
        text.chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect::<String>()
    };
    let mut found = BTreeSet::new();
    for (at, marker) in code.match_indices("crate::") {
        if code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$') {
            continue;
        }
        let rest = &code[at + marker.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(name(rest));
            continue;
        };
        let mut depth = 0_i32;
        let mut item_starts = true;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => item_starts = true,
                _ if depth == 0 && item_starts && letter.is_alphabetic() => {
                    found.insert(name(&group[at..]));
                    item_starts = false;
                }
                _ => {}
            }
        }
    }
    found.remove("");
    found
}

fn module_of(path: &str) -> String {
    let inside = path.strip_prefix("src/").expect("a source file");
    inside.split(['/', '.']).next().expect("a name").to_owned()
}

#[test]
fn nobody_imports_what_the_table_does_not_allow() {
    let table = import_table();
    let (mut edges, mut wrong) = (0, Vec::new());
    for (path, text) in files("src", "rs") {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let allowed = table
            .get(&module)
            .unwrap_or_else(|| panic!("{module} stands in no row of the table"));
        let everything_but_the_top = allowed.contains("all");
        for import in imports_of(&code_of(&text))
            .into_iter()
            .filter(|import| *import != module)
        {
            if !table.contains_key(&import) {
                continue; // a macro or an item of the crate's root
            }
            edges += 1;
            let fits = if everything_but_the_top {
                !matches!(import.as_str(), "cli" | "main")
            } else {
                allowed.contains(&import)
            };
            if !fits {
                wrong.push(format!("{path} imports {import}"));
            }
        }
    }
    assert!(edges > 100, "imports were found: {edges}");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_reader_of_imports_sees_them() {
    let code = code_of(
        "use crate::{domain::{id, role::{Role}}, entra};\nfn f() { crate::storage::g(); } // crate::server\nlet s = \"crate::cli\";",
    );
    let expected = ["domain", "entra", "storage"].map(str::to_owned);
    assert_eq!(imports_of(&code), BTreeSet::from(expected));
}

/// What may stand only in certain files.
const DOORS: [(&str, &[&str]); 10] = [
    ("cfg(feature", &["src/lib.rs"]),
    ("HostOperator::on_this_machine", &["src/cli.rs", "src/cli/"]),
    ("set_status(", &["src/server/reply.rs"]),
    ("leptos_axum::redirect", &[]),
    ("leptos_axum::extract", &[]),
    (
        ".upkeep()",
        &[
            "src/service/connection_test/keep.rs",
            "src/service/invitation/",
            "src/service/kept_form.rs",
            "src/service/mapping/check.rs",
            "src/service/session.rs",
            "src/service/password.rs",
            "src/service/sign_in/",
            "src/server/jobs.rs",
        ],
    ),
    ("tokio::spawn", &["src/server/jobs.rs", "src/entra/testing/"]),
    ("SystemTime::now", &["src/host.rs"]),
    (
        "read_directory_of(",
        &["src/service/directory.rs", "src/entra.rs", "src/entra/"],
    ),
    ("std::env::var", &["src/config/environment.rs"]),
];

#[test]
fn doors_stay_where_they_are() {
    let sources = files("src", "rs");
    let mut wrong = Vec::new();
    for (door, rooms) in DOORS {
        for (path, text) in &sources {
            let guard = path == "src/server/guard.rs" && door == "set_status(";
            if code_of(text).contains(door) && !guard && !rooms.iter().any(|room| path.starts_with(room)) {
                wrong.push(format!("{path}: {door}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn files_stay_short() {
    let sources = [
        files("src", "rs"),
        files("tests", "rs"),
        files("end2end/entra-emulator", "rs"),
    ]
    .concat();
    let long: Vec<_> = sources
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .collect();
    assert!(sources.len() > 60);
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let sources = [
        files("src", "rs"),
        files("tests", "rs"),
        files("end2end/entra-emulator", "rs"),
    ]
    .concat();
    let silent: Vec<_> = sources
        .iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn views_carry_no_style_and_no_text_of_their_own_colour() {
    for (path, text) in files("src", "rs") {
        if !path.contains("tests") {
            assert!(!code_of(&text).contains(" style="), "{path}");
        }
    }
    for (path, text) in files("style", "css") {
        if path == "style/tokens.css" || path == "style/components/ms-button.css" {
            continue;
        }
        let colour = text.split('#').skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let ends = rest
                .chars()
                .nth(digits)
                .is_none_or(|letter| !letter.is_alphanumeric() && letter != '-');
            matches!(digits, 3 | 4 | 6 | 8) && ends
        });
        assert!(!colour, "{path} names a colour");
    }
}

#[test]
fn the_emulator_shares_no_code() {
    let manifest =
        fs::read_to_string(root().join("end2end/entra-emulator/Cargo.toml")).expect("the manifest");
    assert!(!manifest.contains("sonicsaas"));
}
