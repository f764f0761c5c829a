//! What a directory can hold, and what becomes of it when its people are invited.

use std::collections::BTreeMap;

use entra_emulator::Fault;
use serde_json::{Value, json};
use sonicsaas::routes;

use super::{KEY, OPERATORS, counts, ended, mailing, mapping, results, send, start_all, until};
use crate::{
    app::{App, CONTOSO},
    browser::Browser,
    mailbox::Mailbox,
    mapping::role_of,
    tenant::post_json,
};

const MEMBERS: &str = "graph/groups/*/transitiveMembers";

/// An object of a group, as Graph shows it.
fn object(number: u32, kind: &str, more: Value) -> Value {
    let mut object = json!({
        "@odata.type": format!("#microsoft.graph.{kind}"),
        "id": format!("00000000-0000-4000-8000-{number:012}"),
        "displayName": format!("Object {number}"),
        "mail": format!("object{number}@contoso.com"),
        "userPrincipalName": format!("object{number}@contoso.com"),
        "accountEnabled": true,
        "userType": "Member",
    });
    let (Value::Object(object), Value::Object(more)) = (&mut object, more) else {
        unreachable!("both are objects")
    };
    object.extend(more);
    json!(object)
}

/// From now on this is what the group holds.
fn holds(app: &App, members: &[Value]) {
    let control = app.emulator.control();
    control.clear_faults();
    control.fault(Fault {
        route: MEMBERS.to_owned(),
        body: Some(json!({ "value": members }).to_string()),
        ..Fault::default()
    });
}

/// How it went with each, by the number of its object.
async fn invited(browser: &Browser, job: &str) -> BTreeMap<String, String> {
    ended(browser, job).await;
    let page = browser
        .call(&format!("{}?job={job}", routes::INVITATION_RESULTS))
        .await
        .json();
    let rows = page.as_array().expect("rows");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| {
            let id = text(row, "object_id");
            let number = id.rsplit('-').next().expect("a number").trim_start_matches('0');
            let went = format!("{} {}", text(row, "outcome"), text(row, "reason"));
            (number.to_owned(), went.trim_end().to_owned())
        })
        .collect()
}

#[tokio::test]
async fn people_alone_are_invited_and_each_other_is_counted() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    holds(
        &app,
        &[
            object(1, "user", json!({})),
            object(2, "group", json!({})),
            object(3, "device", json!({})),
            object(4, "servicePrincipal", json!({})),
            object(5, "orgContact", json!({})),
            object(6, "somethingOfNextYear", json!({})),
            object(7, "user", json!({"accountEnabled": false})),
            object(8, "user", json!({"userType": "Guest"})),
            // Not said, so not known to be disabled or a guest.
            object(9, "user", json!({"accountEnabled": null, "userType": null})),
            object(10, "user", json!({"mail": null})),
        ],
    );
    let job = start_all(&adam, OPERATORS, KEY).await;
    let went = invited(&adam, &job).await;
    let expected = [
        ("1", "sent"),
        ("10", "skipped no_address"),
        ("7", "skipped disabled"),
        ("8", "skipped guest"),
        ("9", "sent"),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(number, went)| (number.to_owned(), went.to_owned()))
        .into();
    assert_eq!(went, expected, "GRF-018 GRF-021");
    let mut to: Vec<_> = mailbox.mails().into_iter().map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(to, ["object1@contoso.com", "object9@contoso.com"]);
    // What does not even say what it is may be a person: then the list is none.
    let mut nameless = object(11, "user", json!({}));
    nameless.as_object_mut().expect("an object").remove("@odata.type");
    holds(&app, &[object(12, "user", json!({})), nameless]);
    let mapping = mapping(&adam, OPERATORS).await;
    let form = [
        ("mapping_id", mapping.as_str()),
        ("all", "true"),
        ("key", "another-form-2"),
    ];
    let refused = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(refused.status, 502, "{}", refused.body);
    assert_eq!(mailbox.mails().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn who_is_withheld_stays_and_is_not_invited() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let bare = |id: &str| json!({"@odata.type": "#microsoft.graph.user", "id": id});
    let dana = super::object_of(&app, "dana@contoso.com");
    let theo = super::object_of(&app, "theo@contoso.com");
    holds(&app, &[bare(&dana), bare(&theo)]);
    let job = start_all(&adam, OPERATORS, KEY).await;
    assert_eq!(counts(&ended(&adam, &job).await), (0, 0, 1));
    let rows = results(&adam, &job).await;
    let reasons: Vec<_> = rows.iter().map(|row| row.2.as_str()).collect();
    assert_eq!(reasons, ["unreadable"], "GRF-019");
    assert!(mailbox.mails().is_empty());
    let mapping = mapping(&adam, OPERATORS).await;
    let list = adam
        .call(&format!("{}?id={mapping}", routes::MAPPING_MEMBER_LIST))
        .await
        .json();
    let standing: Vec<_> = list["members"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|member| member["status"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(standing, ["signed_up", "unreadable"]);
    // A group whose members are hidden from us.
    let control = app.emulator.control();
    control.clear_faults();
    control.fault(Fault::status(MEMBERS, 403));
    let form = [
        ("mapping_id", mapping.as_str()),
        ("all", "true"),
        ("key", "another-form-3"),
    ];
    let refused = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(
        (refused.status, refused.json()),
        (409, json!({"Conflict": "not_permitted"}))
    );
    assert_eq!(role_of(&app, "dana@contoso.com").await, "operator");
    app.stop().await;
}

#[tokio::test]
async fn no_name_of_the_directory_breaks_anything() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let names = [
        "a\u{0}b",
        "a\u{202e}b",
        "line\r\nBcc: eve@evil.example",
        "<script>alert(1)</script>",
        "=cmd|'/c calc'!A0",
        "HALF",
        "LONG",
    ];
    let members: Vec<_> = (1..)
        .zip(names)
        .map(|(number, name)| object(number, "user", json!({"displayName": name})))
        .collect();
    let body = json!({ "value": members })
        .to_string()
        .replace("HALF", r"\ud83d cut")
        .replace("LONG", &"x".repeat(100_000));
    app.emulator.control().fault(Fault {
        route: MEMBERS.to_owned(),
        body: Some(body),
        ..Fault::default()
    });
    let job = start_all(&adam, OPERATORS, KEY).await;
    let done = until(&adam, &job, |now| now["ended"] == true).await;
    assert_eq!(counts(&done), (7, 0, 0), "GRF-034");
    let page = adam
        .call(&format!("{}?job={job}", routes::INVITATION_RESULTS))
        .await
        .json();
    let rows = page.as_array().expect("rows");
    let mut shown: Vec<_> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(shown.iter().all(|name| name.chars().count() <= 256), "{shown:?}");
    shown.retain(|name| !name.starts_with("xxx"));
    assert_eq!(
        shown,
        [
            "ab",
            "ab",
            "line Bcc: eve@evil.example",
            "<script>alert(1)</script>",
            "=cmd|'/c calc'!A0",
            "\u{fffd} cut"
        ]
    );
    let page = adam
        .get(&format!(
            "{}/{}/members?job={job}",
            routes::MAPPINGS,
            mapping(&adam, OPERATORS).await
        ))
        .await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script>alert(1)"), "{}", page.body);
    let file = adam
        .call(&routes::invitation_file(job.parse().expect("an id")))
        .await;
    assert!(file.body.contains("'=cmd|"), "a formula is text: {}", file.body);
    for mail in mailbox.mails() {
        assert_eq!(mail.header("bcc"), "");
        assert!(mail.to.starts_with("object"), "{mail:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_mapping_that_changes_meanwhile_counts_as_it_is_then() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    mailbox.tell(&json!({"hang": "data"}));
    let job = start_all(&adam, OPERATORS, KEY).await;
    until(&adam, &job, |_| mailbox.mails().len() == 1).await;
    let mapping = mapping(&adam, OPERATORS).await;
    let form = [
        ("id", mapping.as_str()),
        ("version", "1"),
        ("role", "viewer"),
        ("priority", "50"),
    ];
    assert_eq!(post_json(&adam, routes::MAPPING_UPDATE, &form).await.status, 200);
    mailbox.tell(&json!({"hang": null}));
    assert_eq!(counts(&ended(&adam, &job).await), (4, 0, 0));
    // Without the groups what was offered would stand: no more than the mapping gives now.
    for person in ["dana@contoso.com", "theo@contoso.com"] {
        for group in ["SonicSaaS-Operators", "SonicSaaS-Viewers", "SonicSaaS-Auditors"] {
            // Not everybody is in each.
            let _ = app.emulator.control().remove_member(CONTOSO, group, person);
        }
        app.signed_in(person).await;
        assert_eq!(role_of(&app, person).await, "viewer", "RBC-013");
    }
    app.stop().await;
}
