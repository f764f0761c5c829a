//! Members and their identities.

use std::time::Duration;

use sonicsaas::{
    domain::{
        audit::Action,
        id::{MappingId, UserId},
        member::Standing,
        role::{HeldRole, Role, RoleSource},
    },
    storage::{GroupFacts, InTeam as _, NewMember, SignInLabels, Store, StoreError},
};
use uuid::Uuid;

use super::{World, add, by_default, event, key, start};

#[tokio::test]
async fn a_member_is_found_by_identity_and_by_nothing_else() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let held = HeldRole {
        role: Role::Auditor,
        source: RoleSource::Group(MappingId::from(Uuid::from_u128(9))),
    };
    let new = NewMember {
        name: "Zoë \0 漢字",
        email: None,
        held,
        guest: true,
    };
    let user = work.insert_member(new, start()).await.expect("a member");
    work.insert_identity(user, key(1, 1), "sub\0ject")
        .await
        .expect("an identity");
    let found = work
        .find_member_by_identity(key(1, 1))
        .await
        .expect("read")
        .expect("there");
    assert_eq!(found.subject, "subject");
    let member = found.member;
    assert_eq!((member.user, member.team, member.held), (user, team.team(), held));
    assert_eq!((member.name.as_str(), member.email), ("Zoë  漢字", None));
    assert_eq!(
        (member.standing, member.guest, member.last_sign_in),
        (Standing::Active, true, Some(start()))
    );
    for other in [key(1, 2), key(2, 1)] {
        assert!(work.find_member_by_identity(other).await.expect("read").is_none());
    }
    work.commit(event(Action::MemberProvisioned))
        .await
        .expect("committed");
    world.end().await;
}

#[tokio::test]
async fn an_identity_belongs_to_one_user_on_the_whole_platform() {
    let world = World::new().await;
    let ((ours, _), (theirs, _)) = (world.team("Ours").await, world.team("Theirs").await);
    let mut work = world.store.begin(&ours).await.expect("begun");
    add(&mut work, "Priya", by_default(Role::Member), key(1, 1))
        .await
        .expect("added");
    work.commit(event(Action::MemberProvisioned))
        .await
        .expect("committed");
    let mut work = world.store.begin(&ours).await.expect("begun");
    let again = add(&mut work, "Priya", by_default(Role::Member), key(1, 1)).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    drop(work);
    let mut work = world.store.begin(&theirs).await.expect("begun");
    assert!(
        work.find_member_by_identity(key(1, 1))
            .await
            .expect("read")
            .is_none(),
        "another team's member"
    );
    add(&mut work, "Priya", by_default(Role::Member), key(1, 2))
        .await
        .expect("the same address is no obstacle");
    // A tenant that has moved takes its people along: here they are new, and there nobody has the identity any more.
    add(&mut work, "Priya", by_default(Role::Member), key(1, 1))
        .await
        .expect("moved");
    work.commit(event(Action::MemberProvisioned))
        .await
        .expect("committed");
    let mut work = world.store.begin(&ours).await.expect("begun");
    assert!(
        work.find_member_by_identity(key(1, 1))
            .await
            .expect("read")
            .is_none()
    );
    drop(work);
    world.end().await;
}

#[tokio::test]
async fn a_sign_in_refreshes_labels_role_and_time() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let user = add(&mut work, "Priya", by_default(Role::Member), key(1, 1))
        .await
        .expect("added");
    let labels = SignInLabels {
        name: "Priya\0 Sharma",
        email: Some("p\0riya@example.com"),
        guest: true,
    };
    let held = HeldRole {
        role: Role::Viewer,
        source: RoleSource::Group(MappingId::from(Uuid::from_u128(7))),
    };
    let later = start().plus(Duration::from_mins(1));
    work.update_member_at_sign_in(user, labels, held, later)
        .await
        .expect("updated");
    let member = work
        .find_member_by_identity(key(1, 1))
        .await
        .expect("read")
        .expect("there")
        .member;
    assert_eq!(
        (member.name.as_str(), member.email.as_deref()),
        ("Priya Sharma", Some("priya@example.com"))
    );
    assert_eq!(
        (member.held, member.guest, member.last_sign_in),
        (held, true, Some(later))
    );
    let unknown = UserId::from(Uuid::from_u128(1));
    let missing = work.update_member_at_sign_in(unknown, labels, held, later).await;
    assert!(matches!(missing, Err(StoreError::Missing)), "{missing:?}");
    drop(work);
    world.end().await;
}

/// The domain never decides this; if it ever did, the database would refuse it.
#[tokio::test]
async fn the_database_takes_no_owner_from_a_group() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    let labels = SignInLabels {
        name: "Olivia",
        email: None,
        guest: false,
    };
    let group = RoleSource::Group(MappingId::from(Uuid::from_u128(7)));
    for wrong in [
        HeldRole {
            role: Role::Owner,
            source: group,
        },
        HeldRole {
            role: Role::Owner,
            source: RoleSource::Default,
        },
        HeldRole {
            role: Role::Admin,
            source: RoleSource::Owner,
        },
    ] {
        let mut work = world.store.begin(&team).await.expect("begun");
        let refused = work.update_member_at_sign_in(owner, labels, wrong, start()).await;
        assert!(
            matches!(refused, Err(StoreError::Database(_))),
            "{wrong:?}: {refused:?}"
        );
    }
    let mut work = world.store.begin(&team).await.expect("begun");
    let right = HeldRole {
        role: Role::Owner,
        source: RoleSource::Owner,
    };
    work.update_member_at_sign_in(owner, labels, right, start())
        .await
        .expect("an owner stays one");
    work.commit(event(Action::SignIn)).await.expect("committed");
    world.end().await;
}

#[tokio::test]
async fn owners_are_named_and_nobody_else() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let owner = HeldRole {
        role: Role::Owner,
        source: RoleSource::Owner,
    };
    add(&mut work, "Anna", owner, key(1, 1)).await.expect("added");
    add(&mut work, "Bert", by_default(Role::Admin), key(1, 2))
        .await
        .expect("added");
    work.commit(event(Action::MemberProvisioned))
        .await
        .expect("committed");
    assert_eq!(
        world.store.owner_names(&team).await.expect("read"),
        ["Anna", "Olivia Owner"]
    );
    world.end().await;
}

#[tokio::test]
async fn what_was_read_about_groups_is_remembered_once() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    let (one, two) = (
        MappingId::from(Uuid::from_u128(1)),
        MappingId::from(Uuid::from_u128(2)),
    );
    for facts in [
        GroupFacts {
            read_at: start(),
            from: "graph",
            matched: vec![one, two],
        },
        GroupFacts {
            read_at: start().plus(Duration::from_secs(1)),
            from: "token",
            matched: vec![],
        },
    ] {
        let mut work = world.store.begin(&team).await.expect("begun");
        work.record_groups(owner, &facts).await.expect("recorded");
        work.commit(event(Action::SignIn)).await.expect("committed");
        assert_eq!(world.look::<i64>("select count(*) from member_groups").await, 1);
        assert_eq!(
            world.look::<i64>("select read_at from member_groups").await,
            facts.read_at.as_micros()
        );
        assert_eq!(
            world.look::<String>("select read_from from member_groups").await,
            facts.from
        );
        let expected: Vec<_> = facts.matched.iter().map(MappingId::to_string).collect();
        assert_eq!(
            world.look::<String>("select matched from member_groups").await,
            expected.join(",")
        );
    }
    world.end().await;
}

/// What a first sign-in does, tried again when another one was faster.
async fn sign_in(store: Store, team: sonicsaas::storage::OperatorInTeam) -> UserId {
    loop {
        let mut work = store.begin(&team).await.expect("begun");
        if let Some(found) = work.find_member_by_identity(key(1, 1)).await.expect("read") {
            work.commit(event(Action::SignIn)).await.expect("committed");
            return found.member.user;
        }
        match add(&mut work, "Priya", by_default(Role::Member), key(1, 1)).await {
            Ok(user) => match work.commit(event(Action::MemberProvisioned)).await {
                Ok(_) => return user,
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            },
            Err(error) => assert!(
                matches!(error, StoreError::Conflict) || error.is_retryable(),
                "{error:?}"
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_first_sign_ins_at_once_make_one_user() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        tasks.spawn(sign_in(world.store.clone(), team));
    }
    let users = tasks.join_all().await;
    assert_eq!(users, vec![users[0]; 8]);
    assert_eq!(
        world.look::<i64>("select count(*) from user_account").await,
        2,
        "the owner and one more"
    );
    let events = world.events(Some(team.team())).await;
    let of = |action: &str| events.iter().filter(|event| event.action == action).count();
    assert_eq!((of("member.provisioned"), of("sign_in")), (2, 7));
    world.end().await;
}

/// Each reads what is there and writes what follows from it. Without a lock some would write over others.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_was_found_stays_as_it_was_found() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    add(&mut work, "0", by_default(Role::Member), key(1, 1))
        .await
        .expect("added");
    work.commit(event(Action::MemberProvisioned))
        .await
        .expect("committed");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let store = world.store.clone();
        tasks.spawn(async move {
            let mut work = store.begin(&team).await.expect("begun");
            let member = work
                .find_member_by_identity(key(1, 1))
                .await
                .expect("read")
                .expect("there")
                .member;
            let next = member
                .last_sign_in
                .map(|at| at.plus(Duration::from_secs(1)))
                .expect("a time");
            let labels = SignInLabels {
                name: "Priya",
                email: None,
                guest: false,
            };
            work.update_member_at_sign_in(member.user, labels, member.held, next)
                .await
                .expect("updated");
            work.commit(event(Action::SignIn)).await.expect("committed");
        });
    }
    tasks.join_all().await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let member = work
        .find_member_by_identity(key(1, 1))
        .await
        .expect("read")
        .expect("there")
        .member;
    assert_eq!(member.last_sign_in, Some(start().plus(Duration::from_secs(12))));
    drop(work);
    world.end().await;
}
