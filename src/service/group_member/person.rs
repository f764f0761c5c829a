//! How one person of a group stands with the team: the words of the list, decided where invitations are decided.

use std::collections::HashSet;

use super::Filter;
use crate::{
    domain::{
        invitation::{Present, Reason, Terms, reason},
        tenant::ObjectId,
    },
    entra::GroupMember,
    storage::{AccountOfMember, KnownPeople, OpenInvitation},
};

/// How somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Has an account.
    SignedUp(AccountOfMember),
    /// Has an invitation that can be accepted.
    Invited(OpenInvitation),
    /// Can be invited.
    NotInvited,
    /// Cannot be invited, and why.
    Cannot(Reason),
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Object ID.
    pub id: ObjectId,
    /// Display name; `None` when Microsoft withholds it.
    pub name: Option<String>,
    /// Address that mail can go to.
    pub email: Option<String>,
    /// User principal name, where there is no address.
    pub principal: Option<String>,
    /// How the person stands.
    pub status: Status,
}

impl Person {
    pub(super) fn of(member: GroupMember, known: &mut KnownPeople, terms: Terms) -> Self {
        let candidate = member.candidate();
        let one = |is: bool| {
            if is {
                HashSet::from([member.id])
            } else {
                HashSet::new()
            }
        };
        let present = Present {
            members: one(known.accounts.contains_key(&member.id)),
            invited: one(known.invitations.contains_key(&member.id)),
        };
        let status = match reason(&candidate, &present, terms) {
            None => Status::NotInvited,
            Some(why) => match (
                why,
                known.accounts.remove(&member.id),
                known.invitations.get(&member.id),
            ) {
                (Reason::AlreadyMember, Some(account), _) => Status::SignedUp(account),
                (Reason::AlreadyInvited, _, Some(invitation)) => Status::Invited(*invitation),
                _ => Status::Cannot(why),
            },
        };
        Self {
            id: candidate.object,
            name: candidate.name,
            principal: candidate.email.is_none().then_some(member.principal).flatten(),
            email: candidate.email,
            status,
        }
    }

    /// By what a whole group is sorted: people without a name come last.
    pub(super) fn key(&self) -> (String, ObjectId) {
        let name = self.name.as_ref().map(|name| name.to_lowercase());
        (name.unwrap_or_else(|| char::MAX.to_string()), self.id)
    }
}

impl Filter {
    /// Whether somebody passes.
    pub fn takes(self, status: &Status) -> bool {
        match self {
            Self::All => true,
            Self::SignedUp => matches!(status, Status::SignedUp(_)),
            Self::Invited => matches!(status, Status::Invited(_)),
            Self::NotInvited => matches!(status, Status::NotInvited),
            Self::CannotBeInvited => matches!(status, Status::Cannot(_)),
        }
    }
}
