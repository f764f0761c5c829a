//! What the page says after something was done.

use super::named;
use crate::{
    domain::{
        connection_test::{Outcome, Reads, Step},
        tenant::{Effect, Named, Notice},
    },
    text::{
        connection_test::{self, About},
        minutes,
    },
};

const WAITS: &str =
    "Group search, group names, member lists and group invitations wait until ownership is verified.";

fn saved(tenant: &Named, effect: Effect, unchanged: bool, concern: Option<&str>) -> String {
    let saved = if unchanged {
        "Nothing was changed: these settings were saved already."
    } else {
        "Microsoft Entra ID settings saved."
    };
    let people = format!("People of {} can sign in now.", named(tenant));
    let effect = match effect {
        Effect::On => people,
        Effect::DirectoryWaits => format!("{people} {WAITS}"),
        Effect::SignInWaits => "Sign-in starts when ownership is verified.".to_owned(),
        Effect::Off(1) => "Microsoft sign-in is off, and 1 session ended.".to_owned(),
        Effect::Off(sessions) => format!("Microsoft sign-in is off, and {sessions} sessions ended."),
    };
    match concern {
        Some(concern) => format!("{saved} {effect} {concern}"),
        None => format!("{saved} {effect}"),
    }
}

/// What is on now that nothing waits for the proof any more.
fn on(reads: Option<Reads>) -> &'static str {
    match reads {
        Some(Reads {
            groups: true,
            members: true,
        }) => "Group search, group names, member lists and group invitations are on.",
        Some(Reads {
            groups: true,
            members: false,
        }) => {
            "Group search and group names are on. Member lists and group invitations are off until their permissions are \
             approved: select Grant admin consent."
        }
        Some(Reads {
            groups: false,
            members: true,
        }) => {
            "Member lists and group invitations are on. Group search and group names are off until their permission is \
             approved: select Grant admin consent."
        }
        Some(Reads {
            groups: false,
            members: false,
        }) => {
            "Group search, group names, member lists and group invitations are off until their permissions are approved: \
             select Grant admin consent."
        }
        None => {
            "Group search, group names, member lists and group invitations don't wait for it any more. Select Test \
             Connection to see which of them are approved."
        }
    }
}

pub(super) fn notice(notice: &Notice, host: &str) -> String {
    let tests = &connection_test::EN;
    match notice {
        Notice::Saved {
            tenant,
            effect,
            unchanged,
            concern,
        } => {
            let concern = concern.as_ref().map(|(step, finding)| {
                if finding.is_untested() && *step == Step::FindTenant {
                    "Warning: we couldn't check this tenant with Microsoft. Test again later.".to_owned()
                } else {
                    let about = About {
                        host,
                        tenant: Some(tenant),
                        approve_at: None,
                    };
                    let hint = (tests.hint)(*step, finding, about);
                    let step = (tests.step)(*step);
                    let how = match finding.outcome() {
                        Outcome::Failed => "doesn't pass yet",
                        _ => "passes with a warning",
                    };
                    format!("Warning: the connection test {how}. {step}: {hint}")
                }
            });
            saved(tenant, *effect, *unchanged, concern.as_deref())
        }
        Notice::Disconnected { sessions: 1 } => {
            "Microsoft Entra ID disconnected. 1 session ended. Mappings are kept but not used.".to_owned()
        }
        Notice::Disconnected { sessions } => format!(
            "Microsoft Entra ID disconnected. {sessions} sessions ended. Mappings are kept but not used."
        ),
        Notice::Tested(verdict) => (tests.announced)(verdict),
        Notice::Approved(verdict) => {
            let checked = verdict.as_ref().map(|verdict| (tests.announced)(verdict));
            format!(
                "Approval received. Checking permissions… {}",
                checked.unwrap_or_default()
            )
            .trim_end()
            .to_owned()
        }
        Notice::ApprovalDeclined => "Approval was declined. Someone with the Privileged Role Administrator or Global \
                                     Administrator role must approve."
            .to_owned(),
        Notice::ApprovedElsewhere(tenant) => format!(
            "Approval came from a different tenant than the one saved here. Sign in with a {} administrator.",
            named(tenant)
        ),
        Notice::Verified { tested, reads } => {
            let verified = format!("Ownership verified. {}", on(*reads));
            match tested {
                Some(verdict) => format!("{verified} {}", (tests.announced)(verdict)),
                None => verified,
            }
        }
        Notice::ProofByGuest(tenant) => format!(
            "You are a guest in {}, and guests can't verify ownership. Sign in with an account of that tenant.",
            named(tenant)
        ),
        Notice::ProofElsewhere {
            signed_in_to,
            wanted,
        } => format!(
            "You signed in to {}, but this Tenant ID is {}'s. Nothing was changed.",
            named(signed_in_to),
            named(wanted)
        ),
        Notice::ProofCancelled => "Verification was cancelled. Nothing was changed.".to_owned(),
        Notice::ProvenByAnother => {
            "Another team has already proven ownership of this tenant. Contact the platform administrator.".to_owned()
        }
        Notice::ProofFailed(reference) => format!(
            "Microsoft's answer couldn't be used to verify ownership. Nothing was changed. Try again; if it happens \
             again, contact the platform administrator with reference {reference}."
        ),
        Notice::ProofUnanswered | Notice::NothingChanged => {
            "Microsoft didn't answer. Nothing was changed. Try again.".to_owned()
        }
        Notice::ProofExpired => {
            "This step has expired or was used already. Nothing was changed. Select Verify ownership to start again."
                .to_owned()
        }
        Notice::ReturnExpired => {
            "This return from Microsoft has expired or was used already. Nothing was changed. Select Test Connection to \
             see what is approved."
                .to_owned()
        }
        Notice::Broken(reference) => format!(
            "Not saved. There's a problem on our side. Try again, or contact the platform administrator with \
             reference {reference}."
        ),
        Notice::TooOften(until) => {
            format!("Too many requests. Try again after {}.", (minutes::EN.after)(*until))
        }
    }
}
