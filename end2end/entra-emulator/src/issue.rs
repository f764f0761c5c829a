//! Issues the tokens of one answer: claims, queued mutation, signature, memory.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    jose::{self, Members},
    mutation::{self, MutatedToken},
    world::{IssuedToken, World},
};

/// Signs a token for a tenant, with whatever a test queued for it. Changes to the answer go into `answer`.
pub(crate) fn token(
    world: &mut World,
    kind: MutatedToken,
    grant: &str,
    tenant: Uuid,
    claims: &Members,
    answer: &mut Vec<Map<String, Value>>,
) -> String {
    let fits = |entry: &mutation::TokenMutation| entry.is_for(kind, grant, &tenant.to_string());
    let mutation = mutation::take(&mut world.mutations, fits, |entry| &mut entry.times);
    let key = world.keys.signing_for(tenant, world.settings.cloud);
    let token = match &mutation {
        Some(mutation) => {
            let secret = world
                .registration
                .secrets
                .first()
                .map_or("", |secret| secret.value.as_str());
            answer.push(mutation.token_response.clone());
            jose::write(key, claims, mutation, secret)
        }
        None => jose::sign(key, claims),
    };
    world.remember(IssuedToken {
        kind: match kind {
            MutatedToken::IdToken => "id_token",
            MutatedToken::AccessToken => "access_token",
        },
        tenant,
        grant: grant.to_owned(),
        token: token.clone(),
        claims: claims.0.iter().cloned().collect::<Map<_, _>>().into(),
    });
    token
}
