//! Steps 4 and 5, what the application may read: by its token, then by reading.

use super::*;

const MEMBERS: &str = "GroupMember.Read.All and User.Read.All approved; members are readable";
const BY_DIRECTORY: &str = "Directory.Read.All approved; groups are readable. It opens more than SonicSaaS uses: Group.Read.All is enough";
const ASK: &str = "If Microsoft doesn't list it, the platform administrator must add it to the app first.";
const NO_GROUPS: &str = "Group.Read.All is missing. Searching groups by name is off; you can still add mappings by Object ID. Select Grant \
     admin consent. If Microsoft doesn't list it, the platform administrator must add it to the app first.";
const NO_NAMES: &str = "Missing: User.Read.All. View members and group invitations are off. Select Grant admin consent. If Microsoft doesn't \
     list it, the platform administrator must add it to the app first.";
const NO_MEMBERS: &str = "Missing: GroupMember.Read.All. View members and group invitations are off. Select Grant admin consent. If Microsoft \
     doesn't list it, the platform administrator must add it to the app first.";
const NEITHER: &str = "Missing: User.Read.All, GroupMember.Read.All. View members and group invitations are off. Select Grant admin consent. \
     If Microsoft doesn't list it, the platform administrator must add it to the app first.";

fn granted(permissions: &'static [&'static str]) -> impl Fn(&Control) {
    move |control| {
        let changed = control.with_tenant(CONTOSO, |tenant| {
            tenant.installation.application = permissions.iter().map(|&name| name.to_owned()).collect();
        });
        changed.expect("known");
    }
}

/// A save looks at the token alone, so it does not see what only reading shows.
fn unread(row: Row) -> Row {
    row.saved(Saved::Plainly)
}

#[tokio::test]
async fn each_missing_permission_is_named_with_what_it_turns_off() {
    assert!(NO_NAMES.ends_with(ASK));
    let missing = "permission_missing";
    run(vec![
        Row::new("nothing is granted", granted(&[]), "PPPWWN", (4, missing, NO_GROUPS)).also(5, missing, NEITHER),
        Row::new(
            "Group.Read.All is missing",
            granted(&["GroupMember.Read.All", "User.Read.All"]),
            "PPPWPN",
            (4, missing, NO_GROUPS),
        )
        .also(5, "works", MEMBERS),
        Row::new(
            "User.Read.All is missing",
            granted(&["Group.Read.All", "GroupMember.Read.All"]),
            "PPPPWN",
            (5, missing, NO_NAMES),
        )
        .also(4, "works", GROUPS),
        Row::new(
            "GroupMember.Read.All is missing",
            granted(&["Group.Read.All", "User.Read.All"]),
            "PPPPWN",
            (5, missing, NO_MEMBERS),
        ),
        Row::new(
            "only Group.Read.All",
            granted(&["Group.Read.All"]),
            "PPPPWN",
            (5, missing, NEITHER),
        ),
        Row::new(
            "one permission that stands in for all",
            granted(&["Directory.Read.All"]),
            "PPWPPN",
            (
                3,
                "over_privileged",
                "Token received. It opens more than SonicSaaS asks for and uses: Directory.Read.All. Once everything that \
                 is asked for is approved, an administrator of the tenant can take that back in Enterprise applications > \
                 SonicSaaS > Permissions.",
            ),
        )
        .also(4, "works_by_directory", BY_DIRECTORY),
        Row::new(
            "more than was asked for",
            granted(&["Group.Read.All", "GroupMember.Read.All", "User.Read.All", "Mail.Read", "Directory.Read.All"]),
            "PPWPPN",
            (
                3,
                "over_privileged",
                "Token received. It opens more than SonicSaaS asks for and uses: Directory.Read.All, Mail.Read. Once \
                 everything that is asked for is approved, an administrator of the tenant can take that back in Enterprise \
                 applications > SonicSaaS > Permissions.",
            ),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_approval_on_its_way_is_waited_for() {
    let given = |control: &Control, seconds: i64| {
        let now = control.now();
        control.with_settings(|settings| {
            settings.identity_propagation = 60;
            settings.roles_propagation = 60;
        });
        let changed = control.with_tenant(CONTOSO, |tenant| tenant.installation.consented_at = now - seconds);
        changed.expect("known");
    };
    let at_graph =
        |route: &'static str, status| move |control: &Control| control.fault(Fault::status(route, status));
    let arriving = "consent_propagating";
    run(vec![
        Row::new(
            "a token without its own object",
            move |control| given(control, 0),
            "PPPWWN",
            (4, arriving, PROPAGATING),
        )
        .also(5, arriving, PROPAGATING),
        Row::new(
            "a token without a permission",
            move |control| given(control, 60),
            "PPPWWN",
            (4, "permission_missing", NO_GROUPS),
        )
        .also(5, "permission_missing", NEITHER),
        unread(
            Row::new(
                "403 at Graph",
                at_graph("graph/groups", 403),
                "PPPWWN",
                (4, arriving, PROPAGATING),
            )
            .also(5, arriving, PROPAGATING),
        ),
        unread(
            Row::new(
                "401 at Graph",
                at_graph("graph/groups", 401),
                "PPPWWN",
                (4, arriving, PROPAGATING),
            )
            .also(5, arriving, PROPAGATING),
        ),
        unread(
            Row::new(
                "403 for members alone",
                at_graph("graph/groups/*/transitiveMembers", 403),
                "PPPPWN",
                (5, arriving, PROPAGATING),
            )
            .also(4, "works", GROUPS),
        ),
        unread(Row::new(
            "arrived",
            move |control| given(control, 120),
            "PPPPPN",
            (5, "works", MEMBERS),
        )),
    ])
    .await;
}

/// TNT-020 and what else shows only by reading.
#[tokio::test]
async fn what_only_reading_shows_is_told() {
    let nameless = json!({ "value": [{
        "@odata.type": "#microsoft.graph.user",
        "id": "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287",
        "displayName": null,
    }] });
    let other = json!({ "value": [{ "id": crate::app::FABRIKAM, "verifiedDomains": [] }] });
    run(vec![
        unread(Row::new(
            "the organization of another tenant",
            move |control| {
                let body = Some(other.to_string());
                control.fault(Fault {
                    body,
                    ..Fault::status("graph/organization", 200)
                });
            },
            "PPPFNN",
            (4, "tenant_mismatch", OTHER_TENANT),
        )),
        unread(Row::new(
            "members without names",
            move |control| control.fault(merged("graph/groups/*/transitiveMembers", &nameless)),
            "PPPPWN",
            (
                5,
                "names_unreadable",
                "Microsoft shows members without their names, as if User.Read.All were missing. View members and \
                 group invitations are off. Select Grant admin consent.",
            ),
        )),
        unread(Row::new(
            "a question that Graph does not take",
            |control| control.fault(Fault::status("graph/groups", 400)),
            "PPPFNN",
            (4, "refused", REFUSED),
        )),
        unread(Row::new(
            "a tenant without a group",
            |control| control.fault(merged("graph/groups", &json!({ "value": [] }))),
            "PPPPPN",
            (4, "works", GROUPS),
        )),
    ])
    .await;
}

#[tokio::test]
async fn a_graph_that_gives_no_answer_says_nothing_of_the_permissions() {
    let mut rows = Vec::new();
    for (what, fault, code, hint) in silences("graph/groups") {
        rows.push(unread(Row::new(
            what,
            move |control| control.fault(fault.clone()),
            "PPPWNN",
            (4, code, hint),
        )));
    }
    for (what, fault, code, hint) in silences("graph/groups/*/transitiveMembers") {
        rows.push(unread(Row::new(
            what,
            move |control| control.fault(fault.clone()),
            "PPPPWN",
            (5, code, hint),
        )));
    }
    // A page on another host is no sign of another cloud: the token came from this one.
    let elsewhere = Fault {
        body: Some(
            r#"{"value":[],"@odata.nextLink":"https://graph.example/v1.0/groups?$skiptoken=x"}"#.to_owned(),
        ),
        ..Fault::status("graph/groups", 200)
    };
    rows.push(unread(Row::new(
        "a further page on another host",
        move |control| control.fault(elsewhere.clone()),
        "PPPWNN",
        (4, "microsoft_trouble", TROUBLE),
    )));
    run(rows).await;
}
