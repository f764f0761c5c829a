//! The connection test in words: its steps, what each found and what to do, and the result as a whole.

use super::{minutes, tenant, times, words};
use crate::domain::{
    connection_test::{Finding, Outcome, Step, Verdict},
    tenant::{Named, NotATenant},
    time::Timestamp,
};

/// What a result is about, and where its reader is.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'text> {
    /// The login host of this server.
    pub host: &'text str,
    /// The tenant.
    pub tenant: Option<&'text Named>,
    /// Where an administrator of the tenant approves the application, as long as it is not saved and the page itself leads
    /// nowhere.
    pub approve_at: Option<&'text str>,
}

impl About<'_> {
    /// What to do about a permission.
    fn grant(self) -> String {
        match self.approve_at {
            None => GRANT.to_owned(),
            Some(address) => format!(
                "Save first, then select Grant admin consent; or send an administrator of the tenant this address: \
                 {address}"
            ),
        }
    }
}

/// What to do about a permission where the page can.
const GRANT: &str = "Select Grant admin consent.";

/// The words of the connection test.
pub struct ConnectionTestWords {
    /// The name of a step.
    pub step: fn(Step) -> &'static str,
    /// How a step ended, in a word.
    pub outcome: fn(Outcome) -> &'static str,
    /// What a step found and what to do.
    pub hint: fn(Step, &Finding, About<'_>) -> String,
    /// The result, as it is announced.
    pub announced: fn(&Verdict) -> String,
    /// The result, after the time and the name of whoever tested.
    pub verdict: fn(&Verdict) -> String,
    /// What follows the time of the last test.
    pub by: fn(name: &str, verdict: &str) -> String,
    /// While what is typed is not what is saved.
    pub typed: &'static str,
    /// After a change of tenant.
    pub stale: &'static str,
    /// Why a Tenant ID cannot be used.
    pub not_a_tenant: fn(&NotATenant) -> String,
    /// It is our own application's ID.
    pub own_client_id: &'static str,
    /// The first line of the report.
    pub report: fn(at: Timestamp, by: &str) -> String,
}

words!(ConnectionTestWords);

/// What step 5 turns off.
const NO_MEMBERS: &str = "View members and group invitations are off.";
/// What may be wrong when the consent page does not list a permission.
const NOT_LISTED: &str =
    "If Microsoft doesn't list it, the platform administrator must add it to the app first.";

fn no_tenant() -> String {
    "Microsoft has no tenant with this ID. Copy it again from Overview in the Microsoft Entra admin center."
        .to_owned()
}

fn hint(step: Step, finding: &Finding, about: About<'_>) -> String {
    let host = about.host;
    let day = |at: Timestamp| (minutes::EN.day)(at);
    match finding {
        Finding::Readable => "Format is correct".to_owned(),
        Finding::NotATenant(why) => (EN.not_a_tenant)(why),
        Finding::OwnClientId => EN.own_client_id.to_owned(),
        Finding::Found => match about.tenant {
            Some(tenant) => format!("Found {}", (tenant::EN.named)(tenant)),
            None => "Found".to_owned(),
        },
        Finding::Government => {
            "This is a US Government tenant, and this server uses Microsoft's global cloud. Sign-in may fail."
                .to_owned()
        }
        Finding::Unknown => no_tenant(),
        Finding::OtherCloud => {
            format!("This tenant belongs to another Microsoft cloud. This server uses {host}.")
        }
        Finding::Taken => "This tenant is registered to another SonicSaaS team.".to_owned(),
        Finding::TokenReceived => "Token received".to_owned(),
        Finding::TokenTooStrong(beyond) => format!(
            "Token received. It opens more than SonicSaaS asks for and uses: {}. Once everything that is asked for is \
             approved, an administrator of the tenant can take that back in Enterprise applications > SonicSaaS > \
             Permissions.",
            beyond.join(", ")
        ),
        Finding::NotApproved => {
            format!("SonicSaaS hasn't been approved in this tenant. {}", about.grant())
        }
        Finding::SwitchedOff => {
            "An administrator of the tenant has switched SonicSaaS off. They can switch it on in Enterprise \
             applications > SonicSaaS > Properties."
                .to_owned()
        }
        Finding::BlockedByPolicy => {
            "A Conditional Access policy of the tenant keeps SonicSaaS out. An administrator of the tenant can exclude \
             SonicSaaS from policies for workload identities."
                .to_owned()
        }
        Finding::CredentialRejected => {
            "Microsoft rejects the platform's credential. Ask the platform administrator to set a new client secret."
                .to_owned()
        }
        Finding::CredentialExpired => {
            "Microsoft rejects the platform's credential: it has expired. Ask the platform administrator to set a new \
             client secret."
                .to_owned()
        }
        Finding::OtherTenant => {
            "Microsoft answered for another tenant, and nothing of it was used. Test again; if it happens again, \
             contact the platform administrator."
                .to_owned()
        }
        Finding::Works
        | Finding::WorksByDirectory
        | Finding::Approved
        | Finding::WaitsForProof
        | Finding::UnseenBeforeProof
        | Finding::Missing(_)
        | Finding::NotYetInForce
        | Finding::NamesUnreadable => of_directory(step == Step::SearchGroups, finding, &about.grant()),
        Finding::DelegatedSeen(at) => {
            format!("Delegated GroupMember.Read.All seen at the sign-in of {}", day(*at))
        }
        Finding::DelegatedMissing => "The last sign-in came without delegated GroupMember.Read.All. People in more \
                                      than 150 groups may be refused."
            .to_owned(),
        Finding::NotSeenYet => {
            "Shown after the first sign-in or ownership check; no test from here can see it.".to_owned()
        }
        Finding::Unreachable => "Microsoft couldn't be reached from this server, or the connection broke. This says nothing \
                                 about your settings: test again in a few minutes."
            .to_owned(),
        Finding::NoAnswer => "Microsoft didn't answer within 10 seconds. This says nothing about your settings: test \
                              again in a few minutes."
            .to_owned(),
        Finding::SlowDown(until) => match until {
            Some(until) => format!(
                "Microsoft asked us to slow down. Test again after {}.",
                (minutes::EN.after)(*until)
            ),
            None => "Microsoft asked us to slow down. Test again in a few minutes.".to_owned(),
        },
        Finding::MicrosoftTrouble | Finding::RefusedForNow => "Microsoft reported a problem. Test again in a few minutes.".to_owned(),
        Finding::Refused => "Microsoft refused this request. Open Details for Microsoft's own explanation, or send the \
                             diagnostic report to the platform administrator."
            .to_owned(),
        Finding::Skipped => String::new(),
    }
}

/// What the steps about groups and about their members found.
fn of_directory(of_groups: bool, finding: &Finding, grant: &str) -> String {
    match finding {
        Finding::Works if of_groups => {
            "Group.Read.All approved; groups are readable".to_owned()
        }
        Finding::Works => "GroupMember.Read.All and User.Read.All approved; members are readable".to_owned(),
        Finding::WorksByDirectory if of_groups => {
            "Directory.Read.All approved; groups are readable. It opens more than SonicSaaS uses: Group.Read.All is enough"
                .to_owned()
        }
        Finding::WorksByDirectory => {
            "Directory.Read.All approved; members are readable. It opens more than SonicSaaS uses: GroupMember.Read.All \
             and User.Read.All are enough"
                .to_owned()
        }
        Finding::Approved => "Approved".to_owned(),
        Finding::WaitsForProof => "Approved. Reading waits until ownership is verified.".to_owned(),
        Finding::UnseenBeforeProof => {
            "Microsoft's token doesn't show what is approved. Reading, which would, waits until ownership is verified."
                .to_owned()
        }
        Finding::Missing(missing) if of_groups => format!(
            "{} is missing. Searching groups by name is off; you can still add mappings by Object ID. {grant} {NOT_LISTED}",
            missing.join(", ")
        ),
        Finding::Missing(missing) => format!(
            "Missing: {}. {NO_MEMBERS} {grant} {NOT_LISTED}",
            missing.join(", ")
        ),
        Finding::NotYetInForce => {
            "Approved, but Microsoft hasn't applied it everywhere yet. Test again in a few minutes.".to_owned()
        }
        Finding::NamesUnreadable => format!(
            "Microsoft shows members without their names, as if User.Read.All were missing. {NO_MEMBERS} {grant}"
        ),
        _ => String::new(),
    }
}

/// English.
pub static EN: ConnectionTestWords = ConnectionTestWords {
    step: |step| match step {
        Step::CheckTenantId => "Check the Tenant ID",
        Step::FindTenant => "Find the tenant at Microsoft",
        Step::GetToken => "Get an access token",
        Step::SearchGroups => "Search groups",
        Step::ListMembers => "List group members",
        Step::ManyGroups => "Read groups when there are too many",
    },
    outcome: |outcome| match outcome {
        Outcome::Passed => "Passed",
        Outcome::Failed => "Failed",
        Outcome::Warning => "Warning",
        Outcome::NotRun => "Not run",
    },
    hint,
    announced: |verdict| {
        let name = |step: &Step| (EN.step)(*step);
        match verdict {
            Verdict::Passed(steps) => format!("Connection test passed: {steps} of 6 steps"),
            Verdict::Warnings(steps) => {
                let names: Vec<_> = steps.iter().map(name).collect();
                format!("Connection test passed with warnings: {}", names.join(", "))
            }
            Verdict::Untested(step) => format!(
                "Couldn't test step {}: {}. Microsoft gave no answer; your settings may be fine.",
                step.number(),
                name(step)
            ),
            Verdict::Failed(step) => {
                format!("Connection test failed at step {}: {}", step.number(), name(step))
            }
        }
    },
    verdict: |verdict| match verdict {
        Verdict::Passed(_) => "Passed.".to_owned(),
        Verdict::Warnings(_) => "Passed with warnings.".to_owned(),
        Verdict::Untested(step) => format!("Couldn't test step {}.", step.number()),
        Verdict::Failed(step) => format!("Failed at step {}.", step.number()),
    },
    by: |name, verdict| format!("by {name}. {verdict}"),
    typed: "Testing the values above, not the saved ones",
    stale: "Settings changed since this test. Test again.",
    not_a_tenant: |why| match why {
        NotATenant::Empty => "Enter your Tenant ID".to_owned(),
        NotATenant::Malformed => {
            "Tenant ID must be 32 letters and numbers with hyphens, or a domain name".to_owned()
        }
        NotATenant::EveryTenant(word) => {
            format!("Enter the ID of one tenant. \"{word}\" means every tenant.")
        }
        NotATenant::PersonalAccounts => {
            "That is Microsoft's tenant for personal accounts. Enter your organization's Tenant ID."
                .to_owned()
        }
    },
    own_client_id: "That's SonicSaaS's application (client) ID. Copy Tenant ID instead.",
    report: |at, by| format!("SonicSaaS connection test, {}, by {by}", (times::EN.moment)(at)),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_named_with_what_it_turns_off() {
        let hint = |step, missing: &[&str]| {
            let missing = missing.iter().map(|name| (*name).to_owned()).collect();
            (EN.hint)(step, &Finding::Missing(missing), About::default())
        };
        let groups = hint(Step::SearchGroups, &["Group.Read.All"]);
        assert!(
            groups.starts_with("Group.Read.All is missing. Searching groups by name is off"),
            "{groups}"
        );
        let members = hint(Step::ListMembers, &["User.Read.All"]);
        assert!(
            members.starts_with("Missing: User.Read.All. View members and group invitations are off."),
            "{members}"
        );
    }

    #[test]
    fn a_time_to_wait_is_said_where_microsoft_said_one() {
        let at = Timestamp::parse("2026-03-04T14:25:00Z");
        assert_eq!(
            (EN.hint)(Step::GetToken, &Finding::SlowDown(at), About::default()),
            "Microsoft asked us to slow down. Test again after 14:25 UTC."
        );
    }

    #[test]
    fn the_whole_result_is_one_sentence() {
        assert_eq!(
            (EN.announced)(&Verdict::Passed(6)),
            "Connection test passed: 6 of 6 steps"
        );
        assert_eq!(
            (EN.announced)(&Verdict::Warnings(vec![Step::ListMembers])),
            "Connection test passed with warnings: List group members"
        );
        assert_eq!(
            (EN.announced)(&Verdict::Failed(Step::GetToken)),
            "Connection test failed at step 3: Get an access token"
        );
        assert!(!(EN.announced)(&Verdict::Untested(Step::GetToken)).contains("failed"));
    }
}
