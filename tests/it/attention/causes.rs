//! What withdrew, lost or kept something: permissions, tenants, roles.

use std::time::Duration;

use entra_emulator::Fault;

use super::{ADAM, overview, test_connection, told};
use crate::{
    app::{App, CONTOSO, FABRIKAM, Setup},
    tenant::owner_of_new_team,
};

#[tokio::test]
async fn a_permission_that_worked_and_is_refused_was_withdrawn() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    let control = app.emulator.control();
    let without = |permission: &'static str| {
        let changed = control.with_tenant(CONTOSO, |tenant| {
            tenant.installation.application.remove(permission);
        });
        changed.expect("known");
    };
    test_connection(&adam).await;
    app.advance(Duration::from_hours(30));
    let adam = app.signed_in(ADAM).await;
    without("Group.Read.All");
    test_connection(&adam).await;
    let page = overview(&adam).await;
    assert_eq!(
        page.items(),
        [
            "Admin consent was withdrawn: SonicSaaS could list groups on 4 Mar 2026 and can't now. Group search and View \
          members are off."
        ]
    );
    assert_eq!(page.actions(), ["Grant admin consent"]);

    let nobody = control.with_tenant(CONTOSO, |tenant| tenant.installation.service_principal = None);
    nobody.expect("known");
    test_connection(&adam).await;
    assert_eq!(told(&adam).await.len(), 2, "and then members too");
    app.stop().await;
}

#[tokio::test]
async fn a_permission_that_never_worked_was_not_withdrawn_and_one_that_works_again_is_not_either() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in(ADAM).await;
    let control = app.emulator.control();
    let change = |change: fn(&mut entra_emulator::Installation)| {
        let changed = control.with_tenant(CONTOSO, |tenant| change(&mut tenant.installation));
        changed.expect("known");
    };
    change(|installation| {
        installation.application.remove("Group.Read.All");
    });
    test_connection(&adam).await;
    assert_eq!(told(&adam).await, Vec::<String>::new());
    change(|installation| {
        installation.application.insert("Group.Read.All".to_owned());
    });
    test_connection(&adam).await;
    change(|installation| {
        installation.application.remove("Group.Read.All");
    });
    test_connection(&adam).await;
    assert_eq!(told(&adam).await.len(), 1);
    change(|installation| {
        installation.application.insert("Group.Read.All".to_owned());
    });
    test_connection(&adam).await;
    assert_eq!(told(&adam).await, Vec::<String>::new());
    app.stop().await;
}

#[tokio::test]
async fn ownership_that_is_not_proven_and_a_tenant_that_was_lost() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    let page = overview(&owner).await;
    assert_eq!(
        page.items(),
        [
            "Ownership of tenant 3f2a9c1e-…-6f70 isn't verified. Group search, group names, member lists and group \
          invitations wait for it."
        ]
    );
    assert_eq!(page.actions(), ["Verify ownership"]);

    app.team("Lakeside IT", CONTOSO).await;
    let page = overview(&owner).await;
    assert_eq!(
        page.items(),
        [
            "Another team proved that it owns tenant 3f2a9c1e-…-6f70. It was removed here on 4 Mar 2026, and people can't \
          sign in with Microsoft."
        ]
    );
    assert_eq!(page.actions(), ["View integration"]);
    app.register(team, FABRIKAM, |_| {}).await;
    assert_eq!(told(&owner).await, Vec::<String>::new());
    app.stop().await;

    let app = App::with(Setup {
        environment: vec![("ENTRA_TENANT_VERIFICATION", "required".to_owned())],
        ..Setup::default()
    })
    .await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    assert!(told(&owner).await[0].ends_with("isn't verified. Microsoft sign-in waits for it."));
    app.stop().await;
}

#[tokio::test]
async fn a_role_that_is_kept_says_until_when_and_what_follows() {
    let app = App::start().await;
    app.northwind().await;
    // In 250 groups, one of them mapped to operator.
    app.signed_in("olga@contoso.com").await;
    for route in ["graph/me", "graph/users"] {
        app.emulator.control().fault(Fault {
            route: route.to_owned(),
            status: Some(403),
            body: Some(r#"{"error":{"code":"Authorization_RequestDenied","message":"No."}}"#.to_owned()),
            ..Fault::default()
        });
    }
    app.advance(Duration::from_hours(1));
    let olga = app.signed_in("olga@contoso.com").await;
    assert_eq!(app.last_event("sign_in").await.detail("groups_from"), "stale");
    drop(olga);
    let adam = app.signed_in(ADAM).await;
    let items = told(&adam).await;
    assert_eq!(items.len(), 1, "{items:?}");
    assert!(
        items[0].ends_with(
            "is in too many groups for a sign-in, and Microsoft Graph refused the list. The role of 4 Mar 2026 \
             (Operator) holds until 5 Mar 2026, 14:02 UTC; after that sign-in is refused."
        ),
        "{items:?}"
    );
    app.advance(Duration::from_hours(24));
    let adam = app.signed_in(ADAM).await;
    assert!(
        told(&adam).await[0].ends_with("held until 5 Mar 2026, 14:02 UTC; since then sign-in is refused.")
    );
    app.emulator.control().clear_faults();
    app.signed_in("olga@contoso.com").await;
    assert_eq!(told(&adam).await, Vec::<String>::new(), "read again, all is well");
    app.stop().await;
}
