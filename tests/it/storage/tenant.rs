//! Registrations of tenants and mappings of groups.

use std::collections::HashSet;

use sonicsaas::{
    domain::{
        audit::Action,
        id::MappingId,
        mapping::{MappingDraft, Priority},
        role::{MappableRole, Role},
        tenant::{ObjectId, Prover, Registration, TenantId, Verification},
    },
    storage::{InTeam, NewSession, OperatorInTeam, RegistrationDraft, StoreError},
};
use uuid::Uuid;

use super::{World, add, by_default, event, key, object, start, tenant};

fn draft(tenant: TenantId, verification: Verification) -> RegistrationDraft {
    RegistrationDraft {
        tenant,
        enabled: true,
        allow_guests: false,
        verification,
    }
}

fn proven(by: Prover) -> Verification {
    Verification::Proven { by, at: start() }
}

async fn save(
    world: &World,
    team: &impl InTeam,
    draft: RegistrationDraft,
) -> Result<Registration, StoreError> {
    let mut work = world.store.begin(team).await?;
    let saved = work.save_registration(draft).await?;
    work.commit(event(Action::TenantSaved)).await?;
    Ok(saved)
}

#[tokio::test]
async fn of_two_first_saves_the_second_waits_and_sees_the_first() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut first = world.store.begin(&team).await.expect("begun");
    assert_eq!(first.find_registration().await.expect("read"), None);
    let second = async {
        let mut second = world.store.begin(&team).await?;
        second.find_registration().await
    };
    tokio::pin!(second);
    let waited = tokio::time::timeout(std::time::Duration::from_millis(300), &mut second).await;
    assert!(waited.is_err(), "it waits for the first");
    let saved = first.save_registration(draft(tenant(1), Verification::Unverified));
    let saved = saved.await.expect("saved");
    first.commit(event(Action::TenantSaved)).await.expect("committed");
    assert_eq!(second.await.expect("read"), Some(saved));
}

#[tokio::test]
async fn a_registration_routes_its_tenant_to_its_team() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    world.team("Theirs").await;
    assert!(!world.store.is_expected(tenant(1)).await.expect("read"));
    assert!(
        world
            .store
            .find_signing_in(tenant(1))
            .await
            .expect("read")
            .is_none()
    );
    assert_eq!(world.store.find_registration(&team).await.expect("read"), None);

    let saved = save(&world, &team, draft(tenant(1), Verification::Unverified))
        .await
        .expect("saved");
    assert_eq!(
        (saved.tenant, saved.enabled, saved.allow_guests, saved.version),
        (tenant(1), true, false, 1)
    );
    assert!(world.store.is_expected(tenant(1)).await.expect("read"));
    assert!(!world.store.is_expected(tenant(2)).await.expect("read"));
    let proof = world
        .store
        .find_signing_in(tenant(1))
        .await
        .expect("read")
        .expect("expected");
    assert_eq!(
        (proof.team(), proof.team_name(), proof.registration()),
        (team.team(), "Ours", &saved)
    );
    assert_eq!(
        world.store.find_registration(&team).await.expect("read"),
        Some(saved)
    );
    world.end().await;
}

#[tokio::test]
async fn saving_again_changes_the_one_registration() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let first = save(&world, &team, draft(tenant(1), Verification::Unverified))
        .await
        .expect("saved");
    for by in [
        Prover::Member,
        Prover::DirectoryAdministrator,
        Prover::PlatformAdministrator,
    ] {
        let proven = RegistrationDraft {
            tenant: tenant(2),
            enabled: false,
            allow_guests: true,
            verification: proven(by),
        };
        let saved = save(&world, &team, proven).await.expect("saved");
        assert_eq!(
            (saved.id, saved.enabled, saved.allow_guests),
            (first.id, false, true)
        );
        assert_eq!(saved.verification, proven.verification);
        assert_eq!(
            world.store.find_registration(&team).await.expect("read"),
            Some(saved)
        );
    }
    let last = world
        .store
        .find_registration(&team)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(last.version, 4);
    assert!(
        !world.store.is_expected(tenant(1)).await.expect("read"),
        "the old tenant is free again"
    );
    world.end().await;
}

#[tokio::test]
async fn one_tenant_belongs_to_one_team() {
    let world = World::new().await;
    let ((ours, _), (theirs, _)) = (world.team("Ours").await, world.team("Theirs").await);
    let saved = save(&world, &ours, draft(tenant(1), Verification::Unverified))
        .await
        .expect("saved");
    let first_save = save(&world, &theirs, draft(tenant(1), Verification::Unverified)).await;
    assert!(matches!(first_save, Err(StoreError::Conflict)), "{first_save:?}");
    save(&world, &theirs, draft(tenant(2), Verification::Unverified))
        .await
        .expect("a tenant of their own");
    let change = save(&world, &theirs, draft(tenant(1), Verification::Unverified)).await;
    assert!(matches!(change, Err(StoreError::Conflict)), "{change:?}");
    assert_eq!(
        world.store.find_registration(&ours).await.expect("read"),
        Some(saved)
    );
    let kept = world
        .store
        .find_registration(&theirs)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (kept.tenant, kept.version),
        (tenant(2), 1),
        "the refused change left theirs as it was"
    );
    world.end().await;
}

/// Two teams save the same free tenant at the same moment, again and again: one of them has it in the end.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_save_one_tenant_at_once_one_has_it() {
    let world = World::new().await;
    let (ours, _) = world.team("Ours").await;
    let (theirs, _) = world.team("Theirs").await;
    for round in 0..10 {
        let draft = draft(tenant(round), Verification::Unverified);
        let (one, other) = tokio::join!(save(&world, &ours, draft), save(&world, &theirs, draft));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let refused = one.err().or(other.err());
        assert!(matches!(refused, Some(StoreError::Conflict)), "{refused:?}");
    }
    world.end().await;
}

async fn displace(world: &World, team: &OperatorInTeam, challenger: Prover) -> Result<bool, StoreError> {
    let mut work = world.store.begin(team).await?;
    let displaced = work.displace_registration(tenant(1), challenger).await?;
    work.save_registration(draft(tenant(1), proven(challenger)))
        .await?;
    work.commit(event(Action::TenantVerified)).await?;
    Ok(displaced)
}

#[tokio::test]
async fn a_claim_gives_way_to_a_stronger_proof() {
    use Prover::{DirectoryAdministrator, Member, PlatformAdministrator};
    let cases = [
        (Verification::Unverified, Member, true),
        (proven(Member), Member, false),
        (proven(Member), DirectoryAdministrator, true),
        (proven(DirectoryAdministrator), DirectoryAdministrator, false),
        (proven(PlatformAdministrator), DirectoryAdministrator, false),
        // The operator settles disputes, also one that was settled before.
        (proven(PlatformAdministrator), PlatformAdministrator, true),
    ];
    for (held, challenger, displaces) in cases {
        let world = World::new().await;
        let ((holder, _), (other, _)) = (world.team("Holder").await, world.team("Challenger").await);
        save(&world, &holder, draft(tenant(1), held))
            .await
            .expect("saved");
        let before = world.events(Some(holder.team())).await;
        let ended = displace(&world, &other, challenger).await;
        let owner = world
            .store
            .find_signing_in(tenant(1))
            .await
            .expect("read")
            .expect("one of them")
            .team();
        let after = world.events(Some(holder.team())).await;
        if displaces {
            assert!(matches!(ended, Ok(true)), "{held:?} {challenger:?}: {ended:?}");
            assert_eq!(owner, other.team());
            assert_eq!(world.store.find_registration(&holder).await.expect("read"), None);
            assert_eq!(after.len(), before.len() + 1);
            let last = after.last().expect("an event");
            assert_eq!(
                (last.action.as_str(), last.target_id.clone()),
                ("tenant.displaced", Some(tenant(1).to_string()))
            );
        } else {
            assert!(
                matches!(ended, Err(StoreError::Conflict)),
                "{held:?} {challenger:?}: {ended:?}"
            );
            assert_eq!((owner, after), (holder.team(), before));
        }
        world.end().await;
    }
}

#[tokio::test]
async fn whoever_loses_the_tenant_loses_its_sessions_too() {
    let world = World::new().await;
    let ((holder, _), (other, _)) = (world.team("Holder").await, world.team("Challenger").await);
    save(&world, &holder, draft(tenant(1), Verification::Unverified))
        .await
        .expect("saved");
    let mut work = world.store.begin(&holder).await.expect("begun");
    let user = add(&mut work, "Priya", by_default(Role::Member), key(1, 1))
        .await
        .expect("added");
    for (token, tenant_number) in [(1, 1), (2, 3)] {
        let session = NewSession {
            user,
            token_hash: [token; 32],
            method: "sso",
            identity: Some(key(tenant_number, 1)),
            microsoft_sid: None,
            began: start(),
        };
        work.insert_session(session).await.expect("a session");
    }
    work.commit(event(Action::SignIn)).await.expect("committed");
    displace(&world, &other, Prover::Member).await.expect("displaced");
    assert_eq!(
        world.look::<i64>("select count(*) from session").await,
        1,
        "the other tenant's session stays"
    );
    world.end().await;
}

#[tokio::test]
async fn nothing_is_displaced_where_nobody_else_has_the_tenant() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    assert!(
        !displace(&world, &team, Prover::Member)
            .await
            .expect("nobody has it")
    );
    assert!(
        !displace(&world, &team, Prover::Member)
            .await
            .expect("it is their own")
    );
    world.end().await;
}

#[tokio::test]
async fn a_work_sees_the_registration_it_will_change() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    assert_eq!(work.find_registration().await.expect("read"), None);
    let saved = work
        .save_registration(draft(tenant(1), Verification::Unverified))
        .await
        .expect("saved");
    assert_eq!(work.find_registration().await.expect("read"), Some(saved));
    drop(work);
    assert_eq!(world.store.find_registration(&team).await.expect("read"), None);
    world.end().await;
}

#[tokio::test]
async fn mappings_are_listed_by_priority_and_found_by_id() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let mut made = Vec::new();
    for (number, priority) in [0_u8, 100, 50].into_iter().enumerate() {
        let draft = MappingDraft {
            group: object(number as u128),
            group_name: Some(format!("MSP \0 O'Brien \"{number}\" 漢字")),
            role: MappableRole::try_from(Role::Auditor).expect("mappable"),
            priority: Priority::try_from(priority).expect("in range"),
        };
        made.push(work.insert_mapping(draft).await.expect("inserted"));
    }
    let of =
        |numbers: &[u128]| -> HashSet<ObjectId> { numbers.iter().map(|number| object(*number)).collect() };
    let mut within = work.list_mappings_of(&of(&[2, 7, 0])).await.expect("read");
    let none: HashSet<ObjectId> = HashSet::new();
    assert_eq!(work.list_mappings_of(&none).await.expect("read"), []);
    let many = (0..12_000).collect::<Vec<_>>();
    assert_eq!(work.list_mappings_of(&of(&many)).await.expect("read").len(), 3);
    work.commit(event(Action::MappingCreated))
        .await
        .expect("committed");

    let expected = [made[1].clone(), made[2].clone(), made[0].clone()];
    within.sort_by_key(|mapping| mapping.priority);
    assert_eq!(within, [made[0].clone(), made[2].clone()]);
    assert_eq!(world.store.list_mappings(&team).await.expect("read"), expected);
    for mapping in &made {
        let found = world.store.find_mapping(&team, mapping.id).await.expect("read");
        assert_eq!(found.as_ref(), Some(mapping));
    }
    let unknown = MappingId::from(Uuid::from_u128(1));
    assert_eq!(
        world.store.find_mapping(&team, unknown).await.expect("read"),
        None
    );
    assert_eq!(made[0].group_name.as_deref(), Some("MSP  O'Brien \"0\" 漢字"));
    world.end().await;
}

#[tokio::test]
async fn a_group_is_mapped_once_in_a_team() {
    let world = World::new().await;
    let ((ours, _), (theirs, _)) = (world.team("Ours").await, world.team("Theirs").await);
    let draft = || MappingDraft {
        group: object(1),
        group_name: None,
        role: MappableRole::MEMBER,
        priority: Priority::LOWEST,
    };
    for team in [&ours, &theirs] {
        let mut work = world.store.begin(team).await.expect("begun");
        work.insert_mapping(draft())
            .await
            .expect("each team maps it for itself");
        work.commit(event(Action::MappingCreated))
            .await
            .expect("committed");
    }
    let mut work = world.store.begin(&ours).await.expect("begun");
    let again = work.insert_mapping(draft()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    drop(work);
    world.end().await;
}
