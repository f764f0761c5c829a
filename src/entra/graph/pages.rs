//! Lists that come in pages.
//!
//! The address of the next page is followed as it stands, on the configured host alone. A list that goes round, has no end
//! or grows beyond measure is an error: half a list is never a list.
//! <https://learn.microsoft.com/graph/paging>

use std::collections::HashSet;

use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{Graph, Question, read};
use crate::entra::error::EntraError;

/// As many pages of 999 as no directory of ours fills. A list that goes on longer has no end.
pub(in crate::entra) const MOST_PAGES: usize = 500;
/// The most that all pages of a list may weigh.
const MOST_BYTES: usize = 64 << 20;

/// One page of a list, and where the next one lies.
#[derive(Debug)]
pub(in crate::entra) struct Page<T> {
    pub(in crate::entra) value: Vec<T>,
    pub(in crate::entra) next: Option<Url>,
    /// How much of an answer it was.
    bytes: usize,
}

#[derive(Deserialize)]
struct WirePage<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl Graph {
    /// Reads one page of the list that `question` asks for.
    pub(in crate::entra) async fn page<T: DeserializeOwned>(
        &self,
        question: &Question,
        address: Url,
        token: &SecretString,
    ) -> Result<Page<T>, EntraError> {
        let answer = self.fetch(question, address, token).await?;
        let page: WirePage<T> = read(question.what, &answer.body)?;
        let next = page.next.map(|next| self.own(question.what, &next)).transpose()?;
        Ok(Page {
            value: page.value,
            next,
            bytes: answer.body.len(),
        })
    }

    /// The address of a page of this very list, which went out of our hands and came back.
    pub(in crate::entra) fn page_of(
        &self,
        what: &'static str,
        address: &str,
        list: &Url,
    ) -> Result<Url, EntraError> {
        let own = self.own(what, address)?;
        if own.path() != list.path() {
            return Err(EntraError::Foreign {
                what,
                named: own.path().chars().take(200).collect(),
            });
        }
        Ok(own)
    }

    /// The address of a further page, if it lies on the configured host. The token goes nowhere else.
    fn own(&self, what: &'static str, address: &str) -> Result<Url, EntraError> {
        let own = Url::parse(address).ok().filter(|url| {
            let anonymous = url.username().is_empty() && url.password().is_none();
            anonymous && url.origin() == self.origin.origin() && url.path().starts_with("/v1.0/")
        });
        own.ok_or_else(|| EntraError::Foreign {
            what,
            // Enough to recognise it; it may be as long as somebody likes.
            named: address.chars().take(200).collect(),
        })
    }
}

/// A list while it is read.
#[derive(Debug)]
pub(in crate::entra) struct Pages<T> {
    what: &'static str,
    next: Option<Url>,
    seen: HashSet<Url>,
    bytes: usize,
    items: Vec<T>,
}

impl<T> Pages<T> {
    /// Of which nothing was read yet.
    pub(in crate::entra) fn of(question: &Question) -> Self {
        Self {
            what: question.what,
            next: Some(question.address.clone()),
            seen: HashSet::new(),
            bytes: 0,
            items: Vec::new(),
        }
    }

    /// Where the next page lies; `None` when there is none.
    pub(in crate::entra) fn next_address(&mut self) -> Result<Option<Url>, EntraError> {
        let Some(address) = self.next.take() else {
            return Ok(None);
        };
        if !self.seen.insert(address.clone()) {
            return Err(self.malformed("its pages go round in a circle"));
        }
        if self.seen.len() > MOST_PAGES {
            return Err(self.malformed("it has no end"));
        }
        Ok(Some(address))
    }

    /// The page at this address was not read after all: it is the next one still.
    pub(in crate::entra) fn put_back(&mut self, address: Url) {
        self.seen.remove(&address);
        self.next = Some(address);
    }

    /// Takes a page that was read.
    pub(in crate::entra) fn add(&mut self, page: Page<T>) -> Result<(), EntraError> {
        self.bytes = self.bytes.saturating_add(page.bytes);
        if self.bytes > MOST_BYTES {
            return Err(EntraError::TooLarge {
                what: self.what,
                limit: MOST_BYTES,
            });
        }
        self.items.extend(page.value);
        self.next = page.next;
        Ok(())
    }

    /// What was read since the last time, so that a long list need not be held whole.
    pub(in crate::entra) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.items.drain(..)
    }

    /// How many pages were asked for so far.
    pub(in crate::entra) fn asked(&self) -> usize {
        self.seen.len()
    }

    /// Everything, once there is no further page.
    pub(in crate::entra) fn all(self) -> Vec<T> {
        self.items
    }

    fn malformed(&self, why: &str) -> EntraError {
        EntraError::Malformed {
            what: self.what,
            why: why.to_owned(),
        }
    }
}
