//! Who is in a group, and how little of them is shown without a permission for people.

use entra_emulator::{MutatedToken, Thing, ThingKind, TokenMutation};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    client::{Answer, get_graph, get_with},
    graph::{assert_refused, ids},
    start::{Running, names, text},
};

const DEVICE: &str = "d0000000-0000-4000-8000-000000000001";
const SERVICE: &str = "d0000000-0000-4000-8000-000000000002";

pub(crate) async fn with_roles(running: &Running, roles: &[&str]) -> String {
    let mut mutation = TokenMutation::claim("roles", json!(roles));
    mutation.token = MutatedToken::AccessToken;
    running.control.mutate(mutation);
    running.app_token("contoso.com").await
}

/// The address of a group's members.
fn members(running: &Running, group: &str, path: &str) -> String {
    let id = running
        .control
        .with_group("contoso.com", group, |group| group.id)
        .expect("a group");
    running.graph(&format!("groups/{id}/{path}"))
}

async fn eventual(address: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    get_with(address, &headers).await
}

fn kinds(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let value = answer.json()["value"].clone();
    let members = value.as_array().expect("a list").iter();
    let mut kinds = members
        .map(|member| text(&member["@odata.type"]))
        .collect::<Vec<_>>();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Puts a machine and an application into the operators' group.
fn add_things(running: &Running) {
    let things = [
        (DEVICE, ThingKind::Device),
        (SERVICE, ThingKind::ServicePrincipal),
    ];
    let things = things.map(|(id, kind)| Thing {
        id: id.parse().expect("an id"),
        kind,
        name: "Printer 7".to_owned(),
    });
    let ids = things.iter().map(|thing| thing.id).collect::<Vec<Uuid>>();
    running
        .control
        .with_tenant("contoso.com", |tenant| tenant.things.extend(things))
        .expect("a tenant");
    running
        .control
        .with_group("contoso.com", "SonicSaaS-Operators", |group| {
            group.members.extend(ids);
        })
        .expect("a group");
}

/// 30
#[tokio::test]
async fn members_are_direct_or_flattened_and_of_every_type() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    add_things(&running);
    let group = "SonicSaaS-Operators";
    let direct = get_graph(&members(&running, group, "members"), &app).await;
    assert_eq!(
        kinds(&direct),
        ["device", "group", "user"].map(|kind| format!("#microsoft.graph.{kind}")),
        "no service principals, as is known"
    );
    let all = get_graph(&members(&running, group, "transitiveMembers"), &app).await;
    assert!(kinds(&all).contains(&"#microsoft.graph.servicePrincipal".to_owned()));
    let nils = running
        .control
        .with_user("contoso.com", "nils@contoso.com", |user| user.id.to_string())
        .expect("a user");
    assert!(ids(&all).contains(&nils) && !ids(&direct).contains(&nils));
    let unique = ids(&all).into_iter().collect::<std::collections::HashSet<_>>();
    assert_eq!(unique.len(), ids(&all).len(), "each object once");
    let context = text(&direct.json()["@odata.context"]);
    assert!(context.ends_with("$metadata#directoryObjects"), "{context}");

    let circle = |of: &str, holds: &str| {
        running
            .control
            .add_member("contoso.com", of, holds)
            .expect("a member");
    };
    circle("Field Technicians", group);
    let all = get_graph(&members(&running, group, "transitiveMembers"), &app).await;
    assert_eq!(all.status, 200, "groups that hold each other end");
}

/// 30
#[tokio::test]
async fn without_a_permission_for_people_only_their_ids_are_there() {
    let running = Running::start().await;
    add_things(&running);
    let address = members(&running, "SonicSaaS-Operators", "members");
    for (role, people) in [
        ("GroupMember.Read.All", false),
        ("Group.Read.All", false),
        ("GroupMember.ReadBasic.All", false),
        ("Directory.Read.All", true),
    ] {
        let token = with_roles(&running, &[role]).await;
        let answer = get_graph(&address, &token).await;
        assert_eq!(answer.status, 200, "never a refusal: {}", answer.body);
        for member in answer.json()["value"].as_array().expect("a list") {
            let kind = text(&member["@odata.type"]);
            let visible = people || (kind.ends_with("group") && role != "GroupMember.ReadBasic.All");
            assert!(member["id"].is_string());
            assert_eq!(member["displayName"].is_string(), visible, "{role}: {member}");
            assert!(
                names(member).contains(&"displayName"),
                "null, and there: {member}"
            );
        }
    }
    for role in ["User.Read.All", "User.ReadBasic.All"] {
        let token = with_roles(&running, &["GroupMember.Read.All", role]).await;
        let selected = format!("{address}?$select=id,displayName");
        let answer = get_graph(&selected, &token).await.json();
        let people = answer["value"].as_array().expect("a list").iter();
        let mut people = people.filter(|member| member["@odata.type"] == "#microsoft.graph.user");
        assert!(people.all(|person| person["displayName"].is_string()), "{answer}");
        let device = answer["value"].as_array().expect("a list").iter();
        let device = device.filter(|member| member["id"] == DEVICE).collect::<Vec<_>>();
        assert_eq!(device[0]["displayName"], Value::Null);
    }
    for roles in [&["User.Read.All"][..], &["Group.ReadBasic.All"], &[]] {
        let token = with_roles(&running, roles).await;
        assert_refused(
            &get_graph(&address, &token).await,
            403,
            "Authorization_RequestDenied",
        );
    }
}

/// 30
#[tokio::test]
async fn hidden_members_are_not_there() {
    let running = Running::start().await;
    let address = members(&running, "Board Papers", "members");
    let token = with_roles(&running, &["GroupMember.Read.All", "User.Read.All"]).await;
    assert!(ids(&get_graph(&address, &token).await).is_empty());
    let token = with_roles(&running, &["GroupMember.Read.All", "Member.Read.Hidden"]).await;
    assert_eq!(ids(&get_graph(&address, &token).await).len(), 1);

    // Nor through a group that holds a hidden one.
    let count = async |roles: &[&str]| {
        let token = with_roles(&running, roles).await;
        ids(&get_graph(&members(&running, "Outer", "transitiveMembers"), &token).await).len()
    };
    let mut outer = entra_emulator::SeedGroup::new("Outer");
    outer.members.push("Board Papers".to_owned());
    running
        .control
        .add_group("contoso.com", &outer)
        .expect("a new group");
    assert_eq!(
        count(&["GroupMember.Read.All"]).await,
        1,
        "the group, and not who is in it"
    );
    assert_eq!(count(&["GroupMember.Read.All", "Member.Read.Hidden"]).await, 2);
}

/// 28, 35
#[tokio::test]
async fn members_are_counted_filtered_and_searched_with_the_header_from_an_index_that_lags() {
    let running = Running::start().await;
    running
        .control
        .set_clock(entra_emulator::ClockSetting::Fixed(1_800_000_000));
    let app = running.app_token("contoso.com").await;
    let address = |path: &str| members(&running, "SonicSaaS-Operators", path);
    let bare = get_graph(&address("transitiveMembers/$count"), &app).await;
    assert_refused(&bare, 400, "Request_BadRequest");
    let count = async |path: &str| eventual(&address(path), &app).await.body;
    assert_eq!(count("transitiveMembers/$count").await, "5");
    assert_eq!(count("transitiveMembers/microsoft.graph.user/$count").await, "4");
    assert_eq!(count("members/microsoft.graph.group/$count").await, "1");

    let found = async |query: &str| {
        let path = format!("transitiveMembers/microsoft.graph.user?$count=true&{query}").replace(' ', "%20");
        let answer = eventual(&address(&path), &app).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let value = answer.json()["value"].clone();
        let people = value.as_array().expect("a list").iter();
        people
            .map(|person| text(&person["displayName"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("$search=%22displayName:nils%22").await.len(), 1);
    assert_eq!(
        found("$filter=userPrincipalName eq 'nils@contoso.com'")
            .await
            .len(),
        1
    );
    let sorted = found("$orderby=displayName").await;
    assert_eq!(sorted.len(), 4);
    assert!(sorted.is_sorted(), "{sorted:?}");

    running.control.with_settings(|settings| settings.index_lag = 60);
    running
        .control
        .add_member("contoso.com", "SonicSaaS-Operators", "zoe@contoso.com")
        .expect("a member");
    let plain = get_graph(&address("transitiveMembers"), &app).await;
    assert_eq!(ids(&plain).len(), 6, "the directory itself knows at once");
    assert_eq!(count("transitiveMembers/$count").await, "5", "the index does not");
    running
        .control
        .set_clock(entra_emulator::ClockSetting::Advance(60));
    assert_eq!(count("transitiveMembers/$count").await, "6");
}

/// 28
#[tokio::test]
async fn a_cast_without_its_header_breaks_off_at_the_second_page() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let path = "transitiveMembers/microsoft.graph.user?$select=id,displayName&$top=1";
    let address = members(&running, "SonicSaaS-Operators", path);
    let first = get_graph(&address, &app).await.json();
    assert_eq!(names(&first["value"][0]), ["displayName", "id"], "no type");
    assert!(text(&first["@odata.context"]).ends_with("$metadata#users(id,displayName)"));
    let second = get_graph(&text(&first["@odata.nextLink"]), &app).await;
    assert_refused(&second, 400, "Request_UnsupportedQuery");

    let counted = eventual(&format!("{address}&$count=true"), &app).await.json();
    assert_eq!(counted["@odata.count"], 4, "{counted}");
    let second = eventual(&text(&counted["@odata.nextLink"]), &app).await;
    assert_eq!(ids(&second).len(), 1);
    assert!(
        second.json().get("@odata.count").is_none(),
        "on the first page only"
    );

    let groups = members(&running, "SonicSaaS-Operators", "members/microsoft.graph.group");
    assert_eq!(ids(&get_graph(&groups, &app).await).len(), 1);
    for path in ["members/microsoft.graph.robot", "owners", "members/x/y"] {
        let answer = get_graph(&members(&running, "SonicSaaS-Operators", path), &app).await;
        assert_refused(&answer, 400, "BadRequest");
    }
    for query in ["$search=%22displayName:a%22", "$filter=id eq 'x'"] {
        let path = format!("members?{query}").replace(' ', "%20");
        let answer = get_graph(&members(&running, "SonicSaaS-Operators", &path), &app).await;
        assert_refused(&answer, 400, "Request_UnsupportedQuery");
    }
}

#[tokio::test]
async fn members_come_in_pages_and_of_existing_groups_alone() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let mut crowd = entra_emulator::SeedGroup::new("Crowd");
    crowd.generated_members = 1100;
    running
        .control
        .add_group("contoso.com", &crowd)
        .expect("a new group");
    let address = members(&running, "Crowd", "members");
    assert_eq!(ids(&get_graph(&address, &app).await).len(), 100, "the default");
    let most = get_graph(&format!("{address}?$top=999&$select=id"), &app).await;
    assert_eq!(ids(&most).len(), 999);
    let rest = get_graph(&text(&most.json()["@odata.nextLink"]), &app).await;
    assert_eq!(ids(&rest).len(), 101);
    assert!(rest.json().get("@odata.nextLink").is_none());
    for query in ["$top=1000", "$skip=1"] {
        assert_eq!(get_graph(&format!("{address}?{query}"), &app).await.status, 400);
    }
    let nobody = running.graph("groups/00000000-0000-4000-8000-000000000000/members");
    assert_refused(&get_graph(&nobody, &app).await, 404, "Request_ResourceNotFound");
    assert_refused(
        &get_graph(&running.graph("groups/crowd/members"), &app).await,
        400,
        "Request_BadRequest",
    );
    let guest = running.delegated("contoso.com", "sam@litware.example").await;
    assert_refused(
        &get_graph(&address, &guest).await,
        403,
        "Authorization_RequestDenied",
    );
    let fabrikam = running.app_token("fabrikam.com").await;
    assert_refused(
        &get_graph(&address, &fabrikam).await,
        404,
        "Request_ResourceNotFound",
    );
}
