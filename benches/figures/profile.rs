//! Where the time of a sign-in goes: a flame graph of the server while people sign in.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use leptos::config::LeptosOptions;
use sonicsaas::{
    config::{Config, environment::Environment},
    host,
    server::{self, Parts, ops},
};

use super::{
    client::Connection,
    place::{Place, listening},
    sign_in::sign_in,
};

const SIGN_INS: u32 = 1_500;
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

/// Draws the flame graph of a burst of sign-ins.
pub(crate) async fn draw(place: &Place) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let picture = folder.join("sign-in.svg");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .arg("profiled")
        .arg(&picture)
        .env_clear()
        .envs(place.environment())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let port = listening(BufReader::new(child.stderr.take().expect("a log")));
    let mut connection = Connection::to(port).await.expect("it listens");
    for number in 0..SIGN_INS {
        sign_in(place, &mut connection, number).await;
    }
    Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status()
        .expect("told");
    child.wait().expect("it ended");
    picture
}
