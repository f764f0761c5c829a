//! How often one address may ask for what is costly or worth guessing at.
//!
//! Each server counts for itself, in memory: this is what keeps one client from taking all of the server's time. What
//! protects an account is counted in the database, for all servers together (`service/password.rs`). Addresses are
//! IPv4 addresses and IPv6 /64 networks, which is what one customer of a provider gets (RFC 6177 section 2); passwords
//! are counted by the larger network as well, against guessing from many neighbouring addresses.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{extract::Request, response::Response};
use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};
use http::{HeaderValue, header};
use leptos::context::use_context;
use leptos_axum::ResponseOptions;
use uuid::Uuid;

use super::{layers::Facts, reply, state::AppState};
use crate::{
    domain::{
        id::{Ids, UserId},
        time::Timestamp,
    },
    front::Problem,
    routes,
    wire::fault::Fault,
};

/// So many at once, and one more after each span.
#[derive(Clone, Copy, Debug)]
struct Allowed {
    at_once: NonZeroU32,
    then_every: Duration,
}

const fn allowed(at_once: u32, then_every: Duration) -> Allowed {
    match NonZeroU32::new(at_once) {
        Some(at_once) => Allowed { at_once, then_every },
        None => panic!("nobody could ever ask"),
    }
}

/// A person mistypes a password a few times; an office behind one address has several such persons.
const PASSWORD: Allowed = allowed(10, Duration::from_secs(6));
/// Neighbouring addresses together: an IPv4 /24 or an IPv6 /48.
const PASSWORD_OF_NETWORK: Allowed = allowed(60, Duration::from_secs(1));
/// Start and return of a sign-in with Microsoft, two for each: an office of a thousand people behind one address is
/// signed in within two minutes, and one client does not have us ask Microsoft without end.
const MICROSOFT: Allowed = allowed(300, Duration::from_millis(50));
/// A recovery link is opened and used by one person. Guessing one is hopeless anyway.
const RECOVERY: Allowed = allowed(20, Duration::from_secs(3));
/// What asks Microsoft with the platform's own credential, for each administrator: an afternoon of trying passes, and a loop
/// over other people's tenants does not.
const TENANT: Allowed = allowed(120, Duration::from_secs(5));
/// Questions about a team's directory that are asked while somebody types: more than anybody types, for each administrator.
const DIRECTORY: Allowed = allowed(60, Duration::from_millis(500));
/// Whoever opens an invitation does so a few times; an office behind one address opens several.
const INVITATION: Allowed = allowed(60, Duration::from_secs(1));
/// Links that were never made, from all addresses together. More than that is somebody guessing, from many places.
const UNKNOWN_INVITATION: Allowed = allowed(200, Duration::from_secs(1));
/// A flood of passwords is recorded this often for each address, and not each time.
const ALARM: Allowed = allowed(1, Duration::from_mins(10));

/// No more addresses than these are told apart, at some 60 bytes each; all further ones count as one together until the
/// sweeper has removed those that are quiet.
const MOST_KEYS: usize = 50_000;

/// The limits of this server.
#[derive(Debug)]
pub struct RateLimits {
    password: Limit,
    password_of_network: Limit,
    microsoft: Limit,
    recovery: Limit,
    invitation: Limit,
    unknown_invitation: Limit,
    tenant: Limit,
    directory: Limit,
    alarm: Limit,
}

/// Too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooOften {
    /// When the next one is answered.
    pub(super) until: Timestamp,
    /// How many seconds that is from now, for `Retry-After` (RFC 9110 section 10.2.3).
    pub(super) seconds: u64,
    /// It begins now, for this address: worth an event.
    pub(super) begins: bool,
}

impl RateLimits {
    /// Limits by this clock.
    pub fn new(ids: &Ids) -> Self {
        let limit = |allowed| Limit::new(allowed, MOST_KEYS, ids);
        Self {
            password: limit(PASSWORD),
            password_of_network: limit(PASSWORD_OF_NETWORK),
            microsoft: limit(MICROSOFT),
            recovery: limit(RECOVERY),
            invitation: limit(INVITATION),
            unknown_invitation: limit(UNKNOWN_INVITATION),
            tenant: limit(TENANT),
            directory: limit(DIRECTORY),
            alarm: limit(ALARM),
        }
    }

    /// One more password.
    pub(super) fn password(&self, from: Option<IpAddr>) -> Result<(), TooOften> {
        let network = network(from);
        let checked = self.password.check(address(from));
        let checked = checked.and_then(|()| self.password_of_network.check(network));
        checked.map_err(|too_often| TooOften {
            begins: self.alarm.check(network).is_ok(),
            ..too_often
        })
    }

    /// One more request of this path, where its path is limited as a whole.
    fn request(&self, path: &str, from: Option<IpAddr>) -> Result<(), TooOften> {
        let limit = if matches!(path, routes::SIGN_IN | routes::CALLBACK) {
            &self.microsoft
        } else if routes::without_token(path) == routes::RECOVER {
            &self.recovery
        } else if routes::without_token(path) == routes::INVITE {
            &self.invitation
        } else {
            return Ok(());
        };
        limit.check(address(from))
    }

    /// One more question to Microsoft about a tenant, by this person.
    pub(super) fn tenant(&self, user: UserId) -> Result<(), TooOften> {
        self.tenant.check(person(user))
    }

    /// One more question about the team's directory, by this person.
    pub(super) fn directory(&self, user: UserId) -> Result<(), TooOften> {
        self.directory.check(person(user))
    }

    /// One more link of an invitation that was never made. Guessing one is hopeless, but a flood of them is worth knowing.
    pub(super) fn unknown_invitation(&self) {
        if self.unknown_invitation.check(CROWD).is_err() && self.alarm.check(CROWD).is_ok() {
            tracing::warn!("many links of invitations that were never made are being opened");
        }
    }

    /// Forgets addresses that have been quiet.
    pub(super) fn sweep(&self) {
        let all = [
            &self.password,
            &self.password_of_network,
            &self.microsoft,
            &self.recovery,
            &self.invitation,
            &self.unknown_invitation,
            &self.tenant,
            &self.directory,
            &self.alarm,
        ];
        for limit in all {
            limit.limiter.retain_recent();
            limit.limiter.shrink_to_fit();
        }
    }
}

/// The refusal of a request to what is limited as a whole, when its address has asked too often.
pub(super) fn too_often(state: &AppState, request: &Request) -> Option<Response> {
    let ip = request.extensions().get::<Facts>().and_then(|facts| facts.ip);
    let too_often = state.limits.request(request.uri().path(), ip).err()?;
    let is_api = request.uri().path().starts_with("/api/");
    let page = Problem::Throttled {
        until: too_often.until,
    };
    let response = reply::refuse(state, request.headers(), is_api, "", Fault::Throttled, &page);
    Some(come_back(response, too_often.seconds))
}

/// With the time after which it is worth trying again.
pub(super) fn come_back(mut response: Response, seconds: u64) -> Response {
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The same for the answer of a server function.
pub(super) fn come_back_in_call(seconds: u64) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// One limit, for each key by itself.
struct Limit {
    limiter: RateLimiter<IpAddr, Bounded, OurClock, NoOpMiddleware<Duration>>,
    keys: Bounded,
    /// Nobody has to wait longer by these numbers.
    longest: Duration,
}

impl std::fmt::Debug for Limit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = self.limiter.len();
        formatter
            .debug_struct("Limit")
            .field("keys", &keys)
            .finish_non_exhaustive()
    }
}

impl Limit {
    fn new(allowed: Allowed, most_keys: usize, ids: &Ids) -> Self {
        let quota = Quota::with_period(allowed.then_every)
            .unwrap_or_else(|| Quota::per_second(allowed.at_once))
            .allow_burst(allowed.at_once);
        let keys = Bounded {
            arrivals: Arc::default(),
            most_keys,
        };
        let clock = OurClock {
            ids: ids.clone(),
            asked: AtomicBool::new(false),
        };
        Self {
            limiter: RateLimiter::new(quota, keys.clone(), clock),
            keys,
            longest: allowed.then_every * allowed.at_once.get(),
        }
    }

    fn check(&self, key: IpAddr) -> Result<(), TooOften> {
        match self.check_once(key) {
            // The clock was set back: what was remembered lies in the future and says nothing.
            Err(wait) if wait > self.longest => {
                self.keys.forget();
                self.check_once(key)
            }
            checked => checked,
        }
        .map_err(|wait| TooOften {
            until: self.limiter.clock().ids.now().plus(wait),
            seconds: wait.as_secs() + 1,
            begins: false,
        })
    }

    /// How long to wait, if at all.
    fn check_once(&self, key: IpAddr) -> Result<(), Duration> {
        let denied = self.limiter.check_key(&key);
        denied.map_err(|denied| denied.wait_time_from(self.limiter.clock().now()))
    }
}

/// The product's clock, so that tests set it.
///
/// The limiter counts from what its clock says at first. That is the epoch here, and not the server's start, or a clock
/// that is set back behind that would stand still.
#[derive(Debug)]
struct OurClock {
    ids: Ids,
    asked: AtomicBool,
}

impl Clock for OurClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        if self.asked.swap(true, Ordering::Relaxed) {
            Duration::from_micros(u64::try_from(self.ids.now().as_micros()).unwrap_or_default())
        } else {
            Duration::ZERO
        }
    }
}

/// The times of all keys, in bounded memory.
#[derive(Clone, Debug)]
struct Bounded {
    arrivals: Arc<Mutex<HashMap<IpAddr, Nanos>>>,
    most_keys: usize,
}

/// What all keys beyond the most that are told apart share.
const CROWD: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

impl Bounded {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, Nanos>> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        self.lock().clear();
    }
}

impl StateStore for Bounded {
    type Key = IpAddr;

    fn measure_and_replace<T, F, E>(&self, key: &IpAddr, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut arrivals = self.lock();
        let known = arrivals.contains_key(key) || arrivals.len() < self.most_keys;
        let key = if known { *key } else { CROWD };
        let (result, arrival) = decide(arrivals.get(&key).copied())?;
        arrivals.insert(key, arrival);
        Ok(result)
    }
}

impl ShrinkableKeyedStateStore<IpAddr> for Bounded {
    fn retain_recent(&self, drop_below: Nanos) {
        self.lock().retain(|_, arrival| *arrival > drop_below);
    }

    fn shrink_to_fit(&self) {
        self.lock().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

/// A person: a user's ID has as many bits as an address.
fn person(user: UserId) -> IpAddr {
    Ipv6Addr::from_bits(Uuid::from(user).as_u128()).into()
}

/// What one client has: an IPv4 address, or an IPv6 /64.
fn address(ip: Option<IpAddr>) -> IpAddr {
    cut(ip, 32, 64)
}

/// What one owner may have: an IPv4 /24, or an IPv6 /48.
fn network(ip: Option<IpAddr>) -> IpAddr {
    cut(ip, 24, 48)
}

fn cut(ip: Option<IpAddr>, v4: u32, v6: u32) -> IpAddr {
    match ip {
        Some(IpAddr::V4(ip)) => {
            let mask = u32::MAX.checked_shl(32 - v4).unwrap_or_default();
            Ipv4Addr::from_bits(ip.to_bits() & mask).into()
        }
        Some(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - v6))).into(),
        None => CROWD,
    }
}

#[cfg(test)]
mod tests;
