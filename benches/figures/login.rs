//! The sign-in page against a bare handler that returns the same bytes.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::join_all;

use super::{
    Aim, Figure,
    client::{Connection, request},
    floor::Floor,
    median,
    place::Server,
    start::now,
};

const CONNECTIONS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

pub(crate) async fn figure(server: &Server) -> Figure {
    let page = request("GET", "/login", &[], "");
    let mut connection = Connection::to(server.port).await.expect("it listens");
    assert_eq!(connection.ask(&page).await.expect("an answer").status, 200);
    let floor = Floor::with(connection.body());
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(requests_a_second(server.port).await);
        bare.push(requests_a_second(floor.port).await);
    }
    let (ours, bare) = (median(ours), median(bare));
    Figure {
        what: "sign-in page, against a bare axum handler".to_owned(),
        measured: format!("{ours:.0}/s"),
        floor: format!("{bare:.0}/s"),
        ratio: ours / bare,
        aim: Aim::AtLeast(0.5),
    }
}

async fn requests_a_second(port: u16) -> f64 {
    let page = Arc::new(request("GET", "/login", &[], ""));
    let count = Arc::new(AtomicUsize::new(0));
    let began = now();
    let all = (0..CONNECTIONS).map(|_| {
        let (page, count) = (Arc::clone(&page), Arc::clone(&count));
        async move {
            let mut connection = Connection::to(port).await.expect("it listens");
            while now().duration_since(began) < ROUND {
                let reply = connection.ask(&page).await.expect("an answer");
                assert_eq!(reply.status, 200);
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    join_all(all).await;
    let count = u32::try_from(count.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
    f64::from(count) / now().duration_since(began).as_secs_f64()
}
