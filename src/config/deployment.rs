//! What the app registration of this deployment depends on, and nothing else of the environment: it can be printed before
//! there is a client ID, a key or a database.

use url::Url;

use super::{Problem, default_role, environment::Environment, origin};
use crate::domain::{role::MappableRole, sign_in::AuthMode};

/// The part of the environment that an app registration depends on.
#[derive(Debug)]
pub struct Deployment {
    /// `PUBLIC_URL`.
    pub public_url: Url,
    /// `MICROSOFT_ENTRA_ID_AUTHORITY_HOST`.
    pub authority: Url,
    /// `MICROSOFT_GRAPH_URL`.
    pub graph: Url,
    /// `AUTH_MODE`.
    pub auth_mode: AuthMode,
    /// `ENTRA_DEFAULT_ROLE`.
    pub default_role: MappableRole,
}

impl Deployment {
    /// Reads the process's environment and the file in its working directory.
    ///
    /// # Errors
    /// Every problem with these variables, and with the file. What is wrong with others is left for the server to say.
    pub fn from_process() -> Result<Self, Vec<Problem>> {
        Self::read(&mut Environment::of_process())
    }

    /// Reads `environment`.
    ///
    /// # Errors
    /// As [`Deployment::from_process`].
    pub fn read(environment: &mut Environment) -> Result<Self, Vec<Problem>> {
        const AUTHORITY: &str = "MICROSOFT_ENTRA_ID_AUTHORITY_HOST";
        const GRAPH: &str = "MICROSOFT_GRAPH_URL";
        let auth_mode = environment.choice("AUTH_MODE", &AuthMode::ALL);
        let default_role = default_role(environment);
        let deployment = Self {
            public_url: origin(environment, "PUBLIC_URL", "http://localhost:3000"),
            authority: origin(environment, AUTHORITY, "https://login.microsoftonline.com"),
            graph: origin(environment, GRAPH, "https://graph.microsoft.com"),
            auth_mode: auth_mode.unwrap_or_default(),
            default_role: default_role.unwrap_or(MappableRole::MEMBER),
        };
        let ours = ["AUTH_MODE", "ENTRA_DEFAULT_ROLE", "PUBLIC_URL", AUTHORITY, GRAPH];
        let mut problems = environment.take_problems();
        problems.retain(|problem| {
            let variable = problem.variable.trim_end_matches("_FILE");
            variable.starts_with('.') || ours.contains(&variable)
        });
        if problems.is_empty() {
            Ok(deployment)
        } else {
            Err(problems)
        }
    }
}
