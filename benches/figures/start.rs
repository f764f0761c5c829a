//! From the start of the process to its first page.

use std::time::{Duration, Instant};

use super::{Aim, Figure, client::Connection, client::request, median, place::Place};

const STARTS: usize = 15;
const AIM: f64 = 100.0;

pub(crate) async fn figures(place: &Place) -> Vec<Figure> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let began = now();
        let mut child = place.spawn(port);
        let page = request("GET", "/login", &[], "");
        loop {
            if let Some(mut connection) = Connection::to(port).await
                && connection
                    .ask(&page)
                    .await
                    .is_some_and(|reply| reply.status == 200)
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(now().duration_since(began).as_secs_f64() * 1000.0);
        child.kill().expect("it lived");
        child.wait().expect("it ended");
    }
    let time = median(times);
    vec![Figure {
        what: format!("start to first answer, median of {STARTS}"),
        measured: format!("{time:.0} ms"),
        floor: format!("{AIM} ms"),
        ratio: time / AIM,
        aim: Aim::AtMost(1.0),
    }]
}

/// Now, for measuring.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
