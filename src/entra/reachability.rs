//! Whether Microsoft can be reached from here, for the operator's `doctor`.

use http::StatusCode;

use super::{
    error::{self, EntraError},
    http::{self as wire, LOGIN_LIMIT, Zone},
    keys::KeySet,
    metadata::{Authority, DISCOVERY, Document},
};
use crate::domain::id::Ids;

/// What `doctor` learns from asking the authority. An answer means: the host is there, its document names itself as
/// issuer and as the place of its endpoints, and its keys can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reachability {
    /// By how many seconds the authority's clock is ahead of ours; negative when ours is ahead. Unknown without a
    /// `Date` in the answer.
    pub clock_ahead: Option<i64>,
}

/// Asks for the document and the keys of `organizations`, past every cache.
pub(super) async fn check(zone: &Zone, authority: &Authority, ids: &Ids) -> Result<Reachability, EntraError> {
    let get = async |what: &'static str, address| {
        let answer = zone.get(what, address, LOGIN_LIMIT, ids).await?;
        match answer.status {
            StatusCode::OK => Ok(answer),
            status => Err(EntraError::Refused {
                what,
                status: status.as_u16(),
                error: error::from_body(&answer.body),
            }),
        }
    };
    let answer = get("the discovery document", authority.address(None, DISCOVERY)).await?;
    let now = ids.now();
    let clock_ahead = wire::date(&answer.headers).map(|theirs| theirs.as_seconds() - now.as_seconds());
    let document = Document::read(&answer.body, authority, None)?;
    let keys = get("the signing keys", document.keys).await?;
    KeySet::read(&keys.body)?;
    Ok(Reachability { clock_ahead })
}
