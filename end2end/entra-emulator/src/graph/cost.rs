//! Resource units: what a call costs, and what happens to whoever uses too many.
//!
//! The bucket is of one application in one tenant and of ten seconds, as Microsoft documents it. Usage goes on counting
//! while a caller is throttled, so hammering does not help.

use uuid::Uuid;

use crate::{
    request::Incoming,
    world::{Usage, World},
};

/// Seconds of a bucket.
const WINDOW: i64 = 10;

/// What a call costs.
pub(super) fn of(request: &Incoming) -> u32 {
    let segments = request
        .segments
        .iter()
        .skip(1)
        .map(String::as_str)
        .collect::<Vec<_>>();
    let base: i32 = match segments.as_slice() {
        ["groups", _, "members", ..] | ["directoryObjects", ..] => 3,
        ["groups", _, "transitiveMembers", ..] => 5,
        ["me", "checkMemberGroups" | "checkMemberObjects"]
        | ["users", _, "checkMemberGroups" | "checkMemberObjects"] => 4,
        ["users"] | ["users", _, _, ..] | ["me", _, ..] => 2,
        _ => 1,
    };
    let has = |name: &str| request.query_value(name).is_some();
    let few = request
        .query_value("$top")
        .and_then(|text| text.parse::<u32>().ok())
        .is_some_and(|top| top < 20);
    let cost = base - i32::from(has("$select")) - i32::from(few) + i32::from(has("$expand"));
    u32::try_from(cost.max(1)).unwrap_or(1)
}

/// How full a bucket is after a call, in hundredths of its limit; `None` when nothing is limited.
pub(super) fn spend(world: &mut World, tenant: Uuid, cost: u32) -> Option<u32> {
    let limit = world.settings.resource_unit_limit;
    if limit == 0 {
        return None;
    }
    let window = world.clock.now().div_euclid(WINDOW);
    let usage = world.usage.entry(tenant).or_default();
    if usage.window != window {
        *usage = Usage { window, units: 0 };
    }
    usage.units = usage.units.saturating_add(cost);
    Some(usage.units.saturating_mul(100) / limit)
}

/// Whole seconds until the bucket is empty again.
pub(super) fn wait(world: &World) -> i64 {
    WINDOW - world.clock.now().rem_euclid(WINDOW)
}
