//! Groups of very many people: made in no time, paged and looked up without walking.

#![expect(clippy::disallowed_methods, reason = "what is measured is time that passes")]

use std::{collections::HashSet, time::Instant};

use entra_emulator::{Control, CrowdSize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    client::{Answer, get_graph, get_with, post_json},
    graph::{assert_refused, ids},
    start::{Running, text},
};

const PEOPLE: u32 = 50_000;

fn crowd(control: &Control, group: &str, size: CrowdSize) -> Uuid {
    control
        .add_crowd("contoso.com", group, size)
        .expect("a new crowd")
}

async fn pages(running: &Running, path: &str, token: &str) -> Vec<Value> {
    let mut address = running.graph(path);
    let mut pages = Vec::new();
    loop {
        let answer = get_graph(&address, token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page = answer.json();
        let next = page.get("@odata.nextLink").map(text);
        pages.push(page);
        match next {
            Some(next) => address = next,
            None => return pages,
        }
    }
}

fn people(pages: &[Value]) -> Vec<&Value> {
    let lists = pages.iter().filter_map(|page| page["value"].as_array());
    lists.flatten().collect()
}

async fn advanced(address: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    get_with(address, &headers).await
}

#[tokio::test]
async fn fifty_thousand_people_are_made_at_once_and_paged_at_one_speed() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let begun = Instant::now();
    let group = crowd(&running.control, "Everybody", CrowdSize::of(PEOPLE));
    assert!(begun.elapsed().as_millis() < 100, "{:?}", begun.elapsed());

    let path = format!(
        "groups/{group}/transitiveMembers?$select=id,displayName,mail,userPrincipalName,accountEnabled,userType&$top=999"
    );
    let pages = pages(&running, &path, &app).await;
    assert_eq!(pages.len(), 51);
    let people = people(&pages);
    let distinct = people
        .iter()
        .map(|person| text(&person["id"]))
        .collect::<HashSet<_>>();
    assert_eq!((people.len(), distinct.len()), (50_000, 50_000));
    let count = |fits: &dyn Fn(&Value) -> bool| people.iter().filter(|person| fits(person)).count();
    assert_eq!(count(&|person| person["mail"].is_null()), 1_500);
    assert_eq!(count(&|person| person["accountEnabled"] == false), 1_000);
    assert_eq!(count(&|person| person["userType"] == "Guest"), 2_500);

    // A late page costs what an early one does: neither is behind a walk over the pages before it.
    let late = text(&pages[49]["@odata.nextLink"]);
    let (mut first, mut last) = (u128::MAX, u128::MAX);
    for _ in 0..5 {
        let begun = Instant::now();
        get_graph(&running.graph(&path), &app).await;
        first = first.min(begun.elapsed().as_micros());
        let begun = Instant::now();
        get_graph(&late, &app).await;
        last = last.min(begun.elapsed().as_micros());
    }
    assert!(last < first * 2, "first {first} µs, last {last} µs");
}

#[tokio::test]
async fn the_same_people_every_time() {
    let ids_of = async || {
        let running = Running::start().await;
        let app = running.app_token("contoso.com").await;
        let group = crowd(&running.control, "Everybody", CrowdSize::of(30));
        let answer = get_graph(&running.graph(&format!("groups/{group}/members")), &app).await;
        (group, answer.json()["value"].clone())
    };
    assert_eq!(ids_of().await, ids_of().await);
}

#[tokio::test]
async fn one_of_a_crowd_is_a_person_like_any_other() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let group = crowd(&running.control, "Everybody", CrowdSize::plain(PEOPLE));
    running
        .control
        .add_member("contoso.com", "SonicSaaS-Operators", "Everybody")
        .expect("a nested group");
    let principal = "everybody.40000@contoso.com";
    let user = get_graph(&running.graph(&format!("users/{principal}")), &app)
        .await
        .json();
    let id = text(&user["id"]);
    assert_eq!(user["mail"], principal);
    let by_id = get_graph(&running.graph(&format!("users/{id}")), &app)
        .await
        .json();
    assert_eq!(by_id["userPrincipalName"], principal);
    for unknown in [
        "everybody.50001@contoso.com",
        "everybody.00000@contoso.com",
        "everybody.x@contoso.com",
    ] {
        let answer = get_graph(&running.graph(&format!("users/{unknown}")), &app).await;
        assert_refused(&answer, 404, "Request_ResourceNotFound");
    }

    let operators = running
        .control
        .with_group("contoso.com", "SonicSaaS-Operators", |group| group.id)
        .expect("a group");
    let begun = Instant::now();
    let asked = json!({ "groupIds": [group, operators] });
    let answer = post_json(
        &running.graph(&format!("users/{id}/checkMemberGroups")),
        &app,
        &asked,
    )
    .await;
    assert_eq!(ids(&answer), [group.to_string(), operators.to_string()]);
    assert!(begun.elapsed().as_millis() < 50, "{:?}", begun.elapsed());
    let found = get_graph(&running.graph(&format!("users/{id}/transitiveMemberOf")), &app).await;
    assert_eq!(ids(&found).len(), 2);

    let found = running.graph(&format!(
        "users?$filter=mail%20eq%20'{principal}'%20or%20userPrincipalName%20eq%20'{principal}'"
    ));
    assert_eq!(ids(&get_graph(&found, &app).await), [id.as_str()]);

    // They sign in, and their groups are theirs.
    let claims = running.id_claims("contoso.com", principal).await;
    assert_eq!(claims["oid"], id);
    assert_eq!(claims["groups"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn an_edit_of_one_of_a_crowd_shows_and_moves_nobody_else() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let group = crowd(&running.control, "Everybody", CrowdSize::plain(300));
    let address = running.graph(&format!(
        "groups/{group}/members?$top=999&$select=id,mail,displayName"
    ));
    let before = ids(&get_graph(&address, &app).await);
    let control = &running.control;
    let person = |number: u32| format!("everybody.{number:05}@contoso.com");
    control
        .with_user("contoso.com", &person(7), |user| {
            user.mail = Some("moved@contoso.com".to_owned());
        })
        .expect("somebody");
    control
        .remove_member("contoso.com", "Everybody", &person(9))
        .expect("a member");
    control.remove_user("contoso.com", &person(11)).expect("somebody");
    let page = get_graph(&address, &app).await;
    let after = ids(&page);
    let mut expected = before.clone();
    expected.retain(|id| *id != before[8] && *id != before[10]);
    assert_eq!(after, expected);
    let mails = page.json()["value"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| user["mail"].clone())
        .collect::<Vec<_>>();
    assert_eq!(
        mails.iter().filter(|mail| *mail == "moved@contoso.com").count(),
        1
    );
    let left = get_graph(&running.graph(&format!("users/{}", before[8])), &app).await;
    assert_eq!(left.status, 200, "somebody who left a group is still there");
    let gone = get_graph(&running.graph(&format!("users/{}", before[10])), &app).await;
    assert_refused(&gone, 404, "Request_ResourceNotFound");
    control
        .add_member("contoso.com", "Everybody", &person(9))
        .expect("a member");
    assert_eq!(ids(&get_graph(&address, &app).await).len(), 299);

    // A person who is in a crowd and in another group of the same walk is there once.
    control
        .add_member("contoso.com", "Everybody", "Field Technicians")
        .expect("a nested group");
    control
        .add_member("contoso.com", "Field Technicians", &person(20))
        .expect("a member");
    let all = ids(&get_graph(
        &running.graph(&format!("groups/{group}/transitiveMembers?$top=999")),
        &app,
    )
    .await);
    assert_eq!(all.iter().filter(|id| **id == before[19]).count(), 1);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
}

#[tokio::test]
async fn a_crowd_is_cast_counted_and_searched() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let group = crowd(&running.control, "Everybody", CrowdSize::of(2_000));
    let address = |path: &str| running.graph(&format!("groups/{group}/transitiveMembers{path}"));
    let first = advanced(&address("/microsoft.graph.user?$count=true&$top=50"), &app).await;
    assert_eq!(first.json()["@odata.count"], 2_000);
    assert_eq!(ids(&first).len(), 50);
    let count = advanced(&address("/$count"), &app).await;
    assert_eq!((count.status, count.body.as_str()), (200, "2000"));
    let none = advanced(&address("/microsoft.graph.group?$count=true"), &app).await;
    assert_eq!(none.json()["@odata.count"], 0);
    let search = address("/microsoft.graph.user?$count=true&$search=%22displayName:alma%20120%22");
    let found = advanced(&search, &app).await;
    let names = found.json()["value"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| text(&user["displayName"]))
        .collect::<Vec<_>>();
    assert!(names.iter().all(|name| name.starts_with("Alma")), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with(" 120")), "{names:?}");
}

#[tokio::test]
async fn crowds_over_http_and_what_is_refused() {
    let running = Running::start().await;
    let add = async |body: Value| {
        let address = running.at("_control/groups/crowd");
        let headers = [("content-type", "application/json")];
        crate::client::send(http::Method::POST, &address, &headers, &body.to_string())
            .await
            .expect("an answer")
    };
    let body = json!({ "tenant": "contoso.com", "group": "Many", "size": { "people": 50_000 } });
    assert!(add(body.clone()).await.json()["id"].is_string());
    assert_eq!(add(body).await.status, 400, "a group has one crowd");
    let over = json!({ "tenant": "contoso.com", "group": "More", "size": { "people": 1, "guests": 101 } });
    assert_eq!(add(over).await.status, 400);
    let nowhere = json!({ "tenant": "nowhere.example", "group": "More", "size": { "people": 1 } });
    assert_eq!(add(nowhere).await.status, 404);
}
