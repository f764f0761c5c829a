//! What a sign-in shows by the way, for the connection test: nothing else can see it.

use std::time::Duration;

use crate::{service::Services, storage::SigningIn};

/// How often it is noted again that nothing has changed.
const NOTED_EVERY: Duration = Duration::from_hours(24);

/// Notes for the connection test whether delegated permission to read all of one's own groups came along: only a sign-in
/// can see it. That it could not be noted is no reason to keep anybody out.
pub(super) async fn delegated_groups(services: &Services, signing_in: &SigningIn, seen: bool) {
    let known = signing_in.delegated_groups();
    let is_news = known.is_none_or(|(known, at)| known != seen || services.now() >= at.plus(NOTED_EVERY));
    if is_news {
        let noted = services
            .store
            .upkeep()
            .note_delegated_groups(signing_in, seen)
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "could not note what came along with a sign-in");
        }
    }
}

/// Notes for the page about the tenant that somebody of it has signed in. As above, nobody is kept out by it.
pub(super) async fn sign_in(services: &Services, signing_in: &SigningIn) {
    let noted = services.store.upkeep().note_sign_in(signing_in).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "could not note a sign-in at its tenant");
    }
}
