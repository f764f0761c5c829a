//! The command line: run the server, and operate it without a browser.
//!
//! Answers go to standard output as JSON, everything else to standard error. Exit code 2 means that the command or
//! the environment is wrong, 1 that the work failed.

mod doctor;
mod output;

use std::{io::Read as _, path::Path, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use leptos::config::{LeptosOptions, get_configuration};
use secrecy::SecretString;

use self::output::{fail, notice, print_json, problems, recorded_event};
use crate::{
    config::Config,
    domain::{
        id::TeamId,
        input,
        mapping::Priority,
        role::{MappableRole, Role},
        tenant::{ObjectId, TenantId, Verification},
        time::Timestamp,
    },
    host,
    server::{self, Parts, ops},
    service::{Services, audit, team},
    storage::HostOperator,
};

/// Sign in with Microsoft Entra ID, with roles from security groups.
#[derive(Debug, Parser)]
#[command(name = "sonicsaas", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default); brings the database up to date first
    Serve,
    /// Bring the database up to date and stop
    Migrate,
    /// Teams
    #[command(subcommand)]
    Team(TeamCommand),
    /// Tenants of teams
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Mappings from Entra groups to roles
    #[command(subcommand)]
    Mapping(MappingCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check configuration, database, Microsoft, clock and audit chain; exit code 1 if any check fails
    Doctor,
}

#[derive(Debug, Subcommand)]
enum TeamCommand {
    /// Create a team and its first owner
    Create(CreateTeam),
    /// List all teams, one JSON object a line
    List,
}

#[derive(Debug, Args)]
struct CreateTeam {
    /// The team's name
    #[arg(long, value_parser = a_name)]
    name: String,
    /// The first owner's email address
    #[arg(long, value_parser = an_email)]
    owner_email: String,
    /// The first owner's name; the part of the address before the @ when left out
    #[arg(long, value_parser = a_name)]
    owner_name: Option<String>,
    /// Read the owner's password from standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Subcommand)]
enum TenantCommand {
    /// Register a team's Microsoft tenant, or change its registration; takes effect at once
    Register(RegisterTenant),
}

#[derive(Debug, Args)]
struct RegisterTenant {
    /// The team
    #[arg(long, value_parser = a_team)]
    team: TeamId,
    /// The directory (tenant) ID, a GUID
    #[arg(long, value_parser = a_guid)]
    tenant_id: uuid::Uuid,
    /// Keep people of this tenant out for now
    #[arg(long)]
    disabled: bool,
    /// Let guests of this tenant sign in too
    #[arg(long)]
    allow_guests: bool,
    /// Vouch for the ownership: another team's claim on this tenant gives way
    #[arg(long)]
    proven: bool,
}

#[derive(Debug, Subcommand)]
enum MappingCommand {
    /// Map an Entra security group to a role
    Add(AddMapping),
}

#[derive(Debug, Args)]
struct AddMapping {
    /// The team
    #[arg(long, value_parser = a_team)]
    team: TeamId,
    /// The group's object ID, a GUID
    #[arg(long, value_parser = a_guid)]
    group_id: uuid::Uuid,
    /// admin, operator, member, auditor or viewer
    #[arg(long, value_parser = a_mappable_role)]
    role: MappableRole,
    /// 0 to 100; the highest number wins
    #[arg(long, default_value = "0", value_parser = a_priority)]
    priority: Priority,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Export events, one JSON object a line, the oldest first
    Export(ExportEvents),
}

#[derive(Debug, Args)]
struct ExportEvents {
    /// Only this team's events; otherwise every event, the platform's included
    #[arg(long, value_parser = a_team)]
    team: Option<TeamId>,
    /// Only events from this time on, such as 2026-03-04T14:02:11Z or 2026-03-04
    #[arg(long, value_parser = a_time)]
    since: Option<Timestamp>,
}

fn a_name(text: &str) -> Result<String, String> {
    input::name(text).ok_or_else(|| "a name has 1 to 120 characters".to_owned())
}

fn an_email(text: &str) -> Result<String, String> {
    input::email(text).ok_or_else(|| "an email address looks like name@example.com".to_owned())
}

fn a_guid(text: &str) -> Result<uuid::Uuid, String> {
    input::guid(text).ok_or_else(|| "a GUID is 32 letters and numbers with hyphens".to_owned())
}

fn a_team(text: &str) -> Result<TeamId, String> {
    input::guid(text)
        .map(TeamId::from)
        .ok_or_else(|| "sonicsaas team list shows the teams' ids".to_owned())
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

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::from_process() {
        Ok(config) => config,
        Err(found) => {
            problems(&found);
            return ExitCode::from(2);
        }
    };
    ops::start_log(&config.log_filter, config.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&cause),
    };
    match runtime.block_on(execute(arguments.command.unwrap_or(Command::Serve), &config)) {
        Ok(code) => code,
        Err(error) => fail(error.as_ref()),
    }
}

/// Whatever stopped a command, for one line on standard error.
type Stopped = Box<dyn std::error::Error + Send + Sync>;

async fn execute(command: Command, config: &Config) -> Result<ExitCode, Stopped> {
    match command {
        Command::Serve => return serve(config).await,
        Command::Doctor => return doctor::examine(config).await,
        _ => {}
    }
    let services = server::services(config, host::ids()).await?;
    let operator = HostOperator::on_this_machine();
    match command {
        Command::Team(TeamCommand::Create(wanted)) => create_team(&services, &operator, wanted).await?,
        Command::Team(TeamCommand::List) => list_teams(&services, &operator).await?,
        Command::Tenant(TenantCommand::Register(wanted)) => register(&services, &operator, &wanted).await?,
        Command::Mapping(MappingCommand::Add(wanted)) => add_mapping(&services, &operator, &wanted).await?,
        Command::Audit(AuditCommand::Export(wanted)) => {
            audit::export(&services, &operator, wanted.team, wanted.since, |event| {
                print_json(&recorded_event(event))
            })
            .await?;
        }
        // Opening the services has brought the database up to date.
        Command::Serve | Command::Doctor | Command::Migrate => {}
    }
    services.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Leptos' own options: `Leptos.toml` when it is there, and `LEPTOS_*` over it.
fn leptos_options() -> Result<LeptosOptions, Stopped> {
    let file = Path::new("Leptos.toml").exists().then_some("Leptos.toml");
    match get_configuration(file) {
        Ok(configuration) => Ok(configuration.leptos_options),
        Err(cause) => Err(format!("Leptos.toml or a LEPTOS_ variable cannot be used: {cause}").into()),
    }
}

async fn serve(config: &Config) -> Result<ExitCode, Stopped> {
    if config.registration.is_none() && config.auth_mode != crate::domain::sign_in::AuthMode::LocalOnly {
        notice(
            "nobody can sign in with Microsoft: MICROSOFT_ENTRA_ID_CLIENT_ID and MICROSOFT_ENTRA_ID_CLIENT_SECRET are not both set",
        );
    }
    let parts = Parts {
        ids: host::ids(),
        leptos: leptos_options()?,
        listener: None,
        without_session_ring: false,
    };
    let running = server::start(config, parts).await?;
    running.until_told().await;
    Ok(ExitCode::SUCCESS)
}

async fn create_team(
    services: &Services,
    operator: &HostOperator,
    wanted: CreateTeam,
) -> Result<(), Stopped> {
    let password = if wanted.password_stdin {
        Some(password()?)
    } else {
        None
    };
    let local_part = || {
        wanted
            .owner_email
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let draft = team::TeamDraft {
        name: wanted.name,
        owner_name: wanted.owner_name.unwrap_or_else(local_part),
        owner_email: wanted.owner_email,
        password,
    };
    let without_password = draft.password.is_none();
    let (team_id, owner_id) = team::create(services, operator, draft).await?;
    print_json(&serde_json::json!({
        "team_id": team_id.to_string(),
        "owner_id": owner_id.to_string(),
        "invitation_url": null,
    }))?;
    if without_password {
        notice(
            "the owner has no password and this release makes no invitations yet; give --password-stdin to set one",
        );
    }
    Ok(())
}

/// The password on standard input, without its line end.
fn password() -> Result<SecretString, Stopped> {
    const LONGEST: u64 = 1024;
    let mut typed = String::new();
    std::io::stdin().take(LONGEST + 2).read_to_string(&mut typed)?;
    let password = typed.trim_end_matches(['\r', '\n']);
    let length = password.chars().count();
    if length < 15 {
        return Err("a password must be 15 characters or more".into());
    }
    if password.len() as u64 > LONGEST {
        return Err("a password must be 1,024 bytes or less".into());
    }
    Ok(SecretString::from(password))
}

async fn list_teams(services: &Services, operator: &HostOperator) -> Result<(), Stopped> {
    for row in team::list(services, operator).await? {
        let tenant = row.tenant.map(|registration| {
            serde_json::json!({
                "tenant_id": registration.tenant.to_string(),
                "enabled": registration.enabled,
                "allow_guests": registration.allow_guests,
                "verification": verification(&registration.verification),
            })
        });
        print_json(&serde_json::json!({
            "team_id": row.id.to_string(),
            "name": row.name,
            "created_at": row.created_at.to_string(),
            "members": row.members,
            "tenant": tenant,
        }))?;
    }
    Ok(())
}

fn verification(verification: &Verification) -> &'static str {
    match verification {
        Verification::Unverified => "unverified",
        Verification::Proven { .. } => "proven",
    }
}

async fn register(
    services: &Services,
    operator: &HostOperator,
    wanted: &RegisterTenant,
) -> Result<(), Stopped> {
    let draft = team::TenantDraft {
        tenant: TenantId::from(wanted.tenant_id),
        enabled: !wanted.disabled,
        allow_guests: wanted.allow_guests,
        proven: wanted.proven,
    };
    let saved = team::register_tenant(services, operator, wanted.team, draft).await?;
    print_json(&serde_json::json!({
        "tenant_id": saved.tenant.to_string(),
        "enabled": saved.enabled,
        "allow_guests": saved.allow_guests,
        "verification": verification(&saved.verification),
        "version": saved.version,
    }))?;
    Ok(())
}

async fn add_mapping(
    services: &Services,
    operator: &HostOperator,
    wanted: &AddMapping,
) -> Result<(), Stopped> {
    let draft = (ObjectId::from(wanted.group_id), wanted.role, wanted.priority);
    let mapping = team::add_mapping(services, operator, wanted.team, draft).await?;
    print_json(&serde_json::json!({
        "id": mapping.id.to_string(),
        "group_id": mapping.group.to_string(),
        "role": mapping.role.to_string(),
        "priority": u8::from(mapping.priority),
        "version": mapping.version,
    }))?;
    Ok(())
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
