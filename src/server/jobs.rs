//! The work that runs beside requests: the connections themselves, the sender of invitations and the sweeper. The only place that starts tasks.

use std::time::Duration;

use axum::Router;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::MissedTickBehavior};

use super::{listen, state::AppState};
use crate::service::{ServiceError, Services, invitation};

/// How often what has expired is removed.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How soon sending goes on after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long a mail that is on its way is waited for when the server stops. Otherwise its person has another turn later.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the server until it is stopped and its last connection has closed.
#[expect(clippy::disallowed_methods, reason = "the one place that starts tasks")]
pub(super) fn run(
    state: AppState,
    listener: TcpListener,
    router: Router,
    for_metrics: Option<TcpListener>,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let metrics = state.metrics.clone();
        let sender = tokio::spawn(send(state.services.clone(), stopped.clone()));
        let sweeper = tokio::spawn(sweep(state, stopped.clone()));
        let reader = for_metrics.map(|listener| {
            let start = |connection| drop(tokio::spawn(connection));
            tokio::spawn(listen::serve(listener, metrics.router(), stopped.clone(), start))
        });
        listen::serve(listener, router, stopped, |connection| {
            let open = metrics.connection();
            drop(tokio::spawn(async move {
                connection.await;
                drop(open);
            }));
        })
        .await;
        drop(sender.await);
        drop(sweeper.await);
        if let Some(reader) = reader {
            drop(reader.await);
        }
    })
}

/// Invites whoever waits for it: at once when somebody asks for it, and after a restart whoever was left.
async fn send(services: Services, mut stopped: watch::Receiver<bool>) {
    let bell = services.bell.clone();
    let mut sender = invitation::Sender::new(services);
    loop {
        let told = async {
            listen::told(&mut stopped).await;
            tokio::time::sleep(GRACE).await;
        };
        let pause = tokio::select! {
            () = told => break,
            step = sender.step() => step.unwrap_or_else(|error| {
                tracing::error!(?error, "could not send invitations; it is tried again");
                AFTER_FAILURE
            }),
        };
        tokio::select! {
            () = listen::told(&mut stopped) => break,
            () = bell.heard(), if !pause.is_zero() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    sender.close().await;
}

/// Removes what has expired or been quiet for long.
async fn sweep(state: AppState, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = listen::told(&mut stopped) => return,
            _ = ticks.tick() => {}
        }
        state.limits.sweep();
        match swept(&state.services).await {
            Ok(removed) => {
                state.metrics.swept(Some(removed));
                tracing::debug!(removed, "swept");
            }
            Err(error) => {
                state.metrics.swept(None);
                tracing::warn!(%error, "could not sweep; it is tried again");
            }
        }
    }
}

async fn swept(services: &Services) -> Result<u64, ServiceError> {
    invitation::expire(services).await?;
    let (upkeep, now) = (services.store.upkeep(), services.now());
    let sessions = upkeep.sweep(now, services.rules.session_limits).await?;
    Ok(sessions + upkeep.sweep_ways_in(now).await? + upkeep.sweep_kept_forms(now).await?)
}
