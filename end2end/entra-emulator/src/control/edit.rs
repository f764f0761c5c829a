//! Edits of the directory.

use std::collections::HashMap;

use uuid::Uuid;

use super::ControlError;
use crate::{
    SeedGroup, SeedTenant, SeedUser,
    directory::{Crowd, CrowdSize, Group, Tenant, User},
    seed,
    world::World,
};

/// Prefix of the groups that exist only to be many.
const NUMBERED: &str = "Numbered group";

fn not_found(what: &str, name: &str) -> ControlError {
    ControlError::NotFound(format!("{what} {name}"))
}

pub(super) fn tenant<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Tenant, ControlError> {
    world
        .directory
        .named_mut(name)
        .ok_or_else(|| not_found("tenant", name))
}

pub(super) fn user<'a>(tenant: &'a mut Tenant, name: &str) -> Result<&'a mut User, ControlError> {
    tenant.settle(name);
    tenant
        .users
        .iter_mut()
        .find(|user| user.is_named(name))
        .ok_or_else(|| not_found("user", name))
}

pub(super) fn group<'a>(tenant: &'a mut Tenant, name: &str) -> Result<&'a mut Group, ControlError> {
    tenant
        .group_named_mut(name)
        .ok_or_else(|| not_found("group", name))
}

/// The id of a user or a group.
fn member(tenant: &mut Tenant, name: &str) -> Result<Uuid, ControlError> {
    let found = tenant.user_named(name).map(|user| user.id);
    found
        .map_or_else(|| group(tenant, name).map(|group| group.id), Ok)
        .map_err(|_| not_found("user or group", name))
}

fn check_free(tenant: &Tenant, id: Uuid) -> Result<(), ControlError> {
    if tenant.user(id).is_some() || tenant.groups.iter().any(|group| group.id == id) {
        return Err(ControlError::Invalid(format!("{id} is taken")));
    }
    Ok(())
}

pub(super) fn add_tenant(world: &mut World, new: &SeedTenant) -> Result<(), ControlError> {
    if world.directory.find(new.id).is_some() {
        return Err(ControlError::Invalid(format!("{} is taken", new.id)));
    }
    let expanded = new.expand().map_err(ControlError::Invalid)?;
    world.directory.tenants.push(expanded);
    seed::resolve_homes(&mut world.directory, new).map_err(ControlError::Invalid)
}

pub(super) fn remove_tenant(world: &mut World, name: &str) -> Result<(), ControlError> {
    let id = tenant(world, name)?.id;
    world.directory.tenants.retain(|tenant| tenant.id != id);
    Ok(())
}

pub(super) fn add_user(
    world: &mut World,
    tenant_name: &str,
    new: &SeedUser,
    groups: &[&str],
) -> Result<Uuid, ControlError> {
    let id = tenant(world, tenant_name)?.id;
    let home = match &new.home {
        Some(home) => {
            Some(seed::find_home(&world.directory, id, home).ok_or_else(|| not_found("home", home))?)
        }
        None => None,
    };
    let tenant = tenant(world, tenant_name)?;
    let mut user = new.expand(id);
    user.home = home;
    check_free(tenant, user.id)?;
    for name in groups {
        group(tenant, name)?;
    }
    for name in groups {
        group(tenant, name)?.members.push(user.id);
    }
    let id = user.id;
    tenant.users.push(user);
    Ok(id)
}

pub(super) fn remove_user(tenant: &mut Tenant, name: &str) -> Result<(), ControlError> {
    let id = user(tenant, name)?.id;
    tenant.users.retain(|user| user.id != id);
    for crowd in &mut tenant.crowds {
        if let Some(number) = crowd.number(id) {
            crowd.gone.insert(number);
        }
    }
    for group in &mut tenant.groups {
        group.members.retain(|member| *member != id);
    }
    for role in &mut tenant.roles {
        role.members.retain(|member| *member != id);
    }
    Ok(())
}

pub(super) fn add_group(tenant: &mut Tenant, new: &SeedGroup) -> Result<Uuid, ControlError> {
    let members = new
        .members
        .iter()
        .map(|name| member(tenant, name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut group = new.expand(tenant.id, tenant.default_domain());
    check_free(tenant, group.id)?;
    group.members = members;
    let made_up = seed::made_up_people(tenant, &new.name, new.generated_members);
    group.members.extend(made_up.iter().map(|person| person.id));
    tenant.users.extend(made_up);
    let id = group.id;
    tenant.groups.push(group);
    Ok(id)
}

/// Makes a group of computed people, or fills a group that is there.
pub(super) fn add_crowd(tenant: &mut Tenant, name: &str, size: CrowdSize) -> Result<Uuid, ControlError> {
    if size.without_mail + size.disabled + size.guests > 100 {
        return Err(ControlError::Invalid(
            "more than a hundred of a hundred".to_owned(),
        ));
    }
    let id = match group(tenant, name) {
        Ok(group) => group.id,
        Err(_) => add_group(tenant, &SeedGroup::new(name))?,
    };
    if tenant.crowds.iter().any(|crowd| crowd.group == id) {
        return Err(ControlError::Invalid(format!("{name} has a crowd already")));
    }
    tenant.crowds.push(Crowd::new(tenant, id, name, size));
    Ok(id)
}

pub(super) fn set_member(
    tenant: &mut Tenant,
    name: &str,
    of: &str,
    is_member: bool,
) -> Result<(), ControlError> {
    let id = member(tenant, of)?;
    let holder = group(tenant, name)?;
    holder.members.retain(|known| *known != id);
    let of_group = holder.id;
    for crowd in tenant.crowds.iter_mut().filter(|crowd| crowd.group == of_group) {
        if let Some(number) = crowd.number(id) {
            if is_member {
                crowd.left.remove(&number);
                return Ok(());
            }
            crowd.left.insert(number);
        }
    }
    let members = &mut group(tenant, name)?.members;
    if is_member {
        members.push(id);
    }
    Ok(())
}

pub(super) fn set_group_count(tenant: &mut Tenant, name: &str, count: usize) -> Result<(), ControlError> {
    let id = user(tenant, name)?.id;
    for group in tenant
        .groups
        .iter_mut()
        .filter(|group| group.name.starts_with(NUMBERED))
    {
        group.members.retain(|member| *member != id);
    }
    let security = tenant
        .transitive_groups(id)
        .iter()
        .filter(|group| group.security_enabled)
        .count();
    let others = security + tenant.roles_of(id).len();
    let Some(missing) = count.checked_sub(others) else {
        return Err(ControlError::Invalid(format!(
            "{name} is in {others} other groups already"
        )));
    };
    let places = tenant
        .groups
        .iter()
        .enumerate()
        .map(|(place, group)| (group.id, place))
        .collect::<HashMap<_, _>>();
    for number in 1..=missing {
        let numbered = seed::numbered_group(tenant.id, NUMBERED, number);
        match places.get(&numbered.id) {
            Some(&place) => tenant.groups[place].members.push(id),
            None => tenant.groups.push(Group {
                members: vec![id],
                ..numbered
            }),
        }
    }
    Ok(())
}
