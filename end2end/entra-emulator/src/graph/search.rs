//! `$search`: by tokens, never by substring.
//!
//! Names and descriptions fall into tokens at spaces, symbols, and changes between digits and letters or from lower to
//! upper case; each token that is looked for must begin one of them, in any order. Everything else is compared from
//! its beginning.

use super::{
    failure::GraphFailure,
    subject::{Kind, Nature, Subject},
};

/// A search that was understood.
pub(super) enum Search {
    All(Vec<Search>),
    Any(Vec<Search>),
    Clause { property: &'static str, text: String },
}

impl Search {
    pub(super) fn fits(&self, subject: Subject<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(subject)),
            Self::Clause { property, text } => {
                let own = subject.text(property).unwrap_or_default();
                if !matches!(*property, "displayName" | "description") {
                    return own.to_lowercase().starts_with(&text.to_lowercase());
                }
                let own = tokens(&own, true);
                let fits = |wanted: &String| own.iter().any(|token| token.starts_with(wanted.as_str()));
                tokens(text, false).iter().all(fits)
            }
        }
    }
}

/// # Errors
/// When a clause is not wholly in double quotes, names no property, or one that cannot be searched.
pub(super) fn parse(text: &str, kind: Kind) -> Result<Search, GraphFailure> {
    let mut reader = Reader {
        kind,
        rest: text.trim(),
    };
    let search = reader.any().filter(|_| reader.rest.is_empty());
    search.ok_or_else(|| invalid(text))
}

/// Reads `"clause"`, `AND`, `OR` and parentheses from left to right; `AND` binds more tightly.
struct Reader<'a> {
    kind: Kind,
    rest: &'a str,
}

impl Reader<'_> {
    fn any(&mut self) -> Option<Search> {
        let mut parts = vec![self.all()?];
        while self.took("OR ") {
            parts.push(self.all()?);
        }
        Some(Search::Any(parts))
    }

    fn all(&mut self) -> Option<Search> {
        let mut parts = vec![self.one()?];
        while self.took("AND ") || self.rest.starts_with(['"', '(']) {
            parts.push(self.one()?);
        }
        Some(Search::All(parts))
    }

    fn one(&mut self) -> Option<Search> {
        if self.took("(") {
            let inner = self.any()?;
            return self.took(")").then_some(inner);
        }
        self.clause()
    }

    fn took(&mut self, word: &str) -> bool {
        let after = self.rest.strip_prefix(word);
        if let Some(after) = after {
            self.rest = after.trim_start();
        }
        after.is_some()
    }

    /// A clause in double quotes, its escapes undone.
    fn clause(&mut self) -> Option<Search> {
        let text = self.rest.strip_prefix('"')?;
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
        let (property, nature) = self.kind.property(property)?;
        self.rest = text[end + 1..].trim_start();
        (nature == Nature::Text).then(|| Search::Clause {
            property,
            text: wanted.to_owned(),
        })
    }
}

/// The tokens of a text in lower case, symbols among them. What symbols divide counts joined as well.
fn tokens(text: &str, joined: bool) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let mut whole = String::new();
        // Symbols are tokens of what is looked at; of what is looked for they only divide.
        let symbols = word.chars().filter(|letter| joined && !letter.is_alphanumeric());
        found.extend(symbols.map(String::from));
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
        assert_eq!(tokens("hello.world", true), [".", "hello", "world", "helloworld"]);
        assert_eq!(tokens("Team42 North", true), ["team", "42", "north"]);
    }
}
