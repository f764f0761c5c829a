//! The application reads a directory: only a team's own, only after the proof, and only what was granted.

use std::time::Duration;

use entra_emulator::{Fault, MutatedToken, RetryAfter, TokenMutation};
use serde_json::json;
use sonicsaas::{
    domain::{
        id::TeamId,
        tenant::{ObjectId, TenantId, TenantName, VerificationPolicy},
    },
    entra::{Entra, FindTenantError},
    service::directory,
    storage::{HostOperator, InTeam as _, ProvenTenant},
};

use crate::app::{App, CONTOSO, FABRIKAM};

const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
const FABRIKAM_ADMINS: &str = "210c6d0c-8fff-4e80-8f1b-37a6a6a93557";

fn entra(app: &App) -> &Entra {
    app.services.entra.as_ref().expect("an app registration")
}

fn object(text: &str) -> ObjectId {
    text.parse().expect("an object ID")
}

fn tenant(text: &str) -> TenantId {
    text.parse().expect("a tenant ID")
}

async fn prove(app: &App, team: TeamId, policy: VerificationPolicy) -> Option<ProvenTenant> {
    let operator = HostOperator::on_this_machine();
    let proof = app.services.store.operate_on(&operator, team).await;
    let proof = proof.expect("read").expect("a team");
    let proven = app.services.store.prove_tenant(&proof, policy).await;
    proven.expect("read")
}

async fn proven(app: &App, team: TeamId) -> ProvenTenant {
    prove(app, team, VerificationPolicy::Directory)
        .await
        .expect("proven")
}

/// The next tokens of the application hold these rights.
fn grant(app: &App, roles: &[&str]) {
    let mut mutation = TokenMutation::claim("roles", json!(roles));
    mutation.token = MutatedToken::AccessToken;
    mutation.times = None;
    app.emulator.control().clear_mutations();
    app.emulator.control().mutate(mutation);
}

#[tokio::test]
async fn only_a_proven_tenant_opens() {
    let app = App::start().await;
    let team = app.team("Northwind MSP", CONTOSO).await;
    for policy in [
        VerificationPolicy::Directory,
        VerificationPolicy::Required,
        VerificationPolicy::Off,
    ] {
        let proof = prove(&app, team, policy).await.expect("proven");
        assert_eq!((proof.team(), proof.tenant()), (team, tenant(CONTOSO)));
    }
    app.register(team, CONTOSO, |draft| draft.enabled = false).await;
    assert!(
        prove(&app, team, VerificationPolicy::Directory).await.is_some(),
        "a pause of sign-in changes nothing about whose tenant it is"
    );
    app.register(team, FABRIKAM, |draft| draft.proven = false).await;
    for (policy, opens) in [
        (VerificationPolicy::Directory, false),
        (VerificationPolicy::Required, false),
        (VerificationPolicy::Off, true),
    ] {
        assert_eq!(prove(&app, team, policy).await.is_some(), opens, "{policy:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_team_reads_its_own_directory_and_no_other() {
    let app = App::start().await;
    let northwind = app.team("Northwind MSP", CONTOSO).await;
    let fabrikam = app.team("Fabrikam Field Services", FABRIKAM).await;
    let (ours, theirs) = (proven(&app, northwind).await, proven(&app, fabrikam).await);
    let ids = [object(OPERATORS), object(FABRIKAM_ADMINS)];
    let named = directory::groups_named(entra(&app), &ours, &ids)
        .await
        .expect("answered");
    let operators = named[&ids[0]].as_ref().expect("ours");
    assert_eq!(operators.name.as_deref(), Some("SonicSaaS-Operators"));
    assert!(operators.security_enabled && !operators.mail_enabled);
    assert_eq!(named[&ids[1]], None, "another tenant's group is not there");
    let named = directory::groups_named(entra(&app), &theirs, &ids)
        .await
        .expect("answered");
    assert!(named[&ids[0]].is_none() && named[&ids[1]].is_some());

    let found = directory::search_groups(entra(&app), &ours, "sonic oper")
        .await
        .expect("found");
    let labels: Vec<_> = found
        .groups
        .iter()
        .filter_map(|group| group.name.as_deref())
        .collect();
    assert_eq!(
        (labels.as_slice(), found.more),
        (&["SonicSaaS-Operators"][..], false)
    );
    let news = directory::search_groups(entra(&app), &ours, "company").await;
    let news = news.expect("answered").groups;
    assert_eq!(news.len(), 1, "a list for mail is found,");
    assert!(!news[0].security_enabled, "and is no security group");
    let many = directory::search_groups(entra(&app), &ours, "project").await;
    let many = many.expect("found");
    assert_eq!((many.groups.len(), many.more), (50, true));
    let hostile = directory::search_groups(entra(&app), &ours, "a\" OR \"displayName:sonic").await;
    assert!(hostile.expect("one literal").groups.is_empty(), "GRF-029");

    let none = directory::any_group(entra(&app), &ours).await;
    assert!(none.expect("answered").is_some());
    let log = app.emulator.control().log_of("token");
    let tenants: Vec<_> = log
        .iter()
        .map(|asked| asked.path.split('/').nth(1).expect("a tenant"))
        .collect();
    assert_eq!(
        tenants,
        [CONTOSO, FABRIKAM],
        "P213: one token for each, at its own tenant"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_name_that_is_withheld_is_no_refusal() {
    let app = App::start().await;
    let team = app.team("Northwind MSP", CONTOSO).await;
    let proof = proven(&app, team).await;
    for (roles, readable) in [
        (&["GroupMember.Read.All"][..], false),
        (&["GroupMember.Read.All", "User.Read.All"], true),
    ] {
        grant(&app, roles);
        let access = entra(&app)
            .fresh_application_access(tenant(CONTOSO))
            .await
            .expect("a token");
        assert_eq!(access.holds_any(&["User.Read.All"]), Some(readable));
        let seen = directory::first_member(entra(&app), &proof, object(OPERATORS)).await;
        let seen = seen.expect("answered").expect("somebody");
        assert_eq!(seen.name_readable, readable, "{roles:?}");
    }
    grant(&app, &["User.Read.All"]);
    entra(&app).forget_application_token(tenant(CONTOSO)).await;
    let refused = directory::first_member(entra(&app), &proof, object(OPERATORS)).await;
    assert_eq!(refused.expect_err("no right").status(), Some(403));
    let nobody = object("00000000-0000-4000-8000-000000000000");
    grant(&app, &["GroupMember.Read.All"]);
    let missing = directory::first_member(entra(&app), &proof, nobody).await;
    assert_eq!(missing.expect_err("not there").status(), Some(404));

    grant(&app, &["GroupMember.Read.All"]);
    entra(&app).forget_application_token(tenant(CONTOSO)).await;
    let withheld = directory::organization(entra(&app), &proof).await;
    assert_eq!(withheld.expect("no error"), None);
    grant(&app, &["Organization.Read.All"]);
    entra(&app).forget_application_token(tenant(CONTOSO)).await;
    let organization = directory::organization(entra(&app), &proof).await;
    let organization = organization.expect("answered").expect("permitted");
    let domain = organization.default_domain.expect("a default");
    assert_eq!(
        (
            organization.id,
            domain.as_str(),
            organization.display_name.as_deref()
        ),
        (tenant(CONTOSO), "contoso.com", Some("Contoso"))
    );
    app.stop().await;
}

/// A consent arrives in steps: first a token without `oid`, which Graph refuses, then one without `roles`.
#[tokio::test]
async fn a_consent_on_its_way_is_waited_for_and_then_seen() {
    let app = App::start().await;
    let team = app.team("Northwind MSP", CONTOSO).await;
    let proof = proven(&app, team).await;
    let control = app.emulator.control();
    control.with_settings(|settings| {
        settings.identity_propagation = 60;
        settings.roles_propagation = 60;
    });
    let now = app.services.now().as_seconds();
    control
        .with_tenant(CONTOSO, |tenant| tenant.installation.consented_at = now)
        .expect("a tenant");
    let access = async || {
        let access = entra(&app).fresh_application_access(tenant(CONTOSO)).await;
        let access = access.expect("a token");
        (access.established, access.roles.expect("readable").is_empty())
    };
    assert_eq!(access().await, (false, true), "no object yet");
    let failed = directory::any_group(entra(&app), &proof)
        .await
        .expect_err("too early");
    assert_eq!(
        (
            failed.status(),
            failed.microsoft().map(|said| said.error.as_str())
        ),
        (Some(401), Some("Authorization_IdentityNotFound"))
    );
    app.advance(Duration::from_secs(61));
    assert_eq!(access().await, (true, true), "no rights yet");
    let failed = directory::any_group(entra(&app), &proof)
        .await
        .expect_err("too early");
    assert_eq!(failed.status(), Some(403));
    app.advance(Duration::from_secs(61));
    let found = directory::any_group(entra(&app), &proof).await;
    assert!(
        found.expect("arrived").is_some(),
        "without anybody asking for a new token"
    );
    assert_eq!(access().await, (true, false));
    app.stop().await;
}

#[tokio::test]
async fn a_throttled_part_of_a_batch_is_waited_for() {
    let app = App::start().await;
    let team = app.team("Northwind MSP", CONTOSO).await;
    let proof = proven(&app, team).await;
    let mut fault = Fault::throttled("graph/groups/*", Some(RetryAfter::Text("0.2".to_owned())));
    fault.times = Some(1);
    app.emulator.control().fault(fault);
    let ids: Vec<ObjectId> = crate::app::NORTHWIND_MAPPINGS
        .iter()
        .map(|(group, ..)| object(group))
        .collect();
    let named = directory::groups_named(entra(&app), &proof, &ids).await;
    assert_eq!(named.expect("all of them").values().flatten().count(), 5);
    assert_eq!(app.emulator.control().log_of("graph/$batch").len(), 2);
    assert_eq!(
        app.emulator.control().log_of("graph/groups").len(),
        6,
        "one of them twice"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_tenant_is_found_by_its_id_and_by_its_domain() {
    let app = App::start().await;
    let find = async |typed: &str| {
        let name = TenantName::parse(typed).expect("a name");
        entra(&app).find_tenant(&name).await
    };
    for typed in [CONTOSO, "contoso.com", "CONTOSO.onmicrosoft.com"] {
        let found = find(typed).await.expect("there");
        assert_eq!(
            (found.tenant, found.government),
            (tenant(CONTOSO), false),
            "{typed}"
        );
    }
    for typed in ["contsoo.com", "00000000-0000-4000-8000-000000000000"] {
        let failed = find(typed).await.expect_err("not there");
        assert!(
            matches!(failed, FindTenantError::Unknown(_)),
            "{typed}: {failed:?}"
        );
        assert_eq!(failed.microsoft().and_then(|said| said.number), Some(90_002));
    }
    let control = app.emulator.control();
    control
        .with_tenant(CONTOSO, |tenant| {
            tenant.region_scope = "USGov".to_owned();
            tenant.region_sub_scope = Some("DODCON".to_owned());
        })
        .expect("a tenant");
    assert!(find(CONTOSO).await.expect("there").government);
    control.with_settings(|settings| {
        settings.issuer_origin = Some("https://login.partner.microsoftonline.cn".to_owned());
    });
    let failed = find(CONTOSO).await.expect_err("another cloud");
    assert!(matches!(failed, FindTenantError::OtherCloud(_)), "{failed:?}");
    control.fault(Fault::status("discovery", 503));
    let failed = find(CONTOSO).await.expect_err("no verdict");
    assert!(matches!(failed, FindTenantError::NotAnswered(_)), "{failed:?}");
    assert!(control.log_of("token").is_empty(), "no secret was sent");
    app.stop().await;
}
