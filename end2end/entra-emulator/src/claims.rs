//! What an ID token says about somebody.
//!
//! Claims exist only when they have a value: a person without groups has no `groups`, not an empty one, and somebody
//! in too many groups has `_claim_names` instead. Nothing here is wrong on purpose; mutations come later.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    directory::{Tenant, User, membership::DEFAULT_USER_TEMPLATE},
    grants::SignIn,
    jose::Members,
    random,
    world::World,
};

/// ID tokens begin five minutes before they are made.
const BACKDATED: i64 = 300;
/// And work accounts' tokens last 65 minutes from there.
const WORK_LIFETIME: i64 = 3_900;
/// Personal accounts' tokens a day and five minutes.
const PERSONAL_LIFETIME: i64 = 86_700;

/// By which way a token travels: group limits differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// From the token endpoint.
    Back,
    /// Through the browser, from `/authorize`.
    Front,
}

/// What the groups setting of the registration puts into a token.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupClaims {
    pub(crate) groups: Vec<Uuid>,
    pub(crate) role_templates: Vec<Uuid>,
}

/// Groups and directory roles by `groupMembershipClaims`.
pub(crate) fn group_claims(world: &World, tenant: &Tenant, user: Uuid) -> GroupClaims {
    let registration = &world.registration;
    let all = registration.claims_groups("All");
    let mut claims = GroupClaims::default();
    if all || registration.claims_groups("SecurityGroup") {
        let groups = tenant
            .transitive_groups(user)
            .into_iter()
            .filter(|group| all || group.security_enabled);
        claims.groups.extend(groups.map(|group| group.id));
        // Directory roles stand among the groups, by their object ids.
        claims
            .groups
            .extend(tenant.roles_of(user).iter().map(|role| role.id));
    }
    if registration.claims_groups("ApplicationGroup") {
        let assigned = &tenant.installation.assigned;
        let direct = tenant.direct_groups(user).into_iter().map(|group| group.id);
        for group in direct.filter(|group| assigned.contains(group)) {
            if !claims.groups.contains(&group) {
                claims.groups.push(group);
            }
        }
    }
    if all || registration.claims_groups("DirectoryRole") {
        let guest = tenant.user(user).is_some_and(|user| user.guest);
        claims
            .role_templates
            .extend(tenant.roles_of(user).iter().map(|role| role.template));
        claims
            .role_templates
            .extend((!guest).then_some(DEFAULT_USER_TEMPLATE));
    }
    claims
}

/// The pairwise subject: the same person is somebody else to every application.
fn subject(client_id: Uuid, tenant: Uuid, user: Uuid) -> String {
    random::fingerprint(&format!("{client_id} {tenant} {user}"))
}

/// The opaque `login_hint` claim, which `logout_hint` takes back.
pub(crate) fn login_hint(user: &User) -> String {
    format!("O.{}", random::fingerprint(&format!("hint {}", user.id)))
}

/// The claims of an ID token, in the order Microsoft issues them.
pub(crate) fn id_token(
    world: &World,
    base: &str,
    sign_in: &SignIn,
    channel: Channel,
    code: Option<&str>,
) -> Members {
    let mut claims = Members::default();
    let Some(tenant) = world.directory.find(sign_in.tenant) else {
        return claims;
    };
    let Some(user) = tenant.user(sign_in.user) else {
        return claims;
    };
    let user = &*user;
    let registration = &world.registration;
    let has = |scope: &str| sign_in.scopes.iter().any(|known| known == scope);
    let start = world.clock.now() - BACKDATED;
    let issuer = format!("{}/{}/v2.0", world.settings.issuer_origin(base), tenant.id);
    if tenant.is_personal() {
        return personal(world, &issuer, start, user, sign_in, code);
    }

    claims.set("aud", registration.client_id.to_string());
    claims.set("iss", issuer);
    claims.set("iat", start);
    claims.set("nbf", start);
    claims.set("exp", start + WORK_LIFETIME);
    if registration.has_optional_claim("acct") {
        claims.set("acct", i64::from(user.guest));
    }
    claims.set("aio", random::opaque(60));
    if registration.has_optional_claim("auth_time") {
        claims.set("auth_time", sign_in.authenticated_at);
    }
    claims.set_some("c_hash", code.map(half_hash));
    let mail = user
        .mail
        .as_deref()
        .filter(|mail| has("email") && shows_mail(world, tenant, user, mail));
    claims.set_some("email", mail);
    if registration.has_optional_claim("family_name") {
        claims.set_some(
            "family_name",
            user.name.rsplit_once(' ').map(|(_, family)| family),
        );
    }
    if registration.has_optional_claim("given_name") {
        claims.set("given_name", user.name.split(' ').next().unwrap_or_default());
    }
    set_groups(world, tenant, user, channel, &mut claims);
    if let Some(home) = user.home {
        // The first version of the address, with its trailing slash: that is how the home tenant is named.
        claims.set("idp", format!("https://sts.windows.net/{}/", home.tenant));
    }
    if registration.has_optional_claim("login_hint") {
        claims.set("login_hint", login_hint(user));
    }
    if has("profile") {
        claims.set("name", user.name.as_str());
    }
    claims.set_some("nonce", sign_in.nonce.as_deref());
    if has("profile") {
        claims.set("oid", user.id.to_string());
        claims.set("preferred_username", preferred_username(user));
    }
    claims.set("rh", format!("1.{}.", random::opaque(48)));
    set_roles(world, tenant, user, &mut claims);
    if registration.session_id_claim {
        claims.set("sid", sign_in.sid.to_string());
    }
    claims.set("sub", subject(registration.client_id, tenant.id, user.id));
    claims.set("tid", tenant.id.to_string());
    if registration.has_optional_claim("upn") {
        claims.set("upn", user.principal.as_str());
    }
    claims.set("uti", random::opaque(16));
    claims.set("ver", "2.0");
    if registration.has_optional_claim("xms_edov") {
        let verified = mail.filter(|mail| has_verified_domain(tenant, mail));
        let value = if registration.domain_verified_as_text {
            json!("1")
        } else {
            json!(true)
        };
        claims.set_some("xms_edov", verified.map(|_| value));
    }
    claims
}

fn personal(
    world: &World,
    issuer: &str,
    start: i64,
    user: &User,
    sign_in: &SignIn,
    code: Option<&str>,
) -> Members {
    let has = |scope: &str| sign_in.scopes.iter().any(|known| known == scope);
    let mut claims = Members::default();
    claims.set("ver", "2.0");
    claims.set("iss", issuer);
    // Such a subject begins with many A, because the account's number is short.
    let fingerprint = subject(world.registration.client_id, sign_in.tenant, user.id);
    claims.set("sub", format!("AAAAAAAAAAAAAAAAAAAAA{}", &fingerprint[..22]));
    claims.set("aud", world.registration.client_id.to_string());
    claims.set("exp", start + PERSONAL_LIFETIME);
    claims.set("iat", start);
    claims.set("nbf", start);
    if has("profile") {
        claims.set("name", user.name.as_str());
        claims.set("preferred_username", user.principal.as_str());
        claims.set("oid", user.id.to_string());
    }
    claims.set_some("email", user.mail.as_deref().filter(|_| has("email")));
    claims.set("tid", sign_in.tenant.to_string());
    claims.set_some("c_hash", code.map(half_hash));
    claims.set_some("nonce", sign_in.nonce.as_deref());
    claims.set("aio", random::opaque(60));
    claims
}

fn set_groups(world: &World, tenant: &Tenant, user: &User, channel: Channel, claims: &mut Members) {
    let GroupClaims {
        groups,
        role_templates,
    } = group_claims(world, tenant, user.id);
    let name = if world.registration.emit_groups_as_roles {
        "roles"
    } else {
        "groups"
    };
    let limit = match channel {
        Channel::Back => world.settings.group_limit,
        Channel::Front => world.settings.front_channel_group_limit,
    };
    if groups.len() > limit {
        match channel {
            Channel::Front => claims.set("hasgroups", true),
            Channel::Back => {
                let host = &world.settings.overage_host;
                let endpoint = format!("https://{host}/{}/users/{}/getMemberObjects", tenant.id, user.id);
                claims.set("_claim_names", json!({ "groups": "src1" }));
                claims.set("_claim_sources", json!({ "src1": { "endpoint": endpoint } }));
            }
        }
    } else if !groups.is_empty() {
        claims.set(name, texts(&groups));
    }
    if !role_templates.is_empty() {
        claims.set("wids", texts(&role_templates));
    }
}

/// App roles of the person and of the groups the person is in directly; groups written as roles displace them,
/// even those of somebody without groups.
fn set_roles(world: &World, tenant: &Tenant, user: &User, claims: &mut Members) {
    if world.registration.emit_groups_as_roles {
        return;
    }
    let app_roles = &tenant.installation.app_roles;
    let mut roles = app_roles.get(&user.id).cloned().unwrap_or_default();
    for group in tenant.direct_groups(user.id) {
        roles.extend(app_roles.get(&group.id).cloned().unwrap_or_default());
    }
    roles.sort();
    roles.dedup();
    if !roles.is_empty() {
        claims.set("roles", roles);
    }
}

/// Guests have `email` by default; others when the domain is verified, or when the registration wants all of them.
fn shows_mail(world: &World, tenant: &Tenant, user: &User, mail: &str) -> bool {
    user.home.is_some() || !world.registration.remove_unverified_email || has_verified_domain(tenant, mail)
}

fn has_verified_domain(tenant: &Tenant, mail: &str) -> bool {
    mail.rsplit_once('@')
        .is_some_and(|(_, domain)| tenant.has_domain(domain))
}

/// A guest is called by the address of home, not by the `#EXT#` name.
fn preferred_username(user: &User) -> &str {
    if user.home.is_some() {
        user.mail.as_deref().unwrap_or(&user.principal)
    } else {
        &user.principal
    }
}

/// `c_hash`: the left half of the SHA-256 of the code.
fn half_hash(code: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, code.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

fn texts(ids: &[Uuid]) -> Vec<Value> {
    ids.iter().map(|id| json!(id)).collect()
}
