//! A group of fifty thousand people: reading all of it before people are invited, and its first rows.
//!
//! The floor of the time is the same requests sent to the stand-in once more, one after the other, by a client that does
//! nothing with the answers.

use entra_emulator::{CrowdSize, LogEntry};
use sonicsaas::routes;

use super::{
    Aim, Figure,
    client::{Connection, request},
    median,
    place::{CONTOSO, Place, Server},
    sign_in,
    start::now,
    usage,
};

const PEOPLE: u32 = 50_000;
/// Objects on one of Graph's pages.
const PAGE: usize = 999;
const TIMES: usize = 3;
const ADMINS: &str = "SonicSaaS-Admins";
const ADAM: &str = "adam@contoso.com";

pub(crate) async fn figures(place: &Place) -> Vec<Figure> {
    let control = place.emulator.control();
    let crowd = CrowdSize::of(PEOPLE);
    let group = control
        .add_crowd(CONTOSO, "Everybody", crowd)
        .expect("a crowd")
        .to_string();
    let admins = control
        .with_group(CONTOSO, ADMINS, |group| group.id.to_string())
        .expect("a group");
    place.map(&group, "member", "40");
    place.map(&admins, "admin", "90");
    let server = place.serve();
    let mut connection = Connection::to(server.port).await.expect("it listens");
    let cookies = sign_in::enter(place, &mut connection, 1, ADAM).await;
    let mapping = mapping_of(&mut connection, &cookies, &group).await;
    let first = format!("{}?id={mapping}", routes::MAPPING_MEMBER_LIST);
    let whole = format!("{}?id={mapping}&review=all", routes::MAPPING_MEMBERS_VIEW);
    // What is made once, and kept: the application's token, connections, statements.
    ask(&mut connection, &cookies, &first).await;

    let mut figures = Vec::new();
    for (what, address, pages) in [
        ("first 50 rows of a group of 50,000", &first, 2),
        (
            "reading a group of 50,000, before inviting",
            &whole,
            50_000 / PAGE,
        ),
    ] {
        let grown = grown(&server, &mut connection, &cookies, address).await;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            control.clear_log();
            let since = now();
            ask(&mut connection, &cookies, address).await;
            ours.push(since.elapsed().as_secs_f64() * 1000.0);
            let asked = control.log_of("graph/groups");
            assert!(asked.len() >= pages, "{} requests", asked.len());
            bare.push(replay(place, &asked).await);
        }
        let (ours, bare) = (median(ours), median(bare));
        figures.push(Figure {
            what: what.to_owned(),
            measured: format!("{ours:.0} ms"),
            floor: format!("{bare:.0} ms"),
            ratio: ours / bare,
            aim: Aim::AtMost(1.2),
        });
        figures.push(Figure {
            what: "  memory that grows by it".to_owned(),
            measured: format!("{grown:.1} MB"),
            floor: "10 MB".to_owned(),
            ratio: grown / 10.0,
            aim: Aim::AtMost(1.0),
        });
    }
    figures
}

/// How much more memory the server has at most than before.
async fn grown(server: &Server, connection: &mut Connection, cookies: &str, address: &str) -> f64 {
    usage::forget_peak(server.id());
    let before = usage::memory(server.id(), "VmRSS:");
    ask(connection, cookies, address).await;
    (usage::memory(server.id(), "VmHWM:") - before) / 1024.0
}

async fn ask(connection: &mut Connection, cookies: &str, address: &str) {
    let headers = [("cookie", cookies)];
    let reply = connection
        .ask(&request("GET", address, &headers, ""))
        .await
        .expect("an answer");
    assert_eq!(reply.status, 200);
}

async fn mapping_of(connection: &mut Connection, cookies: &str, group: &str) -> String {
    ask(connection, cookies, routes::MAPPING_LIST).await;
    let text = String::from_utf8_lossy(connection.body()).into_owned();
    let list: serde_json::Value = serde_json::from_str(&text).expect("a list");
    let mut rows = list.as_array().expect("a list").iter();
    let row = rows.find(|row| row["group_id"] == group).expect("mapped");
    row["id"].as_str().expect("an id").to_owned()
}

/// Sends the same requests once more; how long all of them took, in milliseconds.
async fn replay(place: &Place, asked: &[LogEntry]) -> f64 {
    let graph = place.emulator.graph();
    let port = graph
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .and_then(|port| port.split('/').next()?.parse().ok())
        .expect("a port");
    let requests: Vec<_> = asked
        .iter()
        .map(|entry| {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&entry.query)
                .finish();
            let kept = entry
                .headers
                .iter()
                .filter(|(name, _)| ["authorization", "consistencylevel"].contains(&name.as_str()))
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect::<Vec<_>>();
            request("GET", &format!("{}?{query}", entry.path), &kept, "")
        })
        .collect();
    let mut connection = Connection::to(port).await.expect("it listens");
    let since = now();
    for request in &requests {
        let reply = connection.ask(request).await.expect("an answer");
        assert_eq!(reply.status, 200);
    }
    since.elapsed().as_secs_f64() * 1000.0
}
