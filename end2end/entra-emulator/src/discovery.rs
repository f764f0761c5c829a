//! Discovery documents and key sets.
//!
//! Two things differ from what OpenID Connect leads one to expect, and clients must bear them: the aliases' document
//! has the literal `{tenantid}` in its issuer, and PKCE is supported without being announced.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    authority::Authority, directory::Tenant, failure::Failure, reply::Reply, request::Incoming, world::World,
};

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub(crate) fn document(world: &World, request: &Incoming, tenant: &str) -> Reply {
    match Authority::resolve(world, tenant) {
        Ok(authority) => public(Reply::json(
            StatusCode::OK,
            &configuration(world, request, authority),
        )),
        Err(failure) => refused(world, request, &failure),
    }
}

/// `GET /{tenant}/discovery/v2.0/keys`
pub(crate) fn keys(world: &World, request: &Incoming, tenant: &str) -> Reply {
    match Authority::resolve(world, tenant) {
        Ok(authority) => {
            let concrete = authority.tenant().filter(|_| world.settings.concrete_key_issuers);
            public(Reply::json(
                StatusCode::OK,
                &world.keys.document(
                    world.settings.issuer_origin(&request.base),
                    concrete,
                    world.settings.cloud,
                ),
            ))
        }
        Err(failure) => refused(world, request, &failure),
    }
}

/// `GET /common/discovery/instance`, which MSAL asks before anything else.
pub(crate) fn instance(request: &Incoming) -> Reply {
    let host = request.base.split_once("://").map_or("", |(_, host)| host);
    let asked = request.query_value("authorization_endpoint").unwrap_or_default();
    let tenant = asked
        .split('/')
        .nth(3)
        .filter(|segment| !segment.is_empty())
        .unwrap_or("common");
    let document = json!({
        "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", request.base),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    });
    public(Reply::json(StatusCode::OK, &document))
}

fn configuration(world: &World, request: &Incoming, authority: Authority) -> Value {
    let base = &request.base;
    let segment = authority.segment();
    let issuer = authority
        .tenant()
        .map_or_else(|| "{tenantid}".to_owned(), |id| id.to_string());
    let tenant = authority.tenant().and_then(|id| world.directory.find(id));
    let keys = format!("{base}/{segment}/discovery/v2.0/keys");
    let keys = request
        .query_value("appid")
        .map_or_else(|| keys.clone(), |appid| format!("{keys}?appid={appid}"));
    let cloud = world.settings.cloud;
    let mut document = json!({
        "token_endpoint": format!("{base}/{segment}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": keys,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{}/{issuer}/v2.0", world.settings.issuer_origin(base)),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{base}/oidc/userinfo"),
        "authorization_endpoint": format!("{base}/{segment}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/{segment}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/{segment}/oauth2/v2.0/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
            "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
            "c_hash", "email",
        ],
        "kerberos_endpoint": format!("{base}/{segment}/kerberos"),
        "mtls_endpoint_aliases": { "token_endpoint": format!("{base}/{segment}/oauth2/v2.0/token") },
        "tls_client_certificate_bound_access_tokens": true,
        "tenant_region_scope": tenant.map(|tenant| &tenant.region_scope),
        "cloud_instance_name": cloud.instance_name(),
        "cloud_graph_host_name": cloud.retired_graph_host(),
        "msgraph_host": cloud.graph_host(),
        "rbac_url": "https://pas.windows.net",
    });
    if let Some(scope) = tenant.and_then(|tenant: &Tenant| tenant.region_sub_scope.as_ref()) {
        document["tenant_region_sub_scope"] = json!(scope);
    }
    document
}

/// Discovery says `invalid_tenant` where the token endpoint says `invalid_request`; never 404.
fn refused(world: &World, request: &Incoming, failure: &Failure) -> Reply {
    public(failure.clone().with_error("invalid_tenant").reply(world, request))
}

/// The headers of a document anybody may read. Errors carry them too, cacheable for a day.
fn public(reply: Reply) -> Reply {
    reply
        .with_header("cache-control", "max-age=86400, private")
        .with_header("access-control-allow-origin", "*")
        .with_header("access-control-allow-methods", "GET, OPTIONS")
        .with_header("x-content-type-options", "nosniff")
        .with_header("strict-transport-security", "max-age=31536000; includeSubDomains")
}
