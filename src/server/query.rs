//! What stands in an address after the question mark, as pages and starts of a sign-in read it.

use crate::domain::session::LocalPath;

/// The parameters of a query, decoded, in the order sent.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// From the raw query.
    pub(super) fn parse(query: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(query.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of this name.
    pub(super) fn first(&self, wanted: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of this name.
    pub(super) fn all<'query>(&'query self, wanted: &'query str) -> impl Iterator<Item = &'query str> {
        let named = self.0.iter().filter(move |(name, _)| name == wanted);
        named.map(|(_, value)| value.as_str())
    }

    /// Where to go afterwards: a page of ours, or the dashboard.
    pub(super) fn next(&self) -> LocalPath {
        self.first("next")
            .and_then(|next| LocalPath::parse(next).ok())
            .unwrap_or_else(LocalPath::dashboard)
    }
}
