//! The command line: run the server, and operate it without a browser.
//!
//! Answers go to standard output as JSON, everything else to standard error. Exit code 2 means that the command or
//! the environment is wrong, 1 that the work failed.

mod arguments;
mod doctor;
mod entra_setup;
mod output;

use std::{io::Read as _, path::Path, process::ExitCode};

use clap::Parser as _;
use leptos::config::{LeptosOptions, get_configuration};
use secrecy::SecretString;

use self::{
    arguments::{
        AddMapping, Arguments, AuditCommand, Command, CreateTeam, EntraCommand, MappingCommand, RecoverUser,
        RegisterTenant, TeamCommand, TenantCommand, UserCommand,
    },
    output::{fail, notice, print_json, problems, recorded_event},
};
use crate::{
    config::Config,
    domain::{
        password,
        sign_in::AuthMode,
        tenant::{ObjectId, TenantId, Verification},
    },
    host, routes,
    server::{
        self, Parts,
        ops::{log, traces::Traces},
    },
    service::{Services, audit, recovery, team, tenant},
    storage::HostOperator,
    text::{connection_test::ConnectionTestWords, text},
};

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    // Before there is anything else to configure.
    if let Some(Command::Entra(EntraCommand::Setup(wanted))) = &arguments.command {
        return entra_setup::print(wanted.format);
    }
    let config = match Config::from_process() {
        Ok(config) => config,
        Err(found) => {
            problems(&found);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&cause),
    };
    let command = arguments.command.unwrap_or(Command::Serve);
    // Only the server has requests to trace.
    let endpoint = config.observe.trace_endpoint.as_ref();
    let traces = match endpoint.filter(|_| matches!(command, Command::Serve)) {
        None => None,
        Some(endpoint) => match Traces::start(endpoint, runtime.handle().clone()) {
            Ok(traces) => Some(traces),
            Err(cause) => return fail(cause.as_ref()),
        },
    };
    log::start(&config.observe, host::ids(), traces.as_ref());
    let ended = runtime.block_on(execute(command, &config));
    if let Some(traces) = traces {
        traces.finish();
    }
    match ended {
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
        // A new deployment begins with one of these.
        Command::Migrate | Command::Team(TeamCommand::Create(_)) => {}
        _ => {
            if let Some(file) = doctor::missing_database(config) {
                return Err(format!(
                    "there is no database at {file}; DATABASE_URL or another working directory names the right one, and \
                     sonicsaas migrate makes a new one"
                )
                .into());
            }
        }
    }
    let services = server::services(config, host::ids()).await?;
    let operator = HostOperator::on_this_machine();
    match command {
        Command::Team(TeamCommand::Create(wanted)) => {
            create_team(&services, &operator, wanted, config).await?;
        }
        Command::Team(TeamCommand::List) => list_teams(&services, &operator).await?,
        Command::Tenant(TenantCommand::Register(wanted)) => {
            register(&services, &operator, &wanted, config).await?;
        }
        Command::Mapping(MappingCommand::Add(wanted)) => add_mapping(&services, &operator, &wanted).await?,
        Command::User(UserCommand::RecoveryLink(wanted)) => {
            recovery_link(&services, &operator, wanted, config).await?;
        }
        Command::Audit(AuditCommand::Export(wanted)) => {
            audit::export(&services, &operator, wanted.team, wanted.since, |event| {
                print_json(&recorded_event(event))
            })
            .await?;
        }
        // Opening the services has brought the database up to date.
        Command::Serve | Command::Doctor | Command::Migrate | Command::Entra(_) => {}
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
    if config.registration.is_none() && config.auth_mode != AuthMode::LocalOnly {
        notice(
            "nobody can sign in with Microsoft: MICROSOFT_ENTRA_ID_CLIENT_ID and MICROSOFT_ENTRA_ID_CLIENT_SECRET are not both set",
        );
    }
    let registration = config
        .registration
        .as_ref()
        .filter(|_| config.microsoft_sign_in());
    if let Some(text) = registration.and_then(|registration| doctor::ending(registration, host::ids().now()))
    {
        notice(&text);
    }
    let mut leptos = leptos_options()?;
    // Leptos reads the process's environment only; ours may come from a file too.
    if let Some(address) = config.site_address {
        leptos.site_addr = address;
    }
    let parts = Parts {
        ids: host::ids(),
        leptos,
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
    config: &Config,
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
    let made = team::create(services, operator, draft).await?;
    let invitation = made.invitation.as_ref().map(|token| {
        let mut url = config.public_url.clone();
        url.set_path(&routes::invite(token));
        url.to_string()
    });
    print_json(&serde_json::json!({
        "team_id": made.team.to_string(),
        "owner_id": made.owner.to_string(),
        "invitation_url": invitation,
    }))?;
    if invitation.is_some() {
        notice(&format!(
            "the owner has no password. In this order: 1. sonicsaas team create (done) \
             2. sonicsaas tenant register --team {} --tenant-id TENANT_ID \
             3. the owner opens invitation_url within 7 days and signs in with Microsoft, with an account of that tenant",
            made.team
        ));
    }
    Ok(())
}

/// The password on standard input, without its line end.
fn password() -> Result<SecretString, Stopped> {
    let mut typed = String::new();
    std::io::stdin()
        .take(password::LONGEST as u64 + 2)
        .read_to_string(&mut typed)?;
    let given = typed.trim_end_matches(['\r', '\n']);
    let length = given.chars().count();
    if length < password::SHORTEST {
        return Err("a password must be 15 characters or more".into());
    }
    if given.len() > password::LONGEST {
        return Err("a password must be 1,024 bytes or less".into());
    }
    Ok(SecretString::from(given))
}

async fn recovery_link(
    services: &Services,
    operator: &HostOperator,
    wanted: RecoverUser,
    config: &Config,
) -> Result<(), Stopped> {
    let person = match (wanted.email, wanted.user) {
        (Some(email), _) => recovery::Person::Email(email),
        (None, Some(user)) => recovery::Person::User(user),
        (None, None) => return Err("--email or --user says who".into()),
    };
    let made = recovery::create(services, operator, &person).await?;
    let mut url = config.public_url.clone();
    url.set_path(&routes::recover(&made.token));
    print_json(&serde_json::json!({
        "url": url.to_string(),
        "expires_at": made.expires.to_string(),
    }))?;
    if made.suspended {
        notice("this member is suspended; the link works only after the suspension is lifted");
    }
    Ok(())
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
    config: &Config,
) -> Result<(), Stopped> {
    // The two IDs stand side by side in the portal.
    let own = config
        .registration
        .as_ref()
        .map(|registration| registration.client_id);
    if own.map(TenantId::from) == Some(wanted.tenant_id) {
        return Err(text::<ConnectionTestWords>().own_client_id.into());
    }
    let draft = tenant::TenantDraft {
        tenant: wanted.tenant_id,
        enabled: !wanted.disabled,
        allow_guests: wanted.allow_guests,
        proven: wanted.proven,
    };
    let tenant::Registered {
        saved,
        replaced,
        sessions_ended,
    } = tenant::register_tenant(services, operator, wanted.team, draft).await?;
    print_json(&serde_json::json!({
        "tenant_id": saved.tenant.to_string(),
        "enabled": saved.enabled,
        "allow_guests": saved.allow_guests,
        "verification": verification(&saved.verification),
        "version": saved.version,
    }))?;
    if let Some(replaced) = replaced {
        notice(&format!(
            "the team had tenant {replaced}, and a team has one: it is replaced, {sessions_ended} sessions ended"
        ));
    }
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
