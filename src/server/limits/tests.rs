//! The numbers, the keys, and the bounds of memory.

use super::*;
use crate::{
    domain::time::{Clock as _, FixedClock},
    host::SystemRandomness,
};

fn ip(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

fn limits() -> (Arc<FixedClock>, RateLimits) {
    let clock = Arc::new(FixedClock::at(Timestamp::from_micros(1_772_632_931_000_000)));
    let ids = Ids::new(clock.clone(), Arc::new(SystemRandomness));
    (clock, RateLimits::new(&ids))
}

#[test]
fn a_burst_passes_and_then_one_at_a_time() {
    let (clock, limits) = limits();
    let from = ip("192.0.2.7");
    let passed = (0..50).filter(|_| limits.password(from).is_ok()).count();
    assert_eq!(passed, 10);
    let denied = limits.password(from).expect_err("too often");
    assert_eq!(denied.until, clock.now().plus(Duration::from_secs(6)));
    assert_eq!(
        limits.password(ip("192.0.3.7")),
        Ok(()),
        "another address goes on"
    );
    clock.advance(Duration::from_secs(6));
    assert_eq!(limits.password(from), Ok(()));
    assert!(limits.password(from).is_err());
}

#[test]
fn one_customer_is_one_address() {
    let (_, limits) = limits();
    let passed = (0..50)
        .filter(|host| limits.password(ip(&format!("2001:db8:1:2::{host:x}"))).is_ok())
        .count();
    assert_eq!(passed, 10);
    assert_eq!(address(ip("192.0.2.7")), ip("192.0.2.7").expect("one"));
    assert_eq!(network(ip("192.0.2.7")), ip("192.0.2.0").expect("one"));
    assert_eq!(network(ip("2001:db8:1:2::3")), ip("2001:db8:1::").expect("one"));
}

#[test]
fn neighbours_together_are_limited_too() {
    let (_, limits) = limits();
    let passed = (0..500)
        .filter(|attempt| limits.password(ip(&format!("192.0.2.{}", attempt % 50))).is_ok())
        .count();
    assert_eq!(passed, 60);
}

#[test]
fn a_flood_is_told_of_once() {
    let (clock, limits) = limits();
    let told = |limits: &RateLimits| {
        let tried = (0..50).filter_map(|_| limits.password(ip("192.0.2.7")).err());
        tried.filter(|too_often| too_often.begins).count()
    };
    assert_eq!((told(&limits), told(&limits)), (1, 0));
    clock.advance(Duration::from_mins(11));
    assert_eq!(told(&limits), 1);
}

#[test]
fn a_clock_that_is_set_back_keeps_nobody_waiting() {
    let (clock, limits) = limits();
    let from = ip("192.0.2.7");
    assert_eq!(limits.password(from), Ok(()));
    clock.set(clock.now().minus(Duration::from_hours(1)));
    let passed = (0..50).filter(|_| limits.password(from).is_ok()).count();
    assert_eq!(passed, 10);
}

#[test]
fn memory_is_bounded_and_comes_back() {
    let clock = Arc::new(FixedClock::at(Timestamp::from_micros(1)));
    let ids = Ids::new(clock.clone(), Arc::new(SystemRandomness));
    let limit = Limit::new(allowed(2, Duration::from_secs(1)), 100, &ids);
    let from = |number: u32| IpAddr::V4(Ipv4Addr::from_bits(number));
    let passed = (0..10_000)
        .filter(|number| limit.check(from(*number)).is_ok())
        .count();
    assert_eq!(passed, 102, "a hundred by themselves, and two of the crowd");
    assert!(limit.limiter.len() <= 101);
    assert_eq!(limit.check(from(0)), Ok(()), "who is known goes on");
    clock.advance(Duration::from_mins(1));
    limit.limiter.retain_recent();
    assert!(limit.limiter.is_empty());
    assert_eq!(limit.check(from(9_999)), Ok(()));
}

#[test]
fn only_some_paths_are_limited_as_a_whole() {
    let (_, limits) = limits();
    let passed = |path: &str| {
        (0..1000)
            .filter(|_| limits.request(path, ip("192.0.2.7")).is_ok())
            .count()
    };
    assert_eq!(passed(routes::LOGIN), 1000);
    assert_eq!(passed("/dashboard"), 1000);
    assert_eq!(passed("/recover/abc"), 20);
    assert_eq!(passed(routes::SIGN_IN), 300);
    assert_eq!(
        passed(routes::CALLBACK),
        0,
        "start and return are counted together"
    );
}

#[test]
fn an_administrator_has_microsoft_asked_so_often_and_a_colleague_goes_on() {
    let (clock, limits) = limits();
    let user = |number| UserId::from(Uuid::from_u128(number));
    let passed = (0..200).filter(|_| limits.tenant(user(1)).is_ok()).count();
    assert_eq!(passed, 120);
    assert_eq!(limits.tenant(user(2)), Ok(()));
    clock.advance(Duration::from_secs(5));
    assert_eq!(limits.tenant(user(1)), Ok(()));
    assert!(limits.tenant(user(1)).is_err());
}
