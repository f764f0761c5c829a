//! A whole product for a test: the emulator in process, a server on a free port, a clock that stands still, and a
//! browser that keeps cookies and follows nothing by itself.

use std::{sync::Arc, time::Duration};

use entra_emulator::Emulator;
use leptos::config::LeptosOptions;
use sonicsaas::{
    config::{Config, environment::Environment},
    domain::{
        id::{Ids, TeamId},
        mapping::Priority,
        tenant::{ObjectId, TenantId},
        time::{Clock, FixedClock, Timestamp},
    },
    host::SystemRandomness,
    server::{self, Parts, Running},
    service::{Services, audit, password::Hashing, team, tenant},
    storage::HostOperator,
};

pub(crate) use crate::event::Event;
use crate::{browser::Browser, database::Database};

/// The application ID that the emulator knows.
pub(crate) const CLIENT_ID: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
/// Its secret.
pub(crate) const CLIENT_SECRET: &str = "emulator-secret-value";
/// The tenant of Northwind MSP.
pub(crate) const CONTOSO: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
/// The tenant of Fabrikam Field Services.
pub(crate) const FABRIKAM: &str = "8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58";

/// A clock that a test sets, and that moves by a microsecond at each look, so that no two events have one time.
#[derive(Debug)]
pub(crate) struct Ticking(FixedClock);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_micros(1));
        self.0.now()
    }
}

/// A running product with its Microsoft.
pub(crate) struct App {
    /// The one origin, without a trailing slash.
    pub url: String,
    /// Microsoft.
    pub emulator: Emulator,
    /// What o'clock it is for both.
    pub clock: Arc<Ticking>,
    /// The use cases' tools, for arranging and looking.
    pub services: Services,
    running: Option<Running>,
    database: Option<Database>,
    /// Counts the places that browsers come from, when each comes from its own.
    places: Option<std::sync::atomic::AtomicU32>,
}

/// A second server of a running product.
pub(crate) struct Second {
    /// Where it listens; users see the first one's address.
    pub url: String,
    running: Running,
}

impl Second {
    /// Stops it.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

/// How a product is started.
#[derive(Default)]
pub(crate) struct Setup {
    /// Variables beside those that every test needs; they win.
    pub environment: Vec<(&'static str, String)>,
    /// Without the outer session ring.
    pub without_session_ring: bool,
    /// Microsoft's addresses are configured with a slash at their end.
    pub trailing_slash: bool,
    /// Each new browser comes from an address of its own, through a proxy that is trusted, so that many sign-ins do
    /// not meet the limits of one address.
    pub from_many_places: bool,
}

impl App {
    /// A product with the demo directory and two teams, at a fixed time.
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// A product of this make.
    pub(crate) async fn with(setup: Setup) -> Self {
        let start = Timestamp::parse("2026-03-04T14:02:11Z").expect("a time");
        let clock = Arc::new(Ticking(FixedClock::at(start)));
        let database = Database::fresh().await;
        let mut app = Self::launch(clock, &database.address(), setup).await;
        app.database = Some(database);
        app
    }

    /// A second server on the same database, with the same clock. To be stopped first.
    pub(crate) async fn beside(&self, setup: Setup) -> Self {
        let database = self.database.as_ref().expect("a running product has one");
        Self::launch(self.clock.clone(), &database.address(), setup).await
    }

    async fn launch(clock: Arc<Ticking>, database: &str, setup: Setup) -> Self {
        let start = clock.0.now();
        let emulator = Emulator::start(entra_emulator::Options::default())
            .await
            .expect("the emulator starts");
        emulator
            .control()
            .set_clock(entra_emulator::ClockSetting::Fixed(start.as_seconds()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let url = format!("http://localhost:{port}");

        let config = configuration(&url, &emulator, database, &setup);
        let ids = Ids::new(clock.clone(), Arc::new(SystemRandomness));
        let services = server::services(&config, ids.clone()).await.expect("services");
        let parts = parts(ids, listener, setup.without_session_ring);
        let running = server::start(&config, parts).await.expect("the server starts");
        Self {
            url,
            emulator,
            clock,
            services,
            running: Some(running),
            database: None,
            places: setup.from_many_places.then(Default::default),
        }
    }

    /// One more server of the same site, on the same database.
    pub(crate) async fn second(&self) -> Second {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let database = self.database.as_ref().expect("a running product has one");
        let config = configuration(&self.url, &self.emulator, &database.address(), &Setup::default());
        let ids = Ids::new(self.clock.clone(), Arc::new(SystemRandomness));
        let running = server::start(&config, parts(ids, listener, false)).await;
        Second {
            url: format!("http://localhost:{port}"),
            running: running.expect("the server starts"),
        }
    }

    /// Where its metrics are.
    pub(crate) fn metrics(&self) -> Browser {
        let running = self.running.as_ref().expect("a running product");
        let address = running.metrics_address.expect("metrics are on");
        Browser::at(&format!("http://{address}"))
    }

    /// A new browser.
    pub(crate) fn browser(&self) -> Browser {
        let browser = Browser::at(&self.url);
        match &self.places {
            Some(places) => {
                let place = places.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                browser.from(format!("10.{}.{}.1", place / 256, place % 256))
            }
            None => browser,
        }
    }

    /// Where the server hashes passwords.
    pub(crate) fn hashing(&self) -> &Hashing {
        self.running.as_ref().expect("it runs").hashing()
    }

    /// Makes a team whose tenant is registered and proven.
    pub(crate) async fn team(&self, name: &str, tenant: &str) -> TeamId {
        let operator = HostOperator::on_this_machine();
        let draft = team::TeamDraft {
            name: name.to_owned(),
            owner_email: format!("owner-{}@example.com", name.to_lowercase().replace(' ', "-")),
            owner_name: "Olivia Owner".to_owned(),
            password: None,
        };
        let team::Made { team, .. } = team::create(&self.services, &operator, draft)
            .await
            .expect("a team");
        self.register(team, tenant, |_| {}).await;
        team
    }

    /// Registers a team's tenant; `change` may switch things.
    pub(crate) async fn register(
        &self,
        team: TeamId,
        tenant: &str,
        change: impl FnOnce(&mut tenant::TenantDraft),
    ) {
        let tenant: TenantId = tenant.parse().expect("a tenant");
        let mut draft = tenant::TenantDraft {
            tenant,
            enabled: true,
            allow_guests: false,
            proven: true,
        };
        change(&mut draft);
        tenant::register_tenant(&self.services, &HostOperator::on_this_machine(), team, draft)
            .await
            .expect("registered");
    }

    /// Maps a group of the demo directory.
    pub(crate) async fn map(&self, team: TeamId, group: &str, role: &str, priority: u8) {
        let group: ObjectId = group.parse().expect("a group");
        let priority = Priority::try_from(priority).expect("a priority");
        let draft = (group, role.parse().expect("a role"), priority);
        team::add_mapping(&self.services, &HostOperator::on_this_machine(), team, draft)
            .await
            .expect("mapped");
    }

    /// The demo: Northwind MSP with five mapped groups.
    pub(crate) async fn northwind(&self) -> TeamId {
        let team = self.team("Northwind MSP", CONTOSO).await;
        for (group, role, priority) in NORTHWIND_MAPPINGS {
            self.map(team, group, role, priority).await;
        }
        team
    }

    /// Runs a statement on the database, past the product.
    pub(crate) async fn execute(&self, statement: &'static str) {
        self.database
            .as_ref()
            .expect("a running product has one")
            .execute(statement)
            .await;
    }

    /// The first text that a question to the database finds, past the product.
    pub(crate) async fn text(&self, question: &'static str) -> Option<String> {
        let database = self.database.as_ref().expect("a running product has one");
        database.text(question).await
    }

    /// A number that a question to the database finds; the question casts it to text.
    pub(crate) async fn count(&self, question: &'static str) -> usize {
        let text = self.text(question).await.expect("a count");
        text.parse().expect("a number")
    }

    /// Whether this run is about `PostgreSQL`.
    pub(crate) fn is_postgres(&self) -> bool {
        self.database.as_ref().is_some_and(Database::is_postgres)
    }

    /// Lets writes of registrations wait until the answer is dropped.
    pub(crate) async fn held(&self) -> crate::database::Held {
        let database = self.database.as_ref().expect("a running product has one");
        database.held().await
    }

    /// Counts the rows of every table, past the product.
    pub(crate) async fn watch(&self) -> crate::database::Watch {
        self.database
            .as_ref()
            .expect("a running product has one")
            .watch()
            .await
    }

    /// Moves both clocks.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.0.advance(span);
        let seconds = i64::try_from(span.as_secs()).expect("a span");
        self.emulator
            .control()
            .set_clock(entra_emulator::ClockSetting::Advance(seconds));
    }

    /// Sets both clocks back.
    pub(crate) fn set_back(&self, span: Duration) {
        let now = self.clock.0.now();
        let micros = i64::try_from(span.as_micros()).expect("a span");
        self.clock.0.set(Timestamp::from_micros(now.as_micros() - micros));
        let seconds = i64::try_from(span.as_secs()).expect("a span");
        self.emulator
            .control()
            .set_clock(entra_emulator::ClockSetting::Advance(-seconds));
    }

    /// Every event so far, the oldest first, in its outer form.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let operator = HostOperator::on_this_machine();
        let mut last: Option<sonicsaas::domain::audit::RecordedEvent> = None;
        loop {
            let page = self
                .services
                .store
                .read_events(&operator, None, None, last.as_ref(), 500)
                .await
                .expect("events");
            match page.last() {
                Some(event) => last = Some(event.clone()),
                None => return events,
            }
            events.extend(page.into_iter().map(Event::from));
        }
    }

    /// The newest event with this action.
    pub(crate) async fn last_event(&self, action: &str) -> Event {
        let events = self.events().await;
        events
            .into_iter()
            .rev()
            .find(|event| event.action == action)
            .unwrap_or_else(|| panic!("no {action}"))
    }

    /// Whether every audit chain is whole.
    pub(crate) async fn chains_are_whole(&self) -> bool {
        let reports = audit::verify(&self.services, &HostOperator::on_this_machine())
            .await
            .expect("read");
        !reports.is_empty() && reports.iter().all(|report| report.broken_at.is_none())
    }

    /// Stops everything and removes the database.
    pub(crate) async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        self.services.store.close().await;
        if let Some(database) = self.database.take() {
            database.remove().await;
        }
    }
}

/// Group, role and priority of the demo's mappings.
pub(crate) const NORTHWIND_MAPPINGS: [(&str, &str, u8); 5] = [
    ("26826e3d-682b-4c41-92ec-333c534526d9", "admin", 90),
    ("801355eb-05d9-4d51-a25f-f36ce5fe4bfa", "operator", 50),
    ("27c059b8-6d14-4590-8f22-4e163df5316f", "member", 40),
    ("48425120-21f1-44e2-8bf2-b01c26282366", "auditor", 20),
    ("86db12bb-89d6-4221-bf84-934e09ee1846", "viewer", 10),
];

fn parts(ids: Ids, listener: tokio::net::TcpListener, without_session_ring: bool) -> Parts {
    Parts {
        ids,
        leptos: LeptosOptions::builder()
            .output_name("sonicsaas")
            .site_root("target/site")
            .build(),
        listener: Some(listener),
        without_session_ring,
    }
}

fn configuration(url: &str, emulator: &Emulator, database: &str, setup: &Setup) -> Config {
    let slash = if setup.trailing_slash { "/" } else { "" };
    let authority = format!("{}{slash}", emulator.authority());
    let graph = format!("{}{slash}", emulator.graph());
    let mut pairs: Vec<(&str, String)> = vec![
        ("PUBLIC_URL", url.to_owned()),
        ("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID.to_owned()),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", authority),
        ("MICROSOFT_GRAPH_URL", graph),
        ("DATABASE_URL", database.to_owned()),
        (
            "ENCRYPTION_KEY",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".to_owned(),
        ),
    ];
    if setup.from_many_places {
        pairs.push(("TRUSTED_PROXIES", "127.0.0.0/8,::1".to_owned()));
    }
    for (name, value) in &setup.environment {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value.clone()));
    }
    let mut environment = Environment::of_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str())));
    Config::read(&mut environment).unwrap_or_else(|problems| panic!("{problems:?}"))
}
