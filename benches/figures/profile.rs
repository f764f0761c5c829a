//! Where the time goes: flame graphs of the server while people sign in, and while they load the sign-in page.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use leptos::config::LeptosOptions;
use sonicsaas::{
    config::{Config, environment::Environment},
    host,
    server::{self, Parts, ops},
};

use super::{
    client::{Connection, request},
    place::{Place, listening},
    sign_in::sign_in,
};

const SIGN_INS: u32 = 1_500;
const PAGES: u32 = 40_000;
/// Samples a second; a prime, so that nothing that repeats is met at the same place each time.
const RATE: i32 = 997;

/// Serves until told to stop, and draws what ran meanwhile.
pub(crate) async fn serve(picture: &str) {
    let config =
        Config::read(&mut Environment::of_process()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let leptos = LeptosOptions::builder()
        .output_name("sonicsaas")
        .site_root("site")
        .site_addr(([127, 0, 0, 1], 0))
        .build();
    let parts = Parts {
        ids: host::ids(),
        leptos,
        listener: None,
        without_session_ring: false,
    };
    let running = server::start(&config, parts).await.expect("it starts");
    eprintln!("listening address={}", running.address);
    let profile = pprof::ProfilerGuardBuilder::default()
        .frequency(RATE)
        .blocklist(&["libc", "libgcc", "pthread", "vdso"])
        .build()
        .expect("a profiler");
    ops::told_to_stop().await;
    let report = profile.report().build().expect("a report");
    drop(profile);
    report
        .flamegraph(File::create(picture).expect("a file"))
        .expect("drawn");
    running.stop().await;
}

/// Draws the flame graphs of a burst of sign-ins and of sign-in pages.
pub(crate) async fn draw(place: &Place) -> [PathBuf; 2] {
    let profiled = Profiled::start(place, "sign-in.svg");
    let mut connection = Connection::to(profiled.port).await.expect("it listens");
    for number in 0..SIGN_INS {
        sign_in(place, &mut connection, number).await;
    }
    let sign_in = profiled.end();

    let profiled = Profiled::start(place, "sign-in-page.svg");
    let mut connection = Connection::to(profiled.port).await.expect("it listens");
    let page = request("GET", "/login", &[], "");
    for _ in 0..PAGES {
        connection.ask(&page).await.expect("an answer");
    }
    [sign_in, profiled.end()]
}

/// A server that draws what it does.
struct Profiled {
    child: Child,
    port: u16,
    picture: PathBuf,
}

impl Profiled {
    fn start(place: &Place, picture: &str) -> Self {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(picture);
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("profiled")
            .arg(&picture)
            .env_clear()
            .envs(place.environment())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let port = listening(BufReader::new(child.stderr.take().expect("a log")));
        Self { child, port, picture }
    }

    fn end(mut self) -> PathBuf {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("told");
        self.child.wait().expect("it ended");
        self.picture
    }
}
