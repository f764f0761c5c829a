//! `$filter` on groups: the operators Graph has for them, and which of them need an advanced query.
//!
//! Clauses are joined by `and`; what a browser of groups asks for needs no more.

use uuid::Uuid;

use super::{failure::GraphFailure, groups::unsupported};
use crate::directory::Group;

/// Ids in one `in`.
const MOST_VALUES: usize = 15;

/// A filter that was understood.
pub(super) struct Filter(Vec<Clause>);

struct Clause {
    negated: bool,
    test: Test,
}

/// Reads a property of a group that is text.
type Text = fn(&Group) -> Option<&str>;

enum Test {
    Flag(fn(&Group) -> bool, bool),
    Equals(Text, String),
    StartsWith(Text, String),
    EndsWith(Text, String),
    Id(Vec<Uuid>),
    Type(String),
}

impl Filter {
    pub(super) fn fits(&self, group: &Group) -> bool {
        self.0
            .iter()
            .all(|clause| clause.test.fits(group) != clause.negated)
    }
}

impl Test {
    fn fits(&self, group: &Group) -> bool {
        let lower = |text: Option<&str>| text.map(str::to_lowercase);
        match self {
            Self::Flag(read, wanted) => read(group) == *wanted,
            Self::Equals(read, text) => lower(read(group)).is_some_and(|own| own == *text),
            Self::StartsWith(read, text) => lower(read(group)).is_some_and(|own| own.starts_with(text)),
            Self::EndsWith(read, text) => lower(read(group)).is_some_and(|own| own.ends_with(text)),
            Self::Id(ids) => ids.contains(&group.id),
            Self::Type(name) => group.group_types.iter().any(|own| own == name),
        }
    }
}

/// # Errors
/// For what Graph does not support, and for what needs an advanced query in one that is none.
pub(super) fn parse(text: &str, advanced: bool) -> Result<Filter, GraphFailure> {
    let clauses = split(text);
    let clauses = clauses.iter().map(|clause| read(clause.trim(), advanced));
    Ok(Filter(clauses.collect::<Result<_, _>>()?))
}

/// Splits at ` and ` outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        if letter == '\'' {
            quoted = !quoted;
        } else if !quoted && at >= start && text[at..].starts_with(" and ") {
            parts.push(&text[start..at]);
            start = at + " and ".len();
        }
    }
    parts.push(&text[start..]);
    parts
}

fn read(clause: &str, advanced: bool) -> Result<Clause, GraphFailure> {
    if let Some(inner) = clause.strip_prefix("not") {
        needs_advanced("not", advanced)?;
        let inner = inner.trim();
        let inner = inner
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .unwrap_or(inner);
        let clause = read(inner.trim(), advanced)?;
        return Ok(Clause {
            negated: !clause.negated,
            ..clause
        });
    }
    let plain = |test| Ok(Clause { negated: false, test });
    if let Some((name, arguments)) = clause.strip_suffix(')').and_then(|call| call.split_once('(')) {
        return match name.to_ascii_lowercase().as_str() {
            "startswith" => {
                let (property, text) = arguments_of(arguments, clause)?;
                plain(Test::StartsWith(property, text))
            }
            "endswith" => {
                needs_advanced("endsWith", advanced)?;
                let (property, text) = arguments_of(arguments, clause)?;
                plain(Test::EndsWith(property, text))
            }
            "grouptypes/any" => {
                let name = arguments.rsplit_once(" eq ").and_then(|(_, text)| quoted(text));
                plain(Test::Type(name.ok_or_else(|| invalid(clause))?))
            }
            "id in " | "id in" => plain(Test::Id(identifiers(arguments, clause)?)),
            _ => Err(unsupported(&format!(
                "Unsupported query filter clause '{clause}'."
            ))),
        };
    }
    let mut words = clause.splitn(3, ' ');
    let (Some(name), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
        return Err(invalid(clause));
    };
    let negated = match operator {
        "eq" => false,
        "ne" => {
            needs_advanced("ne", advanced)?;
            true
        }
        _ => return Err(unclaused(name)),
    };
    let flag: Option<fn(&Group) -> bool> = match name {
        "securityEnabled" => Some(|group| group.security_enabled),
        "mailEnabled" => Some(|group| group.mail_enabled),
        _ => None,
    };
    let test = match (flag, value) {
        (Some(flag), "true") => Test::Flag(flag, true),
        (Some(flag), "false") => Test::Flag(flag, false),
        (Some(_), _) => return Err(invalid(clause)),
        (None, _) if name == "id" => Test::Id(identifiers(value, clause)?),
        (None, _) => {
            let text = quoted(value).ok_or_else(|| invalid(clause))?;
            Test::Equals(property(name)?, text.to_lowercase())
        }
    };
    Ok(Clause { negated, test })
}

fn needs_advanced(operator: &str, advanced: bool) -> Result<(), GraphFailure> {
    if advanced {
        return Ok(());
    }
    Err(unsupported(&format!(
        "Operator '{operator}' is not supported because the required parameters might be missing. Try adding \
         $count=true query parameter and ConsistencyLevel:eventual header. Refer to \
         https://aka.ms/graph-docs/advanced-queries for more information"
    )))
}

/// The property and the text, in lower case, of `startswith(property,'text')`.
fn arguments_of(text: &str, clause: &str) -> Result<(Text, String), GraphFailure> {
    let (name, value) = text.split_once(',').ok_or_else(|| invalid(clause))?;
    let value = quoted(value.trim()).ok_or_else(|| invalid(clause))?;
    Ok((property(name.trim())?, value.to_lowercase()))
}

fn property(name: &str) -> Result<Text, GraphFailure> {
    match name {
        "displayName" => Ok(|group| Some(&group.name)),
        "mail" => Ok(|group| group.mail.as_deref()),
        _ => Err(unclaused(name)),
    }
}

fn identifiers(text: &str, clause: &str) -> Result<Vec<Uuid>, GraphFailure> {
    let ids = text
        .split(',')
        .map(|id| Uuid::try_parse(&quoted(id.trim())?).ok());
    let ids = ids.collect::<Option<Vec<_>>>().ok_or_else(|| invalid(clause))?;
    if ids.len() > MOST_VALUES {
        return Err(unsupported(&format!(
            "Too many child clauses specified in search filter expression containing 'OR' operators: {}. Max allowed: \
             {MOST_VALUES}.",
            ids.len()
        )));
    }
    Ok(ids)
}

/// The text in single quotes, a doubled one standing for one.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

fn unclaused(name: &str) -> GraphFailure {
    unsupported(&format!(
        "Unsupported or invalid query filter clause specified for property '{name}' of resource 'Group'."
    ))
}

fn invalid(clause: &str) -> GraphFailure {
    GraphFailure::bad_request(&format!("Invalid filter clause: '{clause}'."))
}
