//! The control operations over HTTP, under `/_control/`.
//!
//! JSON in, JSON out; reads are GET, everything else POST. An unknown member is refused, because a misspelt fault
//! that does nothing would make a test pass for the wrong reason.

use ::http::{Method, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{Control, ControlError, SignIn};
use crate::{
    ClockSetting, CrowdSize, SeedGroup, SeedTenant, SeedUser, TlsCertificate, reply::Reply,
    request::Incoming, world::Shared,
};

/// Answers a request under `/_control/`.
pub(crate) fn answer(shared: &Shared, request: &Incoming) -> Reply {
    let control = Control::new(shared.clone(), request.base.clone());
    let operation = request.segments[1..].join("/");
    let outcome = match request.method {
        Method::GET => read(&control, &operation, request),
        Method::POST => write(&control, &operation, &request.body),
        _ => Err(ControlError::Invalid("only GET and POST".to_owned())),
    };
    match outcome {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err(problem) => {
            let status = match problem {
                ControlError::NotFound(_) => StatusCode::NOT_FOUND,
                ControlError::Invalid(_) => StatusCode::BAD_REQUEST,
                ControlError::StayedOnPage(_) => StatusCode::CONFLICT,
            };
            Reply::json(status, &json!({ "problem": problem.to_string() }))
        }
    }
}

fn read(control: &Control, operation: &str, request: &Incoming) -> Result<Value, ControlError> {
    Ok(match operation {
        "log" => json!(match request.query_value("route") {
            Some(route) => control.log_of(route),
            None => control.log(),
        }),
        "tokens" => json!(control.tokens()),
        "keys" => control.key_inventory(),
        "clock" => json!({ "now": control.now() }),
        "settings" => control.with_settings(|settings| json!(settings)),
        "registration" => control.with_registration(|registration| json!(registration)),
        "directory" => control.change(|world| json!(world.directory.tenants)),
        "tenant" => control.with_tenant(request.query_value("tenant").unwrap_or_default(), |tenant| {
            json!(tenant)
        })?,
        "faults" => control.change(|world| json!(world.faults)),
        "mutations" => control.change(|world| json!(world.mutations)),
        _ => return Err(ControlError::NotFound(format!("operation GET {operation}"))),
    })
}

/// The bodies of the directory operations. Each names the tenant.
macro_rules! bodies {
    ($($name:ident { $($field:ident: $kind:ty),* })*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            tenant: String,
            $($field: $kind),*
        }
    )*};
}

bodies! {
    ThisTenant {}
    TenantChange { set: Map<String, Value> }
    NewUser { user: SeedUser, groups: Vec<String> }
    ThisUser { user: String }
    UserChange { user: String, set: Map<String, Value> }
    GroupCount { user: String, count: usize }
    NewGroup { group: SeedGroup }
    ThisGroup { group: String }
    GroupChange { group: String, set: Map<String, Value> }
    NewCrowd { group: String, size: CrowdSize }
    Membership { group: String, member: String }
}

fn write(control: &Control, operation: &str, body: &[u8]) -> Result<Value, ControlError> {
    let mut done = json!({});
    match operation {
        "reset" => control.reset(),
        "clock" => control.set_clock(parse::<ClockSetting>(body)?),
        "settings" => control.with_settings(|settings| patch(settings, &parse(body)?))?,
        "registration" => control.with_registration(|registration| patch(registration, &parse(body)?))?,
        "tls" => control.set_tls_certificate(parse::<TlsCertificate>(body)?),
        "tenants/add" => control.add_tenant(&parse::<SeedTenant>(body)?)?,
        "tenants/remove" => {
            let ThisTenant { tenant } = parse(body)?;
            control.remove_tenant(&tenant)?;
        }
        "tenants/change" => {
            let TenantChange { tenant, set } = parse(body)?;
            control.with_tenant(&tenant, |tenant| patch(tenant, &set))??;
        }
        "installation" => {
            let TenantChange { tenant, set } = parse(body)?;
            control.with_tenant(&tenant, |tenant| patch(&mut tenant.installation, &set))??;
        }
        "users/add" => {
            let NewUser { tenant, user, groups } = parse(body)?;
            let groups = groups.iter().map(String::as_str).collect::<Vec<_>>();
            done = json!({ "id": control.add_user(&tenant, &user, &groups)? });
        }
        "users/remove" => {
            let ThisUser { tenant, user } = parse(body)?;
            control.remove_user(&tenant, &user)?;
        }
        "users/revoke" => {
            let ThisUser { tenant, user } = parse(body)?;
            control.revoke_sessions(&tenant, &user)?;
        }
        "users/change" => {
            let UserChange { tenant, user, set } = parse(body)?;
            control.with_user(&tenant, &user, |user| patch(user, &set))??;
        }
        "users/group-count" => {
            let GroupCount { tenant, user, count } = parse(body)?;
            control.set_group_count(&tenant, &user, count)?;
        }
        "groups/add" => {
            let NewGroup { tenant, group } = parse(body)?;
            done = json!({ "id": control.add_group(&tenant, &group)? });
        }
        "groups/crowd" => {
            let NewCrowd { tenant, group, size } = parse(body)?;
            done = json!({ "id": control.add_crowd(&tenant, &group, size)? });
        }
        "groups/remove" => {
            let ThisGroup { tenant, group } = parse(body)?;
            control.remove_group(&tenant, &group)?;
        }
        "groups/change" => {
            let GroupChange { tenant, group, set } = parse(body)?;
            control.with_group(&tenant, &group, |group| patch(group, &set))??;
        }
        "members/add" => {
            let Membership {
                tenant,
                group,
                member,
            } = parse(body)?;
            control.add_member(&tenant, &group, &member)?;
        }
        "members/remove" => {
            let Membership {
                tenant,
                group,
                member,
            } = parse(body)?;
            control.remove_member(&tenant, &group, &member)?;
        }
        "mutations" => control.mutate(parse(body)?),
        "mutations/clear" => control.clear_mutations(),
        "faults" => control.fault(parse(body)?),
        "faults/clear" => control.clear_faults(),
        "outcomes" => control.outcome(parse(body)?),
        "outcomes/clear" => control.clear_outcomes(),
        "keys" => control.keys(parse(body)?)?,
        "log/clear" => control.clear_log(),
        "sign-in" => done = json!(control.sign_in_as(&parse::<SignIn>(body)?)?),
        _ => return Err(ControlError::NotFound(format!("operation POST {operation}"))),
    }
    Ok(done)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    serde_json::from_slice(body).map_err(|problem| ControlError::Invalid(problem.to_string()))
}

/// Sets members of something, as its JSON names them; `null` is a value like any other.
fn patch<T: Serialize + DeserializeOwned>(
    target: &mut T,
    set: &Map<String, Value>,
) -> Result<(), ControlError> {
    let mut whole = json!(target);
    if let Some(members) = whole.as_object_mut() {
        members.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    *target = serde_json::from_value(whole).map_err(|problem| ControlError::Invalid(problem.to_string()))?;
    Ok(())
}
