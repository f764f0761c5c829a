//! One product for many cases, and what is asserted after each of them.
//!
//! A refusal counts only with its reason: "refused for some reason" would hide a check that does not exist. After it
//! nobody is signed in, no row was written, the attempt is used up, and exactly one event says why.

use std::{collections::BTreeMap, future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Mutex};

use entra_emulator::{KeyChange, PublishedKey, TokenMutation};
use futures_util::FutureExt as _;
use sonicsaas::{
    domain::{audit::RecordedEvent, id::TeamId},
    routes,
    storage::HostOperator,
};

use super::ledger;
pub(crate) use super::refused::Refused;
use crate::{
    app::{App, CONTOSO, Event, FABRIKAM, Setup},
    browser::{Browser, Reply},
    database::Watch,
};

/// The person of most cases.
pub(crate) const DANA: &str = "dana@contoso.com";
/// Their object ID.
pub(crate) const DANA_OBJECT: &str = "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287";

/// A running case.
pub(crate) type Running<'bench> = Pin<Box<dyn Future<Output = ()> + 'bench>>;

/// A case that is a walk of its own.
pub(crate) struct Runner {
    /// Its number in the files.
    pub id: &'static str,
    /// What it does.
    pub run: for<'bench> fn(&'bench Bench) -> Running<'bench>,
}

/// A case that is one wrong or unusual token.
pub(crate) struct Row {
    /// Its number in the files.
    pub id: &'static str,
    /// What is unusual about the token.
    pub token: TokenMutation,
    /// How it must end.
    pub ends: Ends,
}

/// How a case must end.
pub(crate) enum Ends {
    /// Refused in this way.
    Refused(Refused),
    /// The same person is signed in.
    Accepted,
}

/// Every case of a batch, each once, in order.
pub(crate) fn ids(rows: &[Row], walks: &[Runner]) -> Vec<&'static str> {
    let mut ids = Vec::new();
    for id in rows
        .iter()
        .map(|row| row.id)
        .chain(walks.iter().map(|walk| walk.id))
    {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// `walk!("FLW-003", state_missing)`: a runner of an `async fn(&Bench)`.
macro_rules! walk {
    ($id:literal, $name:path) => {
        $crate::cases::bench::Runner {
            id: $id,
            run: |bench| Box::pin($name(bench)),
        }
    };
}
pub(crate) use walk;

/// Two teams with their tenants, and a memory of what was seen.
pub(crate) struct Bench {
    /// The product.
    pub app: App,
    /// Northwind MSP, the team of Contoso.
    pub team: TeamId,
    /// Fabrikam Field Services, the team of Fabrikam.
    pub other_team: TeamId,
    watch: Watch,
    seen: Mutex<Option<RecordedEvent>>,
}

/// A sign-in that is back from Microsoft and not yet finished.
pub(crate) struct Pending {
    /// The browser that began it.
    pub browser: Browser,
    /// The address to which Microsoft sent it.
    pub target: String,
}

impl Pending {
    /// A parameter of the address, as it stands there.
    pub(crate) fn parameter(&self, name: &str) -> String {
        let start = format!("{name}=");
        let found = self
            .target
            .split(['?', '&'])
            .find_map(|part| part.strip_prefix(&start));
        found
            .unwrap_or_else(|| panic!("{name} in {}", self.target))
            .to_owned()
    }
}

impl Bench {
    /// A product with two teams, and with keys that some cases sign with.
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// The same, started differently.
    pub(crate) async fn with(setup: Setup) -> Self {
        let app = App::with(Setup {
            from_many_places: true,
            ..setup
        })
        .await;
        for (name, issuer, cloud) in [
            // A key that belongs to one tenant alone, and one that says nothing of its cloud.
            (
                "tenant-1",
                format!("{{authority}}/{FABRIKAM}/v2.0"),
                Some("microsoftonline.com"),
            ),
            ("global-5", "{authority}/{tenantid}/v2.0".to_owned(), None),
        ] {
            app.emulator
                .control()
                .keys(KeyChange::Publish(PublishedKey {
                    name: name.to_owned(),
                    issuer: Some(issuer),
                    cloud_instance_name: cloud.map(str::to_owned),
                }))
                .expect("a key");
        }
        let team = app.northwind().await;
        let other_team = app.team("Fabrikam Field Services", FABRIKAM).await;
        let watch = app.watch().await;
        let bench = Self {
            app,
            team,
            other_team,
            watch,
            seen: Mutex::default(),
        };
        bench.events().await;
        bench
    }

    /// Runs the cases between two sign-ins that succeed, prints what became of each, and fails when one failed.
    pub(crate) async fn run(self, rows: Vec<Row>, walks: &[Runner]) {
        let mut failed = Vec::new();
        self.positive().await;
        for id in ids(&rows, walks) {
            if super::waiting::reason(id).is_some() {
                continue;
            }
            let (mut count, mut wrong) = (0, 0);
            for row in rows.iter().filter(|row| row.id == id) {
                count += 1;
                let part: Running<'_> = match &row.ends {
                    Ends::Refused(refused) => Box::pin(async {
                        self.refuses(row.token.clone(), refused).await;
                    }),
                    Ends::Accepted => Box::pin(self.accepts(row.token.clone())),
                };
                if AssertUnwindSafe(part).catch_unwind().await.is_err() {
                    wrong += 1;
                    ledger::say(&format!("case {id} failed with {:?}", row.token));
                }
                self.clear();
            }
            for walk in walks.iter().filter(|walk| walk.id == id) {
                count += 1;
                wrong += usize::from(AssertUnwindSafe((walk.run)(&self)).catch_unwind().await.is_err());
                self.clear();
            }
            ledger::say_run(id, count, wrong);
            if wrong > 0 {
                failed.push(id);
            }
        }
        self.positive().await;
        assert!(self.app.chains_are_whole().await);
        drop(self.watch);
        self.app.stop().await;
        assert!(failed.is_empty(), "failed: {failed:?}");
    }

    /// Takes back what a case has set.
    fn clear(&self) {
        let control = self.app.emulator.control();
        control.clear_mutations();
        control.clear_faults();
        control.clear_outcomes();
    }

    /// Somebody signs in, and everything that belongs to it is there: the positive control.
    pub(crate) async fn positive(&self) {
        let pending = self.pending(DANA).await;
        self.accepted(&pending).await;
    }

    /// The events since this was asked last.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let operator = HostOperator::on_this_machine();
        let mut last = self.seen.lock().expect("not poisoned").clone();
        let mut events = Vec::new();
        loop {
            let store = &self.app.services.store;
            let page = store
                .read_events(&operator, None, None, last.as_ref(), 500)
                .await
                .expect("events");
            match page.last() {
                Some(event) => last = Some(event.clone()),
                None => break,
            }
            events.extend(page.into_iter().map(Event::from));
        }
        *self.seen.lock().expect("not poisoned") = last;
        events
    }

    /// How many rows each table has.
    pub(crate) async fn rows(&self) -> BTreeMap<&'static str, i64> {
        self.watch.rows().await
    }

    /// How often a route of Microsoft was asked.
    pub(crate) fn asked(&self, route: &str) -> usize {
        self.app.emulator.control().log_of(route).len()
    }

    /// Begins a sign-in in a new browser and picks a person at Microsoft.
    pub(crate) async fn pending(&self, person: &str) -> Pending {
        self.pending_in(self.app.browser(), person, routes::SIGN_IN).await
    }

    /// The same in this browser, from this address.
    pub(crate) async fn pending_in(&self, browser: Browser, person: &str, start: &str) -> Pending {
        let target = self.app.pick(&browser, person, start).await;
        Pending { browser, target }
    }

    /// The token that Microsoft sends next is wrong in this way.
    pub(crate) fn mutate(&self, mutation: TokenMutation) {
        self.app.emulator.control().mutate(mutation);
    }

    /// Finishes a sign-in that must succeed, and checks what belongs to it. Returns the viewer.
    pub(crate) async fn accepted(&self, pending: &Pending) -> serde_json::Value {
        let before = self.rows().await;
        self.events().await;
        let redeemed = self.app.redeemed();
        let reply = pending.browser.get(&pending.target).await;
        let events = self.events().await;
        assert_eq!(reply.location(), "/dashboard", "{events:?}");
        let viewer = pending.browser.call(routes::VIEWER).await;
        assert_eq!(viewer.status, 200);
        let signed: Vec<_> = events.iter().filter(|event| event.action == "sign_in").collect();
        assert_eq!(signed.len(), 1, "one sign-in is recorded: {events:?}");
        assert_eq!(
            (signed[0].outcome.as_str(), signed[0].detail("method")),
            ("success", "sso")
        );
        assert!(!signed[0].detail("tid").is_empty() && !signed[0].detail("oid").is_empty());
        let after = self.rows().await;
        let joined = i64::try_from(
            events
                .iter()
                .filter(|event| event.action == "member.provisioned")
                .count(),
        );
        let joined = joined.expect("few");
        // A session that the new one replaces is gone.
        let ended = i64::from(events.iter().any(|event| event.action == "session.revoked"));
        for (table, more) in [
            ("user_account", joined),
            ("identity", joined),
            ("session", 1 - ended),
        ] {
            assert_eq!(after[table] - before[table], more, "{table}");
        }
        assert_eq!(self.app.redeemed() - redeemed, 1, "one code was redeemed");
        viewer.json()
    }

    /// Finishes a sign-in that must be refused, and checks that nothing else came of it.
    pub(crate) async fn refused(&self, pending: &Pending, refused: &Refused) -> Event {
        let target = pending.target.clone();
        self.refused_at(pending, &target, refused).await
    }

    /// The same with another address than Microsoft's.
    pub(crate) async fn refused_at(&self, pending: &Pending, target: &str, refused: &Refused) -> Event {
        let (before, redeemed, keys) = (self.rows().await, self.app.redeemed(), self.asked("keys"));
        self.events().await;
        let was_in = pending.browser.call(routes::VIEWER).await;
        let reply = pending.browser.get(target).await;
        let event = self.one_refusal(&reply, refused).await;
        assert_eq!(self.rows().await, before, "nothing was written");
        assert_eq!(self.app.redeemed() - redeemed, refused.redeemed, "token requests");
        assert!(self.asked("keys") - keys <= 1, "at most one question for keys");
        let page = pending.browser.get(reply.location()).await;
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains(event.detail("correlation_id")),
            "the page shows the reference"
        );
        let is_in = pending.browser.call(routes::VIEWER).await;
        assert_eq!(
            (is_in.status, is_in.body),
            (was_in.status, was_in.body),
            "signed in as before"
        );
        if refused.spends {
            let again = pending.browser.get(&pending.target).await;
            assert_eq!(
                again.location(),
                "/login?error=state_invalid",
                "the attempt is used up"
            );
            assert_eq!(self.events().await[0].detail("check"), "tx_spent");
            assert_eq!(
                self.app.redeemed() - redeemed,
                refused.redeemed,
                "not even another question"
            );
        }
        event
    }

    /// The one refusal that this reply came with.
    pub(crate) async fn one_refusal(&self, reply: &Reply, refused: &Refused) -> Event {
        let mut events = self.events().await;
        assert_eq!(
            events.len(),
            1,
            "one event: {events:?} {} {}",
            reply.status,
            reply.location()
        );
        let event = events.remove(0);
        let checked = refused.checks.is_empty() || refused.checks.contains(&event.detail("check"));
        assert!(
            event.action == "sign_in" && event.reason.as_deref() == Some(refused.reason) && checked,
            "{refused:?} is not {event:?}"
        );
        assert_ne!(event.outcome, "success");
        assert_eq!(
            (reply.status, reply.location()),
            (303, format!("/login?error={}", refused.reason).as_str())
        );
        event
    }

    /// Signs somebody in with a token that is wrong in this way, and expects this refusal.
    pub(crate) async fn refuses(&self, mutation: TokenMutation, refused: &Refused) -> Event {
        let pending = self.pending(DANA).await;
        self.mutate(mutation);
        self.refused(&pending, refused).await
    }

    /// Signs somebody in with a token that is unusual in this way, and expects the same person to be in.
    pub(crate) async fn accepts(&self, mutation: TokenMutation) {
        let users = self.rows().await["user_account"];
        let pending = self.pending(DANA).await;
        self.mutate(mutation);
        let viewer = self.accepted(&pending).await;
        assert_eq!(viewer["team_id"], self.team.to_string());
        assert_eq!(self.rows().await["user_account"], users, "the same person");
    }

    /// The issuer of a tenant.
    pub(crate) fn issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.app.emulator.authority())
    }

    /// That of the team's tenant.
    pub(crate) fn own_issuer(&self) -> String {
        self.issuer(CONTOSO)
    }
}
