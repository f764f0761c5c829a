//! Rules of invitations.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::tenant::ObjectId;

fn object(number: u128) -> ObjectId {
    ObjectId::from(Uuid::from_u128(number))
}

fn candidate(number: u128) -> Candidate {
    Candidate {
        object: object(number),
        name: Some(format!("Person {number}")),
        email: Some(format!("person{number}@contoso.com")),
        readable: true,
        disabled: false,
        guest: false,
    }
}

const MAILED: Terms = Terms {
    mailed: true,
    allow_guests: false,
};

fn present(members: &[u128], invited: &[u128]) -> Present {
    let set = |numbers: &[u128]| numbers.iter().copied().map(object).collect();
    Present {
        members: set(members),
        invited: set(invited),
    }
}

#[test]
fn each_reason_has_its_person() {
    let people = vec![
        candidate(1),
        candidate(2),
        candidate(3),
        Candidate {
            email: None,
            ..candidate(4)
        },
        Candidate {
            disabled: true,
            ..candidate(5)
        },
        Candidate {
            guest: true,
            ..candidate(6)
        },
        Candidate {
            name: None,
            email: None,
            readable: false,
            ..candidate(7)
        },
    ];
    let there = present(&[1], &[2]);
    let reasons = |wanted: &Wanted, terms| -> Vec<_> {
        plan(wanted, people.clone(), &there, terms)
            .into_iter()
            .map(|it| (it.object, it.skipped))
            .collect()
    };
    let chosen = Wanted::These((1..=8).map(object).collect());
    assert_eq!(
        reasons(&chosen, MAILED),
        vec![
            (object(1), Some(Reason::AlreadyMember)),
            (object(2), Some(Reason::AlreadyInvited)),
            (object(3), None),
            (object(4), Some(Reason::NoAddress)),
            (object(5), Some(Reason::Disabled)),
            (object(6), Some(Reason::Guest)),
            (object(7), Some(Reason::Unreadable)),
            (object(8), Some(Reason::NotInGroup)),
        ]
    );
    let all: Vec<_> = reasons(&Wanted::All, MAILED)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(all, (3..=7).map(object).collect::<Vec<_>>());
    let links = Terms {
        mailed: false,
        allow_guests: true,
    };
    let to_invite = reasons(&Wanted::All, links)
        .into_iter()
        .filter(|(_, skipped)| skipped.is_none());
    assert_eq!(
        to_invite.map(|(id, _)| id).collect::<Vec<_>>(),
        vec![object(3), object(4), object(6)]
    );
}

#[test]
fn an_invitation_ends_by_itself() {
    let made = Timestamp::from_micros(0);
    let invitation = Invitation {
        id: InvitationId::from(Uuid::from_u128(1)),
        team: TeamId::from(Uuid::from_u128(2)),
        role: Role::Viewer,
        mapping: None,
        identity: None,
        account: None,
        name: None,
        email: Some("dana@contoso.com".to_owned()),
        invited_by: None,
        invited_by_name: None,
        made,
        expires: made.plus(LIFETIME),
        noted: State::Pending,
    };
    let last = made.plus(LIFETIME).minus(Duration::from_micros(1));
    assert_eq!(invitation.state(last), State::Pending);
    assert_eq!(invitation.state(made.plus(LIFETIME)), State::Expired);
    let revoked = Invitation {
        noted: State::Revoked,
        ..invitation
    };
    assert_eq!(revoked.state(made.plus(LIFETIME)), State::Revoked);
}

#[test]
fn an_invitation_gives_what_still_stands_behind_it() {
    let mapped = |role: Role| Given::Role(MappableRole::try_from(role).expect("mappable"));
    let now = |given, inviter| role_now(Role::Admin, Backing { given, inviter });
    assert_eq!(now(mapped(Role::Admin), false), Some(Role::Admin));
    assert_eq!(now(mapped(Role::Viewer), true), Some(Role::Viewer));
    assert_eq!(now(Given::Gone, true), None);
    assert_eq!(now(Given::NoGroup, true), Some(Role::Admin));
    assert_eq!(now(Given::NoGroup, false), None);
    let capped = Backing {
        given: mapped(Role::Admin),
        inviter: true,
    };
    assert_eq!(role_now(Role::Viewer, capped), Some(Role::Viewer));
}

#[test]
fn pauses_grow_and_end() {
    let pauses: Vec<_> = (1..).map_while(pause_after).collect();
    assert!(pauses.is_sorted());
    assert_eq!(pauses.first(), Some(&Duration::from_secs(2)));
    assert_eq!(pauses.last(), Some(&Duration::from_mins(10)));
    assert!(pauses.iter().sum::<Duration>() > Duration::from_mins(30));
    assert_eq!(pause_after(u32::MAX), None);
}

#[test]
fn words_survive_storage() {
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.name()), Some(*reason));
    }
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.name()), Some(*outcome));
    }
    for state in State::ALL {
        assert_eq!(State::parse(state.name()), Some(*state));
    }
    assert_eq!(JobState::parse("made up"), None);
}

proptest! {
    #[test]
    fn nobody_stands_in_a_plan_twice_and_nobody_who_is_there_is_invited(
        group in proptest::collection::vec(0_u128..12, 0..30),
        members in proptest::collection::vec(0_u128..12, 0..6),
        invited in proptest::collection::vec(0_u128..12, 0..6),
        chosen in proptest::option::of(proptest::collection::vec(0_u128..14, 0..20)),
    ) {
        let there = present(&members, &invited);
        let wanted = chosen.map_or(Wanted::All, |ids| Wanted::These(ids.into_iter().map(object).collect()));
        let people = group.into_iter().map(candidate).collect();
        let planned = plan(&wanted, people, &there, MAILED);
        let ids: std::collections::HashSet<_> = planned.iter().map(|it| it.object).collect();
        prop_assert_eq!(ids.len(), planned.len());
        for person in planned {
            let is_there = there.members.contains(&person.object) || there.invited.contains(&person.object);
            prop_assert!(person.skipped.is_some() || !is_there);
            if let Wanted::These(ids) = &wanted {
                prop_assert!(ids.contains(&person.object));
            }
        }
    }

    #[test]
    fn no_invitation_gives_more_than_it_said(
        invited in proptest::sample::select(&Role::ALL[..]),
        mapped in proptest::option::of(proptest::sample::select(&Role::ALL[1..])),
        gone: bool,
        inviter: bool,
    ) {
        let given = match mapped {
            Some(role) => Given::Role(MappableRole::try_from(role).expect("mappable")),
            None if gone => Given::Gone,
            None => Given::NoGroup,
        };
        let role = role_now(invited, Backing { given, inviter });
        if let Some(role) = role {
            prop_assert!(role <= invited);
            prop_assert!(role != Role::Owner || given == Given::NoGroup);
        }
        match given {
            Given::Gone => prop_assert_eq!(role, None),
            Given::Role(most) => prop_assert!(role.is_none_or(|role| role <= most.role())),
            Given::NoGroup => prop_assert_eq!(role.is_some(), inviter),
        }
    }
}
