//! Two hundred wrong passwords at once: does the sign-in page still come at once, and does memory stay bounded?

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;

use super::{
    Aim, Figure,
    client::{Connection, request},
    place::Server,
    start::now,
    usage,
};

const AT_ONCE: usize = 200;
const WAVES: usize = 5;
const IDLE: usize = 3_000;
/// The hashes that run and wait at once, of 19 MiB each, beside what the process has anyway.
const MOST_MEMORY: f64 = 120.0;

pub(crate) async fn figures(server: &Server) -> Vec<Figure> {
    let idle = p99(latencies(server.port, |count| count < IDLE).await);
    let over = AtomicBool::new(false);
    let (busy, answers) = tokio::join!(latencies(server.port, |_| !over.load(Ordering::SeqCst)), async {
        let mut answers = Vec::new();
        for wave in 0..WAVES {
            answers.extend(join_all((0..AT_ONCE).map(|number| wrong(server.port, wave, number))).await);
        }
        over.store(true, Ordering::SeqCst);
        answers
    });
    let of = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    println!(
        "  ({} wrong passwords: {} checked and refused, {} turned away as busy, {} pages meanwhile)",
        answers.len(),
        of(422),
        of(503),
        busy.len()
    );
    let busy = p99(busy);
    let most = usage::memory(server.id(), "VmHWM") / 1024.0;
    vec![
        Figure {
            what: format!("sign-in page p99 during {AT_ONCE} wrong passwords at once"),
            measured: format!("{busy:.2} ms"),
            floor: format!("{idle:.2} ms idle"),
            ratio: busy / idle,
            aim: Aim::AtMost(5.0),
        },
        Figure {
            what: "resident memory with passwords being hashed".to_owned(),
            measured: format!("{most:.1} MB"),
            floor: format!("{MOST_MEMORY} MB"),
            ratio: most / MOST_MEMORY,
            aim: Aim::AtMost(1.0),
        },
    ]
}

/// Milliseconds of one page after the other, as long as `go_on`.
async fn latencies(port: u16, go_on: impl Fn(usize) -> bool) -> Vec<f64> {
    let page = request("GET", "/login", &[], "");
    let mut connection = Connection::to(port).await.expect("it listens");
    let mut times = Vec::new();
    while go_on(times.len()) {
        let began = now();
        let reply = connection.ask(&page).await.expect("an answer");
        assert_eq!(reply.status, 200);
        times.push(now().duration_since(began).as_secs_f64() * 1000.0);
    }
    times
}

fn p99(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

/// A wrong password for an address of its own, from a place of its own.
async fn wrong(port: u16, wave: usize, number: usize) -> u16 {
    let mut connection = Connection::to(port).await.expect("it listens");
    let from = format!("10.{wave}.{}.{}", number / 100, number % 100 + 1);
    let headers = [
        ("origin", "http://localhost:3000"),
        ("x-forwarded-for", from.as_str()),
    ];
    let form = format!("email=nobody-{wave}-{number}%40example.com&password=wrong+horse+battery+staple");
    let reply = connection.ask(&request("POST", "/login", &headers, &form)).await;
    reply.map_or(0, |reply| reply.status)
}
