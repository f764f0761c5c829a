//! The role of somebody in 200 groups, decided among ten, a thousand and ten thousand mappings.

use std::{collections::HashSet, sync::Arc};

use sonicsaas::{
    domain::{
        audit::{Action, Actor, Event},
        id::Ids,
        mapping::{self, MappingDraft, Priority},
        role::MappableRole,
        tenant::ObjectId,
    },
    host::{SystemClock, SystemRandomness},
    storage::Store,
};
use uuid::Uuid;

use super::{Aim, Figure, median, place::Place, start::now};

const GROUPS: u128 = 200;
const TIMES: usize = 300;
const SIZES: [u128; 3] = [10, 1_000, 10_000];

/// The database of the place.
pub(crate) async fn store(place: &Place) -> Store {
    let ids = Ids::new(Arc::new(SystemClock), Arc::new(SystemRandomness));
    let address = format!("sqlite://{}", place.database().display());
    Store::connect(&address, ids).await.expect("opened")
}

fn group(number: u128) -> ObjectId {
    // Spread as random ids are, and the same each time.
    ObjectId::from(Uuid::from_u128(
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
    ))
}

pub(crate) async fn figures(place: &Place) -> Vec<Figure> {
    let store = store(place).await;
    let tenant = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70".parse().expect("a tenant");
    let team = store
        .find_signing_in(tenant)
        .await
        .expect("read")
        .expect("registered");
    // Ten of them are mapped, in a small team and in a large one.
    let unmapped = (0..GROUPS - SIZES[0]).map(|number| group(1_000_000 + number));
    let groups: HashSet<ObjectId> = (0..SIZES[0]).map(group).chain(unmapped).collect();
    let (mut made, mut figures, mut first) = (0, Vec::new(), None);
    for size in SIZES {
        let mut work = store.begin(&team).await.expect("begun");
        for number in made..size {
            let draft = MappingDraft {
                group: group(number),
                group_name: None,
                role: MappableRole::MEMBER,
                priority: Priority::LOWEST,
            };
            work.insert_mapping(draft).await.expect("inserted");
        }
        made = size;
        let event = Event::success(Actor::System, Action::MappingCreated);
        work.commit(event).await.expect("committed");
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let mut work = store.begin(&team).await.expect("begun");
            let began = now();
            let mappings = work.list_mappings_of(&groups).await.expect("read");
            let winner = mapping::resolve(&groups, &mappings);
            times.push(now().duration_since(began).as_secs_f64() * 1e6);
            assert!(winner.is_some());
        }
        let time = median(times);
        let first = *first.get_or_insert(time);
        figures.push(Figure {
            what: format!("role decision, {GROUPS} groups × {size} mappings"),
            measured: format!("{time:.0} µs"),
            floor: format!("{first:.0} µs"),
            ratio: time / first,
            // A larger index is a little deeper.
            aim: Aim::AtMost(2.0),
        });
    }
    store.close().await;
    figures
}
