//! `$search` on groups: by tokens, never by substring.
//!
//! Names and descriptions fall into tokens at spaces, symbols, and changes between digits and letters or from lower to
//! upper case; each token that is looked for must begin one of them, in any order. Everything else is compared from
//! its beginning.

use super::failure::GraphFailure;
use crate::directory::Group;

/// A search that was understood: any of these, each of which wants all of its clauses.
pub(super) struct Search(Vec<Vec<Clause>>);

struct Clause {
    property: Property,
    text: String,
}

#[derive(Clone, Copy)]
enum Property {
    Name,
    Description,
    Mail,
}

impl Search {
    pub(super) fn fits(&self, group: &Group) -> bool {
        self.0
            .iter()
            .any(|clauses| clauses.iter().all(|clause| clause.fits(group)))
    }
}

impl Clause {
    fn fits(&self, group: &Group) -> bool {
        let own = match self.property {
            Property::Name => Some(&group.name),
            Property::Description => group.description.as_ref(),
            Property::Mail => {
                let mail = group.mail.as_ref().map(|mail| mail.to_lowercase());
                return mail.is_some_and(|mail| mail.starts_with(&self.text.to_lowercase()));
            }
        };
        let own = own.map(|text| tokens(text, true)).unwrap_or_default();
        tokens(&self.text, false)
            .iter()
            .all(|wanted| own.iter().any(|token| token.starts_with(wanted.as_str())))
    }
}

/// # Errors
/// When a clause is not wholly in double quotes, names no property, or one that cannot be searched.
pub(super) fn parse(text: &str) -> Result<Search, GraphFailure> {
    let mut alternatives = vec![Vec::new()];
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (clause, after) = clause(rest).ok_or_else(|| invalid(text))?;
        if let Some(last) = alternatives.last_mut() {
            last.push(clause);
        }
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix("OR ") {
            alternatives.push(Vec::new());
            rest = after.trim_start();
        } else if let Some(after) = rest.strip_prefix("AND ") {
            rest = after.trim_start();
        } else if !rest.is_empty() && !rest.starts_with('"') {
            return Err(invalid(text));
        }
    }
    if alternatives.iter().any(Vec::is_empty) {
        return Err(invalid(text));
    }
    Ok(Search(alternatives))
}

/// The first clause, its escapes undone, and what follows it.
fn clause(text: &str) -> Option<(Clause, &str)> {
    let text = text.strip_prefix('"')?;
    let mut inner = String::new();
    let mut letters = text.char_indices();
    let end = loop {
        match letters.next()? {
            (at, '"') => break at,
            (_, '\\') => inner.push(letters.next()?.1),
            (_, letter) => inner.push(letter),
        }
    };
    let (property, wanted) = inner.split_once(':')?;
    let property = match property {
        "displayName" => Property::Name,
        "description" => Property::Description,
        "mail" => Property::Mail,
        _ => return None,
    };
    let text_of_clause = wanted.to_owned();
    Some((
        Clause {
            property,
            text: text_of_clause,
        },
        &text[end + 1..],
    ))
}

/// The tokens of a text in lower case. What symbols divide counts joined as well.
fn tokens(text: &str, joined: bool) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let mut whole = String::new();
        let mut parts = 0;
        for part in word
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| !part.is_empty())
        {
            parts += 1;
            whole.push_str(&part.to_lowercase());
            let mut token = String::new();
            let mut before: Option<char> = None;
            for letter in part.chars() {
                let breaks = before.is_some_and(|before| {
                    before.is_numeric() != letter.is_numeric()
                        || (before.is_lowercase() && letter.is_uppercase())
                });
                if breaks {
                    found.push(std::mem::take(&mut token));
                }
                token.extend(letter.to_lowercase());
                before = Some(letter);
            }
            found.push(token);
        }
        if joined && parts > 1 {
            found.push(whole);
        }
    }
    found
}

fn invalid(text: &str) -> GraphFailure {
    GraphFailure::bad_request(&format!("Syntax error: the search clause '{text}' is not valid."))
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn a_text_falls_into_tokens_as_microsoft_documents() {
        assert_eq!(tokens("OneVideo", true), ["one", "video"]);
        assert_eq!(tokens("hello.world", true), ["hello", "world", "helloworld"]);
        assert_eq!(tokens("Team42 North", true), ["team", "42", "north"]);
    }
}
