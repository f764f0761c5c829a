//! The process is killed in the middle of a burst of sign-ins, again and again: what was acknowledged is there, and
//! nothing is there by half.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use http::Method;
use serde_json::json;
use sonicsaas::{
    domain::id::Ids,
    host::{SystemClock, SystemRandomness},
    routes,
    storage::{HostOperator, Store},
};

use crate::{
    app::{CLIENT_SECRET, CONTOSO},
    browser::Browser,
    process::Deployment,
};

const KILLS: usize = 20;
/// So many people sign in at once.
const BURST: usize = 12;

impl Deployment {
    /// A person who may never have been here before.
    fn person(&self, number: usize) -> String {
        let principal = format!("burst-{number}@contoso.com");
        let user = json!({ "name": format!("Burst {number}"), "principal": principal });
        let user = serde_json::from_value(user).expect("a user");
        let groups = if number.is_multiple_of(2) {
            vec!["SonicSaaS-Operators"]
        } else {
            vec![]
        };
        self.emulator
            .control()
            .add_user(CONTOSO, &user, &groups)
            .expect("added");
        principal
    }

    /// Signs a person in as far as the server lives. `None` when it does not.
    async fn try_sign_in(&self, browser: Browser, person: &str) -> Option<Browser> {
        let get = async |target: &str| {
            let headers = [("accept", "text/html")];
            browser.try_send(Method::GET, target, &headers, None).await.ok()
        };
        let started = get(routes::SIGN_IN).await?;
        let control = self.emulator.control();
        let target = control.sign_in(started.location(), person).expect("they can");
        let reply = get(&target).await?;
        assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "{person}");
        Some(browser)
    }
}

/// What the database must never hold, by question and by what the answer would mean.
const HALVES: [(&str, &str); 3] = [
    (
        "sessions without a member",
        "select cast(count(*) as text) from session s
         left join member m on m.team_id = s.team_id and m.user_id = s.user_id
         where m.user_id is null",
    ),
    (
        "sessions without an identity",
        "select cast(count(*) as text) from session s
         left join identity i on i.tid = s.tid and i.oid = s.oid and i.user_id = s.user_id
         where i.user_id is null",
    ),
    (
        "members without an identity",
        "select cast(count(*) as text) from member m
         left join identity i on i.team_id = m.team_id and i.user_id = m.user_id
         where i.user_id is null and m.role <> 'owner'",
    ),
];

/// The ids of all sessions, and those of all sign-in events.
fn ids_of(is_postgres: bool) -> (&'static str, &'static str) {
    let events = "select replace(target_id, '-', '') from audit_event
                  where action = 'sign_in' and outcome = 'success' order by 1";
    if is_postgres {
        (
            "select replace(cast(id as text), '-', '') from session order by 1",
            events,
        )
    } else {
        ("select lower(hex(id)) from session order by 1", events)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_burst_of_sign_ins_nothing_acknowledged_is_lost() {
    let deployment = Deployment::new(CLIENT_SECRET, vec![("RUST_LOG", "sonicsaas=info".to_owned())]).await;
    deployment.northwind();
    let mut acknowledged: Vec<(String, Browser)> = Vec::new();
    let mut cut_off = 0;
    for round in 0..KILLS {
        let server = deployment.start().await;
        let fresh = server.browser();
        // Half of them have been here before.
        let people: Vec<_> = (0..BURST)
            .map(|place| match place % 2 {
                0 => deployment.person(round * BURST + place),
                _ => "dana@contoso.com".to_owned(),
            })
            .collect();
        let wanted = 1 + round % (BURST - 1);
        let done = AtomicUsize::new(0);
        let mut burst: FuturesUnordered<_> = people
            .iter()
            .map(|person| async {
                let browser = deployment.try_sign_in(fresh.copy(), person).await;
                done.fetch_add(usize::from(browser.is_some()), Ordering::SeqCst);
                (person.clone(), browser)
            })
            .collect();
        let mut server = Some(server);
        while let Some((person, browser)) = burst.next().await {
            match browser {
                Some(browser) => acknowledged.push((person, browser)),
                None => cut_off += 1,
            }
            if done.load(Ordering::SeqCst) >= wanted
                && let Some(server) = server.take()
            {
                server.kill();
            }
        }
        assert!(server.is_none(), "it was killed in the middle");
    }
    assert!(
        cut_off >= KILLS,
        "sign-ins were under way at the kills: {cut_off}"
    );

    let server = deployment.start().await;
    for (person, browser) in &acknowledged {
        let viewer = browser.through(&server.url).call(routes::VIEWER).await;
        assert_eq!(viewer.status, 200, "{person}");
        assert_eq!(viewer.json()["email"], person.as_str());
    }
    let (sessions, events) = ids_of(deployment.database.is_postgres());
    let sessions = deployment.database.texts(sessions).await;
    assert!(
        sessions.len() >= acknowledged.len(),
        "what was stored need not have been told"
    );
    assert_eq!(sessions, deployment.database.texts(events).await);
    for (what, question) in HALVES {
        let count = deployment.database.text(question).await;
        assert_eq!(count.as_deref(), Some("0"), "{what}");
    }
    server.kill();

    let ids = Ids::new(
        std::sync::Arc::new(SystemClock),
        std::sync::Arc::new(SystemRandomness),
    );
    let store = Store::connect(&deployment.database.address(), ids)
        .await
        .expect("opened");
    let chains = store
        .verify_chains(&HostOperator::on_this_machine())
        .await
        .expect("read");
    assert!(chains.iter().any(|chain| chain.events > 20));
    assert!(chains.iter().all(|chain| chain.broken_at.is_none()), "{chains:?}");
    store.close().await;
    deployment.database.remove().await;
}
