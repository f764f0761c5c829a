//! The steps that replace the page: what follows from a change, and what a proof says.

use crate::{
    domain::tenant::{Named, Prover},
    text::words,
};

use super::{named, short};

/// The words of the steps.
pub struct Steps {
    /// Title of switching Microsoft sign-in off, and its button.
    pub turn_off: [&'static str; 2],
    /// Title of changing the tenant, and its button.
    pub change: [&'static str; 2],
    /// Title of disconnecting, and its button.
    pub disconnect: [&'static str; 2],
    /// Title of confirming ownership, and its button.
    pub confirm: [&'static str; 2],
    /// What becomes of the people who sign in with Microsoft.
    pub people: fn(all: u64, without_password: u64) -> String,
    /// The list of people without a password, of whom some more may not be listed.
    pub without_password: fn(more: u64) -> String,
    /// Where there is no other way in.
    pub nobody: &'static str,
    /// What becomes of the mappings after a change of tenant.
    pub mappings: fn(count: u64) -> String,
    /// What becomes of the people of the old tenant.
    pub old_people: fn(count: u64) -> String,
    /// The new tenant has no proof.
    pub verify_again: &'static str,
    /// What becomes of the mappings after disconnecting.
    pub mappings_kept: &'static str,
    /// Who signed in where, and to which team the tenant is to belong.
    pub signed_in: fn(&Named, account: Option<&str>, by: Prover, team: &str) -> String,
    /// A plain member's proof may be outranked.
    pub outranked: fn(&Named) -> String,
    /// The step has expired.
    pub expired: [&'static str; 2],
}

words!(Steps);

fn people(count: u64) -> String {
    match count {
        0 => "Nobody signs in with Microsoft".to_owned(),
        1 => "1 person signs in with Microsoft".to_owned(),
        count => format!("{count} people sign in with Microsoft"),
    }
}

/// English.
pub(super) static EN: Steps = Steps {
    turn_off: ["Turn off Microsoft sign-in?", "Turn off Microsoft sign-in"],
    change: ["Change the tenant?", "Change tenant"],
    disconnect: ["Disconnect Microsoft Entra ID?", "Disconnect Microsoft Entra ID"],
    confirm: ["Confirm ownership", "Confirm ownership"],
    people: |all, without_password| match (all, without_password) {
        (0, _) => format!("{} yet.", people(0)),
        (1, 0) => format!("{}; their sessions end now.", people(1)),
        (all, 0) => format!(
            "{}; their sessions end now. All of them have a password.",
            people(all)
        ),
        (all, 1) => format!(
            "{}; their sessions end now. 1 of them has no password and can't sign in until it is on again.",
            people(all)
        ),
        (all, without) => format!(
            "{}; their sessions end now. {without} of them have no password and can't sign in until it is on again.",
            people(all)
        ),
    },
    without_password: |more| match more {
        0 => "Without a password".to_owned(),
        more => format!("Without a password, and {more} more"),
    },
    nobody: "Nobody, including you and other owners, can sign in until the platform administrator makes a recovery link.",
    mappings: |count| match count {
        0 => "No groups are mapped yet.".to_owned(),
        1 => "1 mapping points to a group of the old tenant and will stop matching.".to_owned(),
        count => format!("{count} mappings point to groups of the old tenant and will stop matching."),
    },
    old_people: |count| match count {
        0 => "Nobody of the old tenant has signed in.".to_owned(),
        1 => "1 person of the old tenant can't sign in with Microsoft any more.".to_owned(),
        count => format!("{count} people of the old tenant can't sign in with Microsoft any more."),
    },
    verify_again: "Ownership must be verified again.",
    mappings_kept: "Mappings are kept but not used.",
    signed_in: |tenant, account, by, team| {
        let place = match &tenant.domain {
            Some(domain) => format!("{domain} ({})", short(tenant.tenant)),
            None => named(tenant),
        };
        let account = account
            .map(|account| format!(" as {account}"))
            .unwrap_or_default();
        let kind = match by {
            Prover::DirectoryAdministrator => "a directory administrator there",
            Prover::Member | Prover::PlatformAdministrator => "a member there",
        };
        let comma = if account.is_empty() { " as" } else { "," };
        format!("You signed in to {place}{account}{comma} {kind}. Connect this tenant to {team}?")
    },
    outranked: |tenant| {
        format!(
            "If a directory administrator of {} later verifies for another team, that proof outranks yours.",
            named(tenant)
        )
    },
    expired: [
        "This step has expired",
        "It was open for too long, or was used already. Nothing was changed.",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consequences_name_numbers() {
        assert_eq!(
            (EN.people)(23, 4),
            "23 people sign in with Microsoft; their sessions end now. 4 of them have no password and can't sign in \
             until it is on again."
        );
        assert_eq!((EN.people)(0, 0), "Nobody signs in with Microsoft yet.");
        assert_eq!(
            (EN.mappings)(4),
            "4 mappings point to groups of the old tenant and will stop matching."
        );
    }

    #[test]
    fn a_proof_says_who_signed_in_where() {
        let tenant = Named {
            tenant: "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70".parse().expect("a tenant"),
            domain: Some("contoso.com".to_owned()),
        };
        assert_eq!(
            (EN.signed_in)(
                &tenant,
                Some("adam@contoso.com"),
                Prover::DirectoryAdministrator,
                "Northwind MSP"
            ),
            "You signed in to contoso.com (3f2a9c1e-…-6f70) as adam@contoso.com, a directory administrator there. \
             Connect this tenant to Northwind MSP?"
        );
        assert_eq!(
            (EN.signed_in)(&tenant, None, Prover::Member, "Northwind MSP"),
            "You signed in to contoso.com (3f2a9c1e-…-6f70) as a member there. Connect this tenant to Northwind MSP?"
        );
    }
}
