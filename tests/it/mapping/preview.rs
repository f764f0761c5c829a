//! What a change will do is what sign-in then does.

use std::collections::BTreeMap;

use entra_emulator::{CrowdSize, Fault, SeedGroup};
use serde_json::{Value, json};
use sonicsaas::{
    domain::{id::Token, mapping::Change},
    routes,
    service::session,
    storage::Authentication,
};

use super::{OPERATORS, TECHNICIANS, VIEWERS, list, map, role_of, row};
use crate::{
    app::{App, CONTOSO, Setup},
    browser::Browser,
    tenant::post_json,
};

async fn preview(browser: &Browser, form: &[(&str, &str)]) -> Value {
    let told = post_json(browser, routes::MAPPING_PREVIEW, form).await;
    assert_eq!(told.status, 200, "{}", told.body);
    told.json()
}

/// The changes by name, each as `from → to`.
fn changes(told: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let all = told["changes"].as_array().expect("a list").iter();
    all.map(|change| {
        (
            text(&change["name"]),
            format!("{} → {}", text(&change["from"]), text(&change["to"])),
        )
    })
    .collect()
}

/// The same of a preview that knows everything.
fn known(told: &Value) -> BTreeMap<String, String> {
    assert_eq!(told["unknown"], Value::Null);
    changes(told)
}

#[tokio::test]
async fn a_preview_names_who_changes_and_who_does_not() {
    let app = App::start().await;
    app.northwind().await;
    for person in [
        "dana@contoso.com",
        "theo@contoso.com",
        "vic@contoso.com",
        "mia@contoso.com",
    ] {
        app.signed_in(person).await;
    }
    app.execute(
        "update member set role = 'viewer', role_source = 'manual'
         where user_id in (select id from user_account where name = 'Theo Lund')",
    )
    .await;
    let adam = app.signed_in("adam@contoso.com").await;

    // Dana is in it, and so is Adam, whom Admins keep.
    let told = preview(
        &adam,
        &[("group_id", TECHNICIANS), ("role", "auditor"), ("priority", "70")],
    )
    .await;
    let expected = BTreeMap::from([("Dana Reyes".to_owned(), "operator → auditor".to_owned())]);
    assert_eq!(changes(&told), expected);
    assert_eq!(
        (&told["without_account"], &told["unknown"]),
        (&json!(0), &Value::Null)
    );

    let operators = row(&adam, OPERATORS).await;
    let id = operators["id"].as_str().expect("an id");
    let told = preview(&adam, &[("id", id), ("role", "admin"), ("priority", "50")]).await;
    assert_eq!(
        changes(&told),
        BTreeMap::from([("Dana Reyes".to_owned(), "operator → admin".to_owned())])
    );
    assert_eq!(told["unaffected"], 1, "Theo's role was set by hand");
    assert_eq!(told["without_account"], 2, "Nils and Olga");
    let told = preview(
        &adam,
        &[("group_id", VIEWERS), ("role", "member"), ("priority", "20")],
    )
    .await;
    assert_eq!(told["ties"], json!(["SonicSaaS-Auditors"]));
    assert_eq!(list(&adam).await.len(), 5, "a preview changes nothing");
    app.stop().await;
}

#[tokio::test]
async fn who_will_come_in_as_an_admin_is_counted_before_the_first_sign_in() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let crowd = CrowdSize::plain(30);
    let group = app.emulator.control().add_crowd(CONTOSO, "Everybody", crowd);
    let group = group.expect("a crowd").to_string();
    let told = async |role: &str| {
        let form = [("group_id", group.as_str()), ("role", role), ("priority", "95")];
        preview(&adam, &form).await.to_string()
    };
    let warned = "30 people will be able to change settings, mappings and roles.";
    assert!(told("admin").await.contains(warned));
    assert!(!told("operator").await.contains("will be able to change settings"));
    app.stop().await;
}

#[tokio::test]
async fn what_is_not_known_is_said_to_be_unknown() {
    let app = App::start().await;
    app.northwind().await;
    app.signed_in("dana@contoso.com").await;
    let adam = app.signed_in("adam@contoso.com").await;
    let new = [("group_id", TECHNICIANS), ("role", "auditor"), ("priority", "70")];
    let operators = row(&adam, OPERATORS).await;
    let id = operators["id"].as_str().expect("an id").to_owned();
    let edit = [("id", id.as_str()), ("role", "auditor"), ("priority", "50")];
    app.advance(std::time::Duration::from_secs(61));

    app.emulator.control().fault(Fault::status("graph", 503));
    let told = preview(&adam, &new).await;
    assert_eq!(
        (changes(&told).len(), &told["unknown"], &told["without_account"]),
        (0, &json!("members"), &Value::Null)
    );
    // Of a mapped group the last sign-ins tell who was in it.
    let told = preview(&adam, &edit).await;
    assert_eq!(told["unknown"], "members_now");
    assert_eq!(
        changes(&told),
        BTreeMap::from([("Dana Reyes".to_owned(), "operator → auditor".to_owned())])
    );

    app.emulator.control().clear_faults();
    let others = format!("graph/groups/{VIEWERS}/transitiveMembers");
    app.emulator.control().fault(Fault::status(&others, 503));
    let told = preview(&adam, &new).await;
    assert_eq!(told["unknown"], "other_groups");
    assert_eq!(changes(&told).len(), 1);
    app.stop().await;
}

/// A small generator of numbers, so that a failing round can be repeated by its seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        // Xorshift, by George Marsaglia.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).expect("small")).expect("small")
    }
}

const PEOPLE: [&str; 6] = ["adam", "dana", "theo", "vic", "mia", "noor"];
const ROLES: [&str; 5] = ["admin", "operator", "member", "auditor", "viewer"];
const GROUPS: usize = 4;

/// A directory with groups of random people, some inside others, and mappings of random roles and near priorities.
async fn random_team(app: &App, numbers: &mut Numbers, round: usize) -> Vec<String> {
    let team = app.team(&format!("Team {round}"), CONTOSO).await;
    let control = app.emulator.control();
    let mut groups: Vec<String> = Vec::new();
    for number in 0..GROUPS {
        let mut members: Vec<String> = PEOPLE
            .iter()
            .filter(|_| numbers.below(2) == 0)
            .map(|person| format!("{person}@contoso.com"))
            .collect();
        if number > 0 && numbers.below(3) == 0 {
            members.push(groups[numbers.below(number)].clone());
        }
        let mut group = SeedGroup::new(&format!("Random {round}-{number}"));
        group.members = members;
        groups.push(control.add_group(CONTOSO, &group).expect("a group").to_string());
    }
    for group in &groups[..GROUPS - 1] {
        let priority = u8::try_from(numbers.below(3)).expect("small");
        app.map(team, group, ROLES[numbers.below(5)], priority).await;
    }
    groups
}

/// Where roles can come from beside groups. Any of these may hold in a team.
const OTHERWISE: [&str; 4] = [
    "update member set role = 'viewer', role_source = 'invitation'
     where user_id in (select id from user_account where name = 'Theo Lund')",
    "update member set role = 'admin', role_source = 'invitation'
     where user_id in (select id from user_account where name = 'Vic Tran')",
    "update member set role = 'owner', role_source = 'owner'
     where user_id in (select id from user_account where email = 'noor@contoso.com')",
    "update member set role = 'operator', role_source = 'manual'
     where user_id in (select id from user_account where name = 'Dana Reyes')",
];

/// The changes that removing a mapping is said to bring.
async fn preview_of_removal(app: &App, admin: &Browser, id: &str) -> BTreeMap<String, String> {
    let token = Token::parse(&admin.cookie("session").expect("a session")).expect("a token");
    let person = match session::authenticate(&app.services, &token).await.expect("read") {
        Authentication::SignedIn(person) => person.administrator().expect("an admin"),
        other => panic!("{other:?}"),
    };
    let change = Change::Remove(id.parse().expect("an id"));
    let told = sonicsaas::service::mapping::preview(&app.services, &person, &change).await;
    let told = told.expect("told");
    assert_eq!(told.unknown, None);
    told.changes
        .iter()
        .map(|change| {
            (
                change.name.clone(),
                format!("{} → {}", change.from.role, change.to.role),
            )
        })
        .collect()
}

#[tokio::test]
async fn whatever_is_previewed_is_what_sign_in_then_does() {
    let fresh = sonicsaas::host::ids().token();
    let fresh = u64::from_str_radix(&fresh.expose()[..16], 16).expect("digits");
    for seed in [0x5eed_0001_u64, 0x5eed_0002, 0x5eed_0003, fresh] {
        let mut numbers = Numbers(seed);
        let app = App::with(Setup {
            from_many_places: true,
            ..Setup::default()
        })
        .await;
        let groups = random_team(&app, &mut numbers, 0).await;
        for person in PEOPLE {
            app.signed_in(&format!("{person}@contoso.com")).await;
        }
        app.execute(
            "update member set role = 'auditor', role_source = 'manual'
             where user_id in (select id from user_account where name = 'Mia Novak')",
        )
        .await;
        app.execute(
            "update member set role = 'admin', role_source = 'manual'
             where user_id in (select id from user_account where name = 'Adam Cole')",
        )
        .await;
        for statement in OTHERWISE {
            if numbers.below(2) == 0 {
                app.execute(statement).await;
            }
        }
        let adam = app.signed_in("adam@contoso.com").await;
        for _ in 0..4 {
            let rows = list(&adam).await;
            let free: Vec<_> = groups
                .iter()
                .filter(|group| rows.iter().all(|row| row["group_id"] != group.as_str()))
                .collect();
            let (role, priority) = (ROLES[numbers.below(5)], numbers.below(3).to_string());
            let act = match (free.is_empty(), rows.is_empty()) {
                (true, _) => 1 + numbers.below(2),
                (_, true) => 0,
                _ => numbers.below(3),
            };
            let (told, path, form) = if act == 2 {
                let id = rows[numbers.below(rows.len())]["id"].as_str().expect("an id");
                let told = preview_of_removal(&app, &adam, id).await;
                (told, routes::MAPPING_DELETE, vec![("id", id)])
            } else if act == 0 {
                let group = free[numbers.below(free.len())].as_str();
                let form = vec![
                    ("group_id", group),
                    ("role", role),
                    ("priority", priority.as_str()),
                ];
                (known(&preview(&adam, &form).await), routes::MAPPING_CREATE, form)
            } else {
                let at = numbers.below(rows.len());
                let id = rows[at]["id"].as_str().expect("an id");
                let form = vec![("id", id), ("role", role), ("priority", priority.as_str())];
                (known(&preview(&adam, &form).await), routes::MAPPING_UPDATE, form)
            };
            let mut before = BTreeMap::new();
            for person in PEOPLE {
                before.insert(person, role_of(&app, &format!("{person}@contoso.com")).await);
            }
            assert_eq!(post_json(&adam, path, &form).await.status, 200);
            let mut happened = BTreeMap::new();
            for person in PEOPLE {
                let address = format!("{person}@contoso.com");
                let browser = app.signed_in(&address).await;
                let viewer = browser.call(routes::VIEWER).await.json();
                let (name, after) = (viewer["name"].clone(), viewer["role"].clone());
                if before[person] != after {
                    let line = format!("{} → {}", before[person], after.as_str().expect("text"));
                    happened.insert(name.as_str().expect("text").to_owned(), line);
                }
            }
            assert_eq!(told, happened, "seed {seed:#x}, {path} {form:?}");
        }
        app.stop().await;
    }
}

#[tokio::test]
async fn a_mapping_that_is_removed_is_previewed_too() {
    let app = App::start().await;
    app.northwind().await;
    for person in ["theo@contoso.com", "dana@contoso.com"] {
        app.signed_in(person).await;
    }
    let adam = app.signed_in("adam@contoso.com").await;
    map(&adam, TECHNICIANS, "auditor", "30").await;
    let operators = row(&adam, OPERATORS).await;
    let id = operators["id"].as_str().expect("an id").to_owned();
    let told = preview_of_removal(&app, &adam, &id).await;
    let expected = [
        ("Dana Reyes", "operator → auditor"),
        ("Theo Lund", "operator → viewer"),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(name, change)| (name.to_owned(), change.to_owned()))
        .into();
    assert_eq!(told, expected);
    let gone = post_json(&adam, routes::MAPPING_DELETE, &[("id", &id)]).await;
    assert_eq!(gone.status, 200);
    assert_eq!(role_of(&app, "theo@contoso.com").await, "viewer");
    assert_eq!(role_of(&app, "dana@contoso.com").await, "auditor");
    app.stop().await;
}
