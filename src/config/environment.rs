//! Where variables come from: the process, a file, or a file that a variable names.

use std::{collections::BTreeMap, fs, path::Path, str::FromStr};

use secrecy::SecretString;

use super::Problem;

/// Names and values, and what was found wrong with them so far.
#[derive(Debug, Default)]
pub struct Environment {
    values: BTreeMap<String, SecretString>,
    problems: Vec<Problem>,
}

impl Environment {
    /// The process's environment over `.env.production`, else `.env`, of the working directory.
    pub fn of_process() -> Self {
        let mut environment = Self::default();
        for name in [".env.production", ".env"] {
            match fs::read_to_string(name) {
                Ok(text) => {
                    environment.add_file(name, &text);
                    break;
                }
                Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {}
                Err(cause) => {
                    environment.problem(name, format!("cannot be read: {cause}"));
                    break;
                }
            }
        }
        for (name, value) in std::env::vars_os() {
            // A name that is not Unicode is none of ours; a value that is not, of one of ours, is a problem.
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => environment.set(&name, &value),
                Err(_) if KNOWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) => {
                    environment.problem(&name, "must be Unicode text");
                }
                Err(_) => {}
            }
        }
        environment
    }

    /// From pairs, for tests.
    pub fn of_pairs<'text>(pairs: impl IntoIterator<Item = (&'text str, &'text str)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in pairs {
            environment.set(name, value);
        }
        environment
    }

    /// Adds the lines of an environment file: `NAME=value`, with or without `export`, quotes around the value,
    /// and comment lines. Values are taken as they are: nothing is substituted, since a secret may hold any sign.
    pub fn add_file(&mut self, file: &str, text: &str) {
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let line = line.strip_prefix("export ").unwrap_or(line);
            match line.split_once('=') {
                Some((name, value)) if is_name(name.trim()) => self.set(name.trim(), unquoted(value.trim())),
                _ => self.problem(file, format!("line {} is not NAME=value", index + 1)),
            }
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), SecretString::from(value));
    }

    /// Notes a problem.
    pub fn problem(&mut self, variable: &str, text: impl Into<String>) {
        self.problems.push(Problem {
            variable: variable.to_owned(),
            text: text.into(),
        });
    }

    /// The problems so far, in the order found.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// A value that must not print: taken whole, except for the line end of a file. Empty counts as not set.
    pub fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.raw(name).map(SecretString::from)
    }

    /// A value that may print, without a trailing ` # comment`. Empty counts as not set.
    pub fn plain(&mut self, name: &str) -> Option<String> {
        let raw = self.raw(name)?;
        let value = raw
            .split_once(" #")
            .map_or(raw.as_str(), |(value, _)| value)
            .trim();
        (!value.is_empty() && !value.starts_with('#')).then(|| value.to_owned())
    }

    /// One of the fixed words.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(T, &str)]) -> Option<T> {
        let typed = self.plain(name)?;
        let found = choices
            .iter()
            .find(|(_, word)| *word == typed)
            .map(|(value, _)| *value);
        if found.is_none() {
            let words: Vec<_> = choices.iter().map(|(_, word)| *word).collect();
            self.problem(
                name,
                format!("must be one of {}, not {typed:?}", words.join(", ")),
            );
        }
        found
    }

    /// Anything that parses.
    pub fn parsed<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let typed = self.plain(name)?;
        let parsed = typed.parse().ok();
        if parsed.is_none() {
            self.problem(name, format!("must be {expected}, not {typed:?}"));
        }
        parsed
    }

    fn raw(&mut self, name: &str) -> Option<String> {
        use secrecy::ExposeSecret as _;
        let value = |name: &str| {
            self.values
                .get(name)
                .map(|value| value.expose_secret().to_owned())
                .filter(|value| !value.is_empty())
        };
        let file_variable = format!("{name}_FILE");
        match (value(name), value(&file_variable)) {
            (Some(_), Some(_)) => {
                self.problem(
                    name,
                    format!("is set twice: here and by {file_variable}; keep one"),
                );
                None
            }
            (Some(direct), None) => Some(direct),
            (None, Some(path)) => match fs::read_to_string(Path::new(&path)) {
                Ok(text) => {
                    Some(text.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty())
                }
                Err(cause) => {
                    self.problem(
                        &file_variable,
                        format!("names a file that cannot be read: {path}: {cause}"),
                    );
                    None
                }
            },
            (None, None) => None,
        }
    }
}

/// What the names of our variables begin with.
const KNOWN_PREFIXES: [&str; 14] = [
    "MICROSOFT_",
    "AUTH_MODE",
    "ENTRA_",
    "PUBLIC_URL",
    "DATABASE_URL",
    "ENCRYPTION_KEY",
    "SMTP_URL",
    "MAIL_",
    "TRUSTED_PROXIES",
    "SESSION_",
    "LOG_FORMAT",
    "RUST_LOG",
    "METRICS_ADDR",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The value without one pair of quotes around the whole of it.
fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}
