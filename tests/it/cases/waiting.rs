//! Cases that do not run, each with the reason or the feature it waits for. The one place that says so.
//!
//! A case with a runner stands here too while what it needs is not there; taking its line away makes it run.

/// Why this case does not run, if it does not.
pub(crate) fn reason(id: &str) -> Option<&'static str> {
    WAITING
        .iter()
        .find(|(_, ids)| ids.split_whitespace().any(|known| known == id))
        .map(|(reason, _)| *reason)
}

/// Every number of the list.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    WAITING
        .iter()
        .chain(super::elsewhere::ELSEWHERE)
        .flat_map(|(_, ids)| ids.split_whitespace())
}

/// The reason, and the cases it holds for.
pub(crate) const WAITING: &[(&str, &str)] = &[
    (
        "not written: needs the server as a process with another certificate store",
        "DSC-017",
    ),
    (
        "not written: needs a database that fails on purpose; the bounded retry is in service/sign_in/provision.rs",
        "DBF-003",
    ),
    (
        "not written here: refused settings are unit tests of src/config",
        "FLT-013",
    ),
    // Runners are there for features that come later; these lines go when the feature comes.
    (
        "waits for a fresh sign-in before sensitive actions (step-up); the check has its own unit test",
        "TOK-091 P133",
    ),
    (
        "waits for linking accounts",
        "LNK-005 LNK-007 LNK-008 LNK-009 LNK-010 P070",
    ),
    (
        "waits for a break-glass account (contract decision 17: not built)",
        "P280",
    ),
    ("waits for changing a password", "PWD-006 PWD-007 LNK-003 SES-010"),
    (
        "waits for the two-step code",
        "MFA-001 MFA-002 MFA-003 MFA-004 MFA-007 MFA-009 MFA-011 MFA-014 MFA-015 SES-019 CLK-004 P279",
    ),
    (
        "waits for pages and functions that change members and mappings",
        "RBC-007 RBC-009 RBC-019 AUD-001 AUD-008",
    ),
    (
        "does not apply: nobody is suspended or removed because a list of the directory does not name them; a sign-in decides",
        "P210 P211",
    ),
    (
        "does not apply: no name is a pattern; who is in a mapped group is invited by whoever chooses",
        "P240",
    ),
    ("kind rbac: the walk over roles comes with the pages", "INP-006"),
    (
        "needs a real browser: the browser suite",
        "HDR-004 HDR-005 HDR-008",
    ),
    (
        "not written: needs a day's load, a database server that is restarted, or a restored backup",
        "FLT-008 DBF-004 DBF-015",
    ),
    // Concepts that this product does not have.
    (
        "does not apply: a tenant is proven by a sign-in to it, not by a record in DNS",
        "P075",
    ),
    (
        "does not apply: no account comes from a domain of an address; the tenant decides (decision 6)",
        "P068",
    ),
    (
        "does not apply: there is no such setting",
        "P029 P046 P060 P097 P199 P219 P220 P116 P015 P016 P026 P027 P028 P167 P168",
    ),
    (
        "does not apply: the authority is /organizations (decision 16)",
        "P048 P050",
    ),
    (
        "does not apply: nobody is made before the first sign-in, and there is no licence limit",
        "P212",
    ),
    (
        "does not apply: identity comes from the ID token, no profile is read",
        "P091 P135",
    ),
    ("does not apply: SAML and SCIM are not spoken", "P088 P259"),
    (
        "does not apply: no address is configurable by a team, nothing is resolved for one",
        "P083 P084 P085",
    ),
    ("does not apply: prompt and hints are not configurable", "P090"),
];
