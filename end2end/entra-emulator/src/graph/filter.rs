//! `$filter`: the operators Graph has for groups and people, and which of them need an advanced query.

use uuid::Uuid;

use super::{
    failure::GraphFailure,
    groups::unsupported,
    subject::{Kind, Nature, Subject},
};

/// Values of one `in`, and clauses of one `or`.
const MOST_VALUES: usize = 15;

/// A filter that was understood.
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Flag(&'static str, bool),
    Equals(&'static str, String),
    StartsWith(&'static str, String),
    EndsWith(&'static str, String),
    Id(Vec<Uuid>),
    Type(String),
}

impl Filter {
    pub(super) fn fits(&self, subject: Subject<'_>) -> bool {
        let own = |name: &str| subject.text(name).map(|text| text.to_lowercase());
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(subject)),
            Self::Not(part) => !part.fits(subject),
            Self::Flag(name, wanted) => subject.flag(name) == *wanted,
            Self::Equals(name, text) => own(name).is_some_and(|own| own == *text),
            Self::StartsWith(name, text) => own(name).is_some_and(|own| own.starts_with(text)),
            Self::EndsWith(name, text) => own(name).is_some_and(|own| own.ends_with(text)),
            Self::Id(ids) => ids.contains(&subject.id()),
            Self::Type(name) => subject.group_types().iter().any(|own| own == name),
        }
    }

    /// The addresses and object ids without one of which nothing fits; `None` when it is not about those alone.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        match self {
            Self::Any(parts) => parts
                .iter()
                .map(Self::names)
                .collect::<Option<Vec<_>>>()
                .map(|names| names.concat()),
            Self::All(parts) => parts.iter().find_map(Self::names),
            Self::Equals("mail" | "userPrincipalName", text) => Some(vec![text.clone()]),
            Self::Id(ids) => Some(ids.iter().map(Uuid::to_string).collect()),
            _ => None,
        }
    }
}

/// # Errors
/// For what Graph does not support, and for what needs an advanced query in one that is none.
pub(super) fn parse(text: &str, kind: Kind, advanced: bool) -> Result<Filter, GraphFailure> {
    let text = text.trim();
    let alternatives = split(text, " or ");
    if alternatives.len() > 1 {
        check_count(alternatives.len())?;
        let parts = alternatives.into_iter().map(|part| parse(part, kind, advanced));
        return Ok(Filter::Any(parts.collect::<Result<_, _>>()?));
    }
    let clauses = split(text, " and ");
    if clauses.len() > 1 {
        let parts = clauses.into_iter().map(|part| parse(part, kind, advanced));
        return Ok(Filter::All(parts.collect::<Result<_, _>>()?));
    }
    if let Some(inner) = enclosed(text) {
        return parse(inner, kind, advanced);
    }
    Reading { kind, advanced }.clause(text)
}

/// What stands in one pair of parentheses from the first letter to the last.
fn enclosed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_i32;
    let mut quoted = false;
    for letter in inner.chars() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    Some(inner)
}

/// Splits at a word outside of quotes and parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut quoted, mut depth) = (Vec::new(), 0, false, 0_i32);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ if !quoted && depth == 0 && at >= start && text[at..].starts_with(word) => {
                parts.push(&text[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn check_count(count: usize) -> Result<(), GraphFailure> {
    if count <= MOST_VALUES {
        return Ok(());
    }
    Err(unsupported(&format!(
        "Too many child clauses specified in search filter expression containing 'OR' operators: {count}. Max allowed: \
         {MOST_VALUES}."
    )))
}

#[derive(Clone, Copy)]
struct Reading {
    kind: Kind,
    advanced: bool,
}

impl Reading {
    fn clause(self, clause: &str) -> Result<Filter, GraphFailure> {
        if let Some(inner) = clause
            .strip_prefix("not")
            .filter(|rest| rest.starts_with([' ', '(']))
        {
            self.needs_advanced("not")?;
            return Ok(Filter::Not(Box::new(parse(inner, self.kind, self.advanced)?)));
        }
        if let Some((name, arguments)) = clause.strip_suffix(')').and_then(|call| call.split_once('(')) {
            return match name.to_ascii_lowercase().as_str() {
                "startswith" => {
                    let (property, text) = self.arguments(arguments, clause)?;
                    Ok(Filter::StartsWith(property, text))
                }
                "endswith" => {
                    self.needs_advanced("endsWith")?;
                    let (property, text) = self.arguments(arguments, clause)?;
                    Ok(Filter::EndsWith(property, text))
                }
                "grouptypes/any" if self.kind == Kind::Group => {
                    let name = arguments.rsplit_once(" eq ").and_then(|(_, text)| quoted(text));
                    Ok(Filter::Type(name.ok_or_else(|| invalid(clause))?))
                }
                "id in " | "id in" => Ok(Filter::Id(identifiers(arguments, clause)?)),
                _ => Err(unsupported(&format!(
                    "Unsupported query filter clause '{clause}'."
                ))),
            };
        }
        let mut words = clause.splitn(3, ' ');
        let (Some(name), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err(invalid(clause));
        };
        let test = self.comparison(name, value, clause);
        match operator {
            "eq" => test,
            "ne" => {
                self.needs_advanced("ne")?;
                Ok(Filter::Not(Box::new(test?)))
            }
            _ => Err(self.unclaused(name)),
        }
    }

    fn comparison(self, name: &str, value: &str, clause: &str) -> Result<Filter, GraphFailure> {
        if name == "id" {
            return Ok(Filter::Id(identifiers(value, clause)?));
        }
        match (self.kind.property(name), value) {
            (None, _) => Err(self.unclaused(name)),
            (Some((name, Nature::Flag)), "true") => Ok(Filter::Flag(name, true)),
            (Some((name, Nature::Flag)), "false") => Ok(Filter::Flag(name, false)),
            (Some((_, Nature::Flag)), _) => Err(invalid(clause)),
            (Some((name, Nature::Text)), _) => {
                let text = quoted(value).ok_or_else(|| invalid(clause))?;
                Ok(Filter::Equals(name, text.to_lowercase()))
            }
        }
    }

    fn needs_advanced(self, operator: &str) -> Result<(), GraphFailure> {
        if self.advanced {
            return Ok(());
        }
        Err(needs_advanced(operator))
    }

    /// The property and the text, in lower case, of `startswith(property,'text')`.
    fn arguments(self, text: &str, clause: &str) -> Result<(&'static str, String), GraphFailure> {
        let (name, value) = text.split_once(',').ok_or_else(|| invalid(clause))?;
        let value = quoted(value.trim()).ok_or_else(|| invalid(clause))?;
        match self.kind.property(name.trim()) {
            Some((property, Nature::Text)) => Ok((property, value.to_lowercase())),
            _ => Err(self.unclaused(name)),
        }
    }

    fn unclaused(self, name: &str) -> GraphFailure {
        unsupported(&format!(
            "Unsupported or invalid query filter clause specified for property '{name}' of resource '{}'.",
            self.kind.name()
        ))
    }
}

/// What is said of an operator without the header and the parameter it needs.
pub(super) fn needs_advanced(operator: &str) -> GraphFailure {
    unsupported(&format!(
        "Operator '{operator}' is not supported because the required parameters might be missing. Try adding \
         $count=true query parameter and ConsistencyLevel:eventual header. Refer to \
         https://aka.ms/graph-docs/advanced-queries for more information"
    ))
}

fn identifiers(text: &str, clause: &str) -> Result<Vec<Uuid>, GraphFailure> {
    let ids = text
        .split(',')
        .map(|id| Uuid::try_parse(&quoted(id.trim())?).ok());
    let ids = ids.collect::<Option<Vec<_>>>().ok_or_else(|| invalid(clause))?;
    check_count(ids.len())?;
    Ok(ids)
}

/// The text in single quotes, a doubled one standing for one.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

fn invalid(clause: &str) -> GraphFailure {
    GraphFailure::bad_request(&format!("Invalid filter clause: '{clause}'."))
}
