//! What is shipped beside the program: `Leptos.toml`, and the documents that must stay true.

use std::{fs, path::Path};

use leptos::config::get_configuration;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// cargo-leptos builds by `Cargo.toml`, and the server runs by `Leptos.toml`: what both name must be the same.
#[test]
fn the_build_and_the_server_agree() {
    let build: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml");
    let build = build["package"]["metadata"]["leptos"]
        .as_table()
        .expect("the build's options")
        .clone();
    let served: toml::Table = read("Leptos.toml").parse().expect("Leptos.toml");
    let served = served["package"]["metadata"]["leptos"]
        .as_table()
        .expect("the server's options")
        .clone();
    for (name, value) in &served {
        assert_eq!(build.get(name), Some(value), "{name}");
    }
    for name in ["output-name", "site-root", "site-addr", "env", "hash-files"] {
        assert!(served.contains_key(name), "Leptos.toml names {name}");
    }
}

#[test]
fn leptos_toml_is_really_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Leptos.toml");
    let changed = read("Leptos.toml").replace("127.0.0.1:3000", "127.0.0.1:3999");
    fs::write(&path, changed).expect("written");
    let options = get_configuration(Some(path.to_str().expect("text")))
        .expect("right")
        .leptos_options;
    assert_eq!(options.site_addr.port(), 3999);
    assert!(options.hash_files);
    assert_eq!(&*options.output_name, "sonicsaas");
}

/// The sample of `README.md` is the sample that people paste.
#[test]
fn every_variable_of_the_code_is_documented() {
    let documented = read("docs/configuration.md");
    let code = read("src/config.rs") + &read("src/config/observe.rs");
    let mut names = 0;
    for word in code.split('"') {
        let is_name = word.len() > 7 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if is_name {
            names += 1;
            assert!(
                documented.contains(word),
                "docs/configuration.md does not name {word}"
            );
        }
    }
    assert!(names >= 18, "the variables were found: {names}");
}

#[test]
fn documents_link_to_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/operations.md",
        "docs/configuration.md",
    ] {
        let folder = root.join(document).parent().expect("a folder").to_owned();
        for target in read(document)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            links += 1;
            assert!(folder.join(target).exists(), "{document} links to {target}");
        }
    }
    assert!(links > 10, "links were found: {links}");
}
