//! `sonicsaas doctor`: everything that can be wrong with a deployment, checked in one go.

use std::{path::Path, process::ExitCode, time::Duration};

use secrecy::ExposeSecret as _;

use super::{
    Stopped,
    output::{line, notice},
};
use crate::{
    config::{AppRegistration, Config},
    domain::{
        credential::{CredentialExpiry, CredentialFault, CredentialKind, CredentialStanding, days_left},
        sign_in::AuthMode,
        tenant::TenantId,
        time::Timestamp,
    },
    host, server,
    service::{Services, audit, team},
    storage::HostOperator,
};

/// Tokens carry times with a leeway of a minute; beyond half of it the clock deserves a look.
const WORRYING_SKEW: Duration = Duration::from_secs(30);

/// In so many tenants the credential is tried, until one of them shows what Microsoft thinks of it.
const TENANTS_TRIED: usize = 5;

/// What a check found.
enum Finding {
    Good(String),
    /// Worth knowing, and no failure.
    Note(String),
    Bad(String),
}

/// Runs every check and prints a line for each.
pub(super) async fn examine(config: &Config) -> Result<ExitCode, Stopped> {
    let mut findings = vec![("configuration", configuration(config))];
    if let Some(registration) = config
        .registration
        .as_ref()
        .filter(|_| config.microsoft_sign_in())
    {
        findings.push(("credential", credential(registration).await));
    }
    if let Some(file) = missing_database(config) {
        let text =
            format!("{file} does not exist; sonicsaas migrate makes it, or DATABASE_URL names another place");
        findings.push(("database", Finding::Bad(text)));
        return report(findings);
    }
    match server::services(config, host::ids()).await {
        Ok(services) => {
            findings.push(("database", Finding::Good(services.store.engine_name().to_owned())));
            findings.extend(microsoft(&services).await);
            findings.extend(mail(&services).await);
            findings.push(("audit chain", chain(&services).await));
            services.store.close().await;
        }
        Err(error) => findings.push(("database", Finding::Bad(error.to_string()))),
    }
    report(findings)
}

/// The `SQLite` file, when it is not there. A check must not make what it checks.
pub(super) fn missing_database(config: &Config) -> Option<String> {
    let address = config.database_url.expose_secret();
    let file = address.strip_prefix("sqlite://")?.split('?').next()?;
    (!Path::new(file).exists()).then(|| file.to_owned())
}

/// Prints a line for each finding.
fn report(findings: Vec<(&'static str, Finding)>) -> Result<ExitCode, Stopped> {
    let failed = findings
        .iter()
        .any(|(_, finding)| matches!(finding, Finding::Bad(_)));
    for (name, finding) in findings {
        match finding {
            Finding::Good(text) => line(&format!("ok    {name}: {text}"))?,
            Finding::Note(text) => line(&format!("note  {name}: {text}"))?,
            Finding::Bad(text) => line(&format!("FAIL  {name}: {text}"))?,
        }
    }
    if failed {
        notice("at least one check failed");
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn configuration(config: &Config) -> Finding {
    let public = config.public_url.as_str().trim_end_matches('/');
    match (config.auth_mode, &config.registration) {
        (AuthMode::LocalOnly, _) => Finding::Note(format!(
            "{public}, Microsoft sign-in is off (AUTH_MODE is local-only)"
        )),
        (_, None) => Finding::Note(format!(
            "{public}, nobody can sign in with Microsoft: MICROSOFT_ENTRA_ID_CLIENT_ID and \
             MICROSOFT_ENTRA_ID_CLIENT_SECRET are not both set"
        )),
        (_, Some(_)) => Finding::Good(format!(
            "{public}, redirect URI {}",
            server::redirect_uri(&config.public_url)
        )),
    }
}

/// The application's credential: of which kind it is, whether it is at hand, and how long it lasts. Whether Microsoft
/// accepts it is not asked here.
async fn credential(registration: &AppRegistration) -> Finding {
    if let Err(error) = registration.credential.check_at_hand().await {
        return Finding::Bad(error.to_string());
    }
    let (kind, now) = (kind(registration), host::ids().now());
    if let Some(text) = ending(registration, now) {
        return match registration.credential_expires() {
            Some(expires) if expires <= now => Finding::Bad(text),
            _ => Finding::Note(text),
        };
    }
    match (registration.credential_expires(), registration.credential.kind()) {
        (Some(expires), _) => {
            let days = days_left(expires, now).unwrap_or_default();
            Finding::Good(format!("{kind}, {days} days left, until {expires}"))
        }
        (None, CredentialKind::Secret) => Finding::Note(format!(
            "{kind}; nobody will be told before it expires, because MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES is not set"
        )),
        (None, _) => Finding::Good(kind.to_owned()),
    }
}

/// What is to be said at `now` about a credential that ends soon or has ended.
pub(super) fn ending(registration: &AppRegistration, now: Timestamp) -> Option<String> {
    let kind = kind(registration);
    Some(
        match CredentialExpiry::due(registration.credential_expires()?, now)? {
            CredentialExpiry::Expired { expires } => {
                format!("{kind}, expired on {expires}: Microsoft accepts it no more; set a new one")
            }
            CredentialExpiry::Expiring(notice) => format!(
                "{kind}, {} days left, until {}: set a new one before then, or nobody can sign in with Microsoft",
                notice.days_left, notice.expires
            ),
        },
    )
}

/// The credential's kind in words.
const fn kind(registration: &AppRegistration) -> &'static str {
    match registration.credential.kind() {
        CredentialKind::Secret => "client secret",
        CredentialKind::Certificate => "client certificate",
        CredentialKind::FederatedToken => "federated token file",
    }
}

async fn microsoft(services: &Services) -> Vec<(&'static str, Finding)> {
    let Some(entra) = &services.entra else {
        return Vec::new();
    };
    let (reached, graph) = tokio::join!(entra.check_reachable(), entra.check_graph());
    let graph = match graph {
        Ok(()) => Finding::Good("reachable".to_owned()),
        Err(error) => Finding::Bad(with_causes(&error)),
    };
    let graph = ("Microsoft Graph", graph);
    match reached {
        Ok(reached) => {
            let skew = reached
                .clock_ahead
                .map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
            let clock = match skew {
                None => Finding::Note("Microsoft's answer carried no time".to_owned()),
                Some(skew) if skew > WORRYING_SKEW => Finding::Bad(format!(
                    "differs from Microsoft's by {} seconds; set it by NTP, or sign-ins will fail",
                    skew.as_secs()
                )),
                Some(skew) => Finding::Good(format!("within {} seconds of Microsoft's", skew.as_secs() + 1)),
            };
            vec![
                ("Microsoft Entra ID", Finding::Good("reachable".to_owned())),
                graph,
                ("clock", clock),
                ("credential at Microsoft", accepted(services).await),
            ]
        }
        Err(error) => vec![("Microsoft Entra ID", Finding::Bad(with_causes(&error))), graph],
    }
}

/// Whether Microsoft accepts the credential. It says so only to somebody who asks for a token, and a token is of a
/// tenant: the registered ones are asked, one after the other, until the answer is about the credential.
async fn accepted(services: &Services) -> Finding {
    let Some(entra) = &services.entra else {
        return Finding::Note("not checked, because Microsoft sign-in is off".to_owned());
    };
    let tenants = match registered_tenants(services).await {
        Ok(tenants) => tenants,
        Err(error) => return Finding::Bad(error),
    };
    let Some(first) = tenants.first() else {
        return Finding::Note(
            "not checked, because no team has registered a tenant yet: the first sign-in or connection test checks it"
                .to_owned(),
        );
    };
    let mut last = String::new();
    for tenant in tenants.iter().take(TENANTS_TRIED) {
        match entra.fresh_application_access(*tenant).await {
            Ok(_) => return Finding::Good(format!("accepted (asked for a token of tenant {tenant})")),
            Err(error) => last = with_causes(&error),
        }
        match entra.credential_standing() {
            CredentialStanding::Untried => {}
            CredentialStanding::Accepted { .. } => {
                return Finding::Good(format!("accepted (asked for a token of tenant {tenant})"));
            }
            CredentialStanding::Rejected { fault, number, .. } => {
                let number = number.map_or_else(String::new, |number| format!(" (AADSTS{number})"));
                return Finding::Bad(format!("{}{number}", rejected(fault)));
            }
        }
    }
    Finding::Note(format!(
        "not checked: no registered tenant gave an answer about it; of tenant {first}: {last}"
    ))
}

/// The tenants of all teams, those first that should give a token: switched on, and proven.
async fn registered_tenants(services: &Services) -> Result<Vec<TenantId>, String> {
    let teams = team::list(services, &HostOperator::on_this_machine()).await;
    let teams = teams.map_err(|error| with_causes(&error))?;
    let mut registrations: Vec<_> = teams.into_iter().filter_map(|team| team.tenant).collect();
    registrations.sort_by_key(|registration| (!registration.enabled, !registration.is_proven()));
    Ok(registrations
        .iter()
        .map(|registration| registration.tenant)
        .collect())
}

/// Why Microsoft does not accept the credential, and what to do.
const fn rejected(fault: CredentialFault) -> &'static str {
    match fault {
        CredentialFault::Expired => {
            "Microsoft says that the client secret has expired; set a new one, or nobody can sign in with Microsoft"
        }
        CredentialFault::Wrong => {
            "Microsoft says that the client secret is wrong; copy the secret's value, not its ID"
        }
        CredentialFault::Unusable => {
            "Microsoft does not accept it; compare it with Certificates & secrets of the app registration"
        }
    }
}

/// An error with what is behind it, in one line: `connection refused` says more than `cannot be reached`.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let said = deeper.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = deeper.source();
    }
    text
}

/// The mail server, where there is one: whether it answers, secures the connection and takes our credentials.
async fn mail(services: &Services) -> Option<(&'static str, Finding)> {
    let mail = services.mail.as_ref()?;
    let finding = match mail.check().await {
        Ok(()) => Finding::Good(mail.place()),
        Err(error) => Finding::Bad(format!("{}: {error}", mail.place())),
    };
    Some(("mail server", finding))
}

async fn chain(services: &Services) -> Finding {
    match audit::verify(services, &HostOperator::on_this_machine()).await {
        Err(error) => Finding::Bad(error.to_string()),
        Ok(reports) => {
            let broken: Vec<_> = reports
                .iter()
                .filter_map(|report| {
                    let whose = report
                        .team
                        .map_or_else(|| "the platform".to_owned(), |team| format!("team {team}"));
                    report.broken_at.map(|place| format!("{whose} at event {place}"))
                })
                .collect();
            let events: i64 = reports.iter().map(|report| report.events).sum();
            if broken.is_empty() {
                Finding::Good(format!("{events} events in {} chains", reports.len()))
            } else {
                Finding::Bad(format!(
                    "broken in {}: an event was changed or removed",
                    broken.join(", ")
                ))
            }
        }
    }
}
