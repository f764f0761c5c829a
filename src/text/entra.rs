//! The page of Microsoft Entra ID: the words that are the same for every tenant. What was found out about one is written
//! by the server and travels as words.

use super::words;

/// The words of the page.
pub struct Entra {
    /// Heading of the page.
    pub heading: &'static str,
    /// Link to the page about permissions.
    pub permissions: &'static str,
    /// The page's data, in "Couldn't load …".
    pub data: &'static str,
    /// Region: how everything stands.
    pub status: &'static str,
    /// Whether people can sign in.
    pub sign_in: &'static str,
    /// Label of the last test.
    pub last_test: &'static str,
    /// Label of the last sign-in.
    pub last_sign_in: &'static str,
    /// There was none.
    pub never: &'static str,
    /// Label of the sign-in mode.
    pub mode: &'static str,
    /// Label of the default role.
    pub default_role: &'static str,
    /// Name of the form.
    pub settings: &'static str,
    /// The field.
    pub tenant_id: &'static str,
    /// Its hint.
    pub tenant_id_hint: &'static str,
    /// There is none yet, for people who may not enter one.
    pub no_tenant: &'static str,
    /// The first switch.
    pub enabled: &'static str,
    /// Its hint.
    pub enabled_hint: &'static str,
    /// The second switch.
    pub allow_guests: &'static str,
    /// Its hint.
    pub allow_guests_hint: &'static str,
    /// Label of the values that somebody else saved meanwhile.
    pub theirs: &'static str,
    /// Saves.
    pub save: &'static str,
    /// While it is saved.
    pub saving: &'static str,
    /// Tests.
    pub test_connection: &'static str,
    /// While it is tested.
    pub testing: &'static str,
    /// The form differs from what is saved.
    pub unsaved: &'static str,
    /// Throws that away.
    pub discard: &'static str,
    /// Asked before a page with unsaved changes is left.
    pub leave: &'static str,
    /// Region: the test.
    pub test: &'static str,
    /// Stands before the time of the last test; ends in a space.
    pub last_tested: &'static str,
    /// The list of steps.
    pub steps: &'static str,
    /// A step that is being tried.
    pub checking: &'static str,
    /// A step that works.
    pub passed: &'static str,
    /// A step that does not.
    pub failed: &'static str,
    /// A step that works with a concern.
    pub warning: &'static str,
    /// A step that was not tried.
    pub not_run: &'static str,
    /// Ends a running test.
    pub cancel_test: &'static str,
    /// Said when a test begins.
    pub test_began: &'static str,
    /// The thing that `Copy` copies.
    pub report: &'static str,
    /// What the test cannot see, and the link for it.
    pub test_note: &'static str,
    /// Link: a sign-in to try.
    pub try_sign_in: &'static str,
    /// Region: whose tenant it is.
    pub ownership: &'static str,
    /// Begins the proof.
    pub verify: &'static str,
    /// Region: what an administrator allows.
    pub consent: &'static str,
    /// Begins it.
    pub grant: &'static str,
    /// Before the address for somebody else.
    pub send_address: &'static str,
    /// After it.
    pub address_note: &'static str,
    /// The thing that `Copy` copies.
    pub address: &'static str,
    /// Region: guests.
    pub guests: &'static str,
    /// The thing that `Copy` copies.
    pub guest_link: &'static str,
    /// Region: Microsoft's own rules.
    pub conditional_access: &'static str,
    /// Why they matter here.
    pub conditional_access_why: &'static str,
    /// What to do there.
    pub conditional_access_steps: [&'static str; 3],
    /// What it replaces.
    pub conditional_access_then: &'static str,
    /// Region and table: refused sign-ins.
    pub failures: &'static str,
    /// There are none.
    pub no_failures: &'static str,
    /// Which ones are shown.
    pub failures_note: &'static str,
    /// Column: when.
    pub time: &'static str,
    /// Column: who.
    pub who: &'static str,
    /// Column: why.
    pub reason: &'static str,
    /// Column: the reference that the person saw.
    pub correlation_id: &'static str,
    /// Detail: Microsoft's HTTP status.
    pub http_status: &'static str,
    /// Detail: the number of Microsoft's refusal.
    pub aadsts_number: &'static str,
    /// Detail: our own reference.
    pub reference: &'static str,
    /// Region: the end.
    pub disconnect_region: &'static str,
    /// Link to its confirmation.
    pub disconnect: &'static str,
    /// What stays.
    pub disconnect_note: &'static str,
    /// Leaves a step without doing it.
    pub cancel: &'static str,
    /// While what a step asks for is done.
    pub working: &'static str,
}

words!(Entra);

/// English.
pub static EN: Entra = Entra {
    heading: "Microsoft Entra ID",
    permissions: "Permissions We Request",
    data: "Microsoft Entra ID",
    status: "Connection status",
    sign_in: "Microsoft sign-in",
    last_test: "Last test",
    last_sign_in: "Last sign-in",
    never: "Never",
    mode: "Sign-in mode",
    default_role: "Default role",
    settings: "Microsoft Entra ID settings",
    tenant_id: "Tenant ID",
    tenant_id_hint: "The only field you need. In the Microsoft Entra admin center, open Overview and copy Tenant ID (a \
                     GUID). A domain such as contoso.com works too.",
    no_tenant: "None yet",
    enabled: "Enabled",
    enabled_hint: "People of this tenant can sign in to this team. Takes effect when you save.",
    allow_guests: "Allow guests",
    allow_guests_hint: "Guests of this tenant can sign in too, with the role of their groups or the default role. Takes \
                        effect when you save.",
    theirs: "Saved now",
    save: "Save",
    saving: "Saving…",
    test_connection: "Test Connection",
    testing: "Testing…",
    unsaved: "You have unsaved changes",
    discard: "Discard changes",
    leave: "You have unsaved changes. Leave this page without saving them?",
    test: "Connection test",
    last_tested: "Last tested ",
    steps: "Connection test steps",
    checking: "Checking",
    passed: "Passed",
    failed: "Failed",
    warning: "Warning",
    not_run: "Not run",
    cancel_test: "Cancel test",
    test_began: "Testing connection",
    report: "diagnostic report",
    test_note: "This checks what SonicSaaS can read. To check the sign-in itself, try signing in with Microsoft.",
    try_sign_in: "Try signing in with Microsoft",
    ownership: "Ownership",
    verify: "Verify ownership",
    consent: "Admin consent",
    grant: "Grant admin consent",
    send_address: "If someone else administers the tenant, send them this address:",
    address_note: "It doesn't come back to this page. Select Test Connection afterwards.",
    address: "admin consent URL",
    guests: "Guest sign-in",
    guest_link: "guest sign-in link",
    conditional_access: "Conditional Access",
    conditional_access_why: "This server allows Microsoft sign-in only, so multifactor authentication is left to Microsoft \
                             Entra Conditional Access.",
    conditional_access_steps: [
        "In the Azure portal, open Security → Conditional Access.",
        "Create a policy that targets the SonicSaaS app.",
        "Require multifactor authentication.",
    ],
    conditional_access_then: "This replaces SonicSaaS's own two-step verification.",
    failures: "Recent sign-in failures",
    no_failures: "No failed sign-ins in the last 7 days.",
    failures_note: "Shown when the failure can be tied to this team. Failures before Microsoft names the organization are \
                    in the platform's audit log.",
    time: "Time",
    who: "Who",
    reason: "Reason",
    correlation_id: "Correlation ID",
    http_status: "HTTP status",
    aadsts_number: "AADSTS number",
    reference: "Reference",
    disconnect_region: "Disconnect",
    disconnect: "Disconnect Microsoft Entra ID",
    disconnect_note: "Mappings are kept but not used.",
    cancel: "Cancel",
    working: "Working…",
};
