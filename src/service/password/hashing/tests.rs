//! What is stored, what is accepted, and that only so many run at once.

use argon2::{Argon2, password_hash::PasswordHasher as _};

use super::*;
use crate::domain::{
    id::Randomness,
    time::{FixedClock, Timestamp},
};

/// Different bytes each time, and the same ones in each run.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.fill(0);
        bytes[..count.len()].copy_from_slice(&count);
    }
}

const PASSWORD: &str = "correct horse battery staple";

fn ids() -> Ids {
    let clock = FixedClock::at(Timestamp::from_micros(1));
    Ids::new(Arc::new(clock), Arc::new(Counting::default()))
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Whether the second password opens what was stored for the first.
async fn opens(hashing: &Hashing, stored: &SecretString, typed: &str) -> bool {
    let place = hashing.place().expect("a place");
    let verdict = place.verify(secret(typed), Some(stored.clone()), &ids()).await;
    matches!(verdict.expect("compared"), Verdict::Right(_))
}

#[tokio::test]
async fn what_is_stored_is_argon2id_with_a_salt_of_its_own() {
    let hashing = Hashing::default();
    let (ids, mut salts) = (ids(), std::collections::HashSet::new());
    for _ in 0..3 {
        let stored = hashing.hash(secret(PASSWORD), &ids).await.expect("hashed");
        let text = stored.expose_secret();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        let hash = PasswordHash::new(text).expect("in PHC form");
        let salt = hash.salt.expect("a salt");
        assert_eq!(salt.len(), SALT_LENGTH);
        salts.insert(salt.to_vec());
    }
    assert_eq!(salts.len(), 3);
}

#[tokio::test]
async fn only_the_exact_password_opens() {
    let hashing = Hashing::default();
    let long = "0123456789".repeat(10);
    let stored = hashing.hash(secret(&long), &ids()).await.expect("hashed");
    assert!(opens(&hashing, &stored, &long).await);
    for wrong in [
        long[..72].to_owned(),
        format!("{}x", &long[..99]),
        format!("{long}\0more"),
        format!(" {long}"),
        format!("{long}\n"),
    ] {
        assert!(!opens(&hashing, &stored, &wrong).await, "{wrong:?}");
    }
    let stored = hashing
        .hash(secret(" Correct Horse "), &ids())
        .await
        .expect("hashed");
    assert!(opens(&hashing, &stored, " Correct Horse ").await);
    for wrong in ["Correct Horse", " correct horse ", ""] {
        assert!(!opens(&hashing, &stored, wrong).await, "{wrong:?}");
    }
}

#[tokio::test]
async fn the_same_word_from_two_keyboards_is_one_password() {
    let hashing = Hashing::default();
    let (composed, decomposed) = ("p\u{e4}ssw\u{f6}rd\u{2026}", "pa\u{308}sswo\u{308}rd\u{2026}");
    for (set, typed) in [(composed, decomposed), (decomposed, composed)] {
        let stored = hashing.hash(secret(set), &ids()).await.expect("hashed");
        assert!(opens(&hashing, &stored, typed).await);
        assert!(opens(&hashing, &stored, set).await);
        assert!(!opens(&hashing, &stored, "password\u{2026}").await);
    }
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} and a dog";
    let stored = hashing.hash(secret(family), &ids()).await.expect("hashed");
    assert!(opens(&hashing, &stored, family).await);
    assert!(!opens(&hashing, &stored, &family.replace('\u{200d}', "")).await);
}

#[tokio::test]
async fn nobody_and_somebody_cost_the_same_number_of_hashes() {
    let hashing = Hashing::default();
    let stored = hashing.hash(secret(PASSWORD), &ids()).await.expect("hashed");
    for stored in [None, Some(stored), Some(secret("no hash at all"))] {
        let before = hashing.runs();
        let place = hashing.place().expect("a place");
        let verdict = place
            .verify(secret("wrong"), stored, &ids())
            .await
            .expect("compared");
        assert!(matches!(verdict, Verdict::Wrong | Verdict::Unusable));
        assert_eq!(hashing.runs() - before, 1);
    }
}

#[tokio::test]
async fn a_weaker_hash_is_made_anew() {
    let weak = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(4096, 3, 1, None).expect("parameters"),
    );
    let stored = weak
        .hash_password_with_salt(PASSWORD.as_bytes(), &NOBODY)
        .expect("hashed")
        .to_string();
    let hashing = Hashing::default();
    let place = hashing.place().expect("a place");
    let verdict = place
        .verify(secret(PASSWORD), Some(secret(&stored)), &ids())
        .await;
    let Ok(Verdict::Right(Some(stronger))) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(
        stronger
            .expose_secret()
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    assert!(opens(&hashing, &stronger, PASSWORD).await);
}

#[test]
fn a_hash_that_asks_for_too_much_is_not_computed() {
    let asking = |parameters: &str| {
        format!(
            "$argon2id$v=19${parameters}$bm9ib2R5J3MgYWNjb3VudA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        )
    };
    for (parameters, strength) in [
        ("m=19456,t=2,p=1", Some(Strength::Ours)),
        ("m=47104,t=1,p=1", Some(Strength::Ours)),
        ("m=4096,t=3,p=1", Some(Strength::Weaker)),
        ("m=4194304,t=2,p=1", None),
        ("m=19456,t=1000000,p=1", None),
        ("m=19456,t=2,p=16777215", None),
    ] {
        let read = readable(&asking(parameters)).map(|(_, strength)| strength);
        assert_eq!(read, strength, "{parameters}");
    }
    assert!(readable("").is_none());
    assert!(readable("$argon2id$v=19$m=19456,t=2,p=1").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_free_no_lane_that_is_still_used() {
    let hashing = Hashing::default();
    for _ in 0..200 {
        if let Some(place) = hashing.place() {
            let ids = ids();
            let mut attempt = Box::pin(place.verify(secret("wrong"), None, &ids));
            // Begun, and then the client is gone.
            assert!(futures_util::poll!(attempt.as_mut()).is_pending());
        }
        tokio::task::yield_now().await;
    }
    while hashing.taken_places() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(hashing.runs() >= AT_ONCE, "{}", hashing.runs());
    assert!(hashing.most_at_once() <= AT_ONCE, "{}", hashing.most_at_once());
    assert_eq!(hashing.running(), 0);
}

#[tokio::test]
async fn when_all_places_are_taken_the_next_one_is_turned_away() {
    let hashing = Hashing::default();
    let taken: Vec<_> = (0..PLACES).map(|_| hashing.place().expect("a place")).collect();
    assert!(hashing.place().is_none());
    drop(taken);
    assert!(hashing.place().is_some());
}
