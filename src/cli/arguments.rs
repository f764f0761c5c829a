//! The command line's grammar, and what is said when an argument does not fit.

use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::{
    domain::{
        id::{TeamId, UserId},
        input,
        mapping::Priority,
        role::{MappableRole, Role},
        tenant::{TenantId, TenantName},
        time::Timestamp,
    },
    text::{connection_test::ConnectionTestWords, text},
};

/// Sign in with Microsoft Entra ID, with roles from security groups.
#[derive(Debug, Parser)]
#[command(name = "sonicsaas", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the server (the default); brings the database up to date first
    Serve,
    /// Bring the database up to date and stop
    Migrate,
    /// Teams
    #[command(subcommand)]
    Team(TeamCommand),
    /// The app registration at Microsoft
    #[command(subcommand)]
    Entra(EntraCommand),
    /// Tenants of teams
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Mappings from Entra groups to roles
    #[command(subcommand)]
    Mapping(MappingCommand),
    /// People's accounts
    #[command(subcommand)]
    User(UserCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check configuration, database, Microsoft, clock and audit chain; exit code 1 if any check fails
    Doctor,
}

#[derive(Debug, Subcommand)]
pub(super) enum EntraCommand {
    /// Print how the app registration of this deployment is made; needs no client ID and no database
    Setup(PrintSetup),
}

#[derive(Debug, Args)]
pub(super) struct PrintSetup {
    /// As what
    #[arg(long, value_enum, default_value_t = SetupFormat::Steps)]
    pub(super) format: SetupFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SetupFormat {
    /// Steps to read
    Steps,
    /// A script for the Azure CLI
    Az,
    /// The fragment of the app's manifest
    Manifest,
}

#[derive(Debug, Subcommand)]
pub(super) enum TeamCommand {
    /// Create a team and its first owner
    Create(CreateTeam),
    /// List all teams, one JSON object a line
    List,
}

#[derive(Debug, Args)]
pub(super) struct CreateTeam {
    /// The team's name
    #[arg(long, value_parser = a_name)]
    pub(super) name: String,
    /// The first owner's email address
    #[arg(long, value_parser = an_email)]
    pub(super) owner_email: String,
    /// The first owner's name; the part of the address before the @ when left out
    #[arg(long, value_parser = a_name)]
    pub(super) owner_name: Option<String>,
    /// Read the owner's password from standard input
    #[arg(long)]
    pub(super) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Register a team's Microsoft tenant, or change its registration; takes effect at once
    Register(RegisterTenant),
}

#[derive(Debug, Args)]
pub(super) struct RegisterTenant {
    /// The team
    #[arg(long, value_parser = a_team)]
    pub(super) team: TeamId,
    /// The directory (tenant) ID, a GUID
    #[arg(long, value_parser = a_tenant)]
    pub(super) tenant_id: TenantId,
    /// Keep people of this tenant out for now
    #[arg(long)]
    pub(super) disabled: bool,
    /// Let guests of this tenant sign in too
    #[arg(long)]
    pub(super) allow_guests: bool,
    /// Vouch for the ownership: another team's claim on this tenant gives way
    #[arg(long)]
    pub(super) proven: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum MappingCommand {
    /// Map an Entra security group to a role
    Add(AddMapping),
}

#[derive(Debug, Args)]
pub(super) struct AddMapping {
    /// The team
    #[arg(long, value_parser = a_team)]
    pub(super) team: TeamId,
    /// The group's object ID, a GUID
    #[arg(long, value_parser = a_guid)]
    pub(super) group_id: Uuid,
    /// admin, operator, member, auditor or viewer
    #[arg(long, value_parser = a_mappable_role)]
    pub(super) role: MappableRole,
    /// 0 to 100; the highest number wins
    #[arg(long, default_value = "0", value_parser = a_priority, allow_negative_numbers = true)]
    pub(super) priority: Priority,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Print a link that signs one person in once, within 15 minutes; works in every mode of the server
    RecoveryLink(RecoverUser),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct RecoverUser {
    /// The person's email address
    #[arg(long, value_parser = an_email)]
    pub(super) email: Option<String>,
    /// The person's id, when several accounts have the address
    #[arg(long, value_parser = a_user)]
    pub(super) user: Option<UserId>,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Export events, one JSON object a line, the oldest first
    Export(ExportEvents),
}

#[derive(Debug, Args)]
pub(super) struct ExportEvents {
    /// Only this team's events; otherwise every event, the platform's included
    #[arg(long, value_parser = a_team)]
    pub(super) team: Option<TeamId>,
    /// Only events from this time on, such as 2026-03-04T14:02:11Z or 2026-03-04
    #[arg(long, value_parser = a_time)]
    pub(super) since: Option<Timestamp>,
}

fn a_name(text: &str) -> Result<String, String> {
    input::name(text).ok_or_else(|| "a name has 1 to 120 characters".to_owned())
}

fn an_email(text: &str) -> Result<String, String> {
    input::email(text).ok_or_else(|| "an email address looks like name@example.com".to_owned())
}

fn a_guid(text: &str) -> Result<Uuid, String> {
    input::guid(text).ok_or_else(|| "a GUID is 32 letters and numbers with hyphens".to_owned())
}

/// One tenant by its ID. What the page refuses is refused for the same reasons.
fn a_tenant(typed: &str) -> Result<TenantId, String> {
    match TenantName::parse(typed) {
        Ok(TenantName::Id(tenant)) => Ok(tenant),
        Ok(TenantName::Domain(domain)) => Err(format!(
            "{domain} is a domain, and Microsoft isn't asked here whose it is; give the tenant ID, a GUID"
        )),
        Err(why) => Err((text::<ConnectionTestWords>().not_a_tenant)(&why)),
    }
}

fn a_team(text: &str) -> Result<TeamId, String> {
    input::guid(text)
        .map(TeamId::from)
        .ok_or_else(|| "sonicsaas team list shows the teams' ids".to_owned())
}

fn a_user(text: &str) -> Result<UserId, String> {
    input::guid(text)
        .map(UserId::from)
        .ok_or_else(|| "a user's id is a GUID; --email finds people by address".to_owned())
}

fn a_mappable_role(text: &str) -> Result<MappableRole, String> {
    match text.parse::<Role>() {
        Ok(role) => MappableRole::try_from(role)
            .map_err(|_| "owner can't be given by a group; an owner is made explicitly".to_owned()),
        Err(_) => Err("a role is one of admin, operator, member, auditor, viewer".to_owned()),
    }
}

fn a_priority(text: &str) -> Result<Priority, String> {
    let refused = || "a priority is a whole number from 0 to 100".to_owned();
    text.parse::<u8>()
        .ok()
        .and_then(|number| Priority::try_from(number).ok())
        .ok_or_else(refused)
}

fn a_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a time is written like 2026-03-04T14:02:11Z, in UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn owner_is_refused_by_name() {
        let words = [
            "sonicsaas",
            "mapping",
            "add",
            "--team",
            "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
        ];
        let rest = [
            "--group-id",
            "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
            "--role",
            "owner",
        ];
        let error = Arguments::try_parse_from(words.into_iter().chain(rest)).expect_err("owner");
        assert!(
            error.to_string().contains("owner can't be given by a group"),
            "{error}"
        );
    }
}
