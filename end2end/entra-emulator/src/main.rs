//! The emulator as a process, for demos and browser tests.

use std::{env, fs, io::Write as _, net::SocketAddr, process::ExitCode};

use entra_emulator::{Emulator, Options, Seed};
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "\
A local stand-in for Microsoft Entra ID and Microsoft Graph.

Usage: entra-emulator [--listen 127.0.0.1:4400] [--tls ADDRESS] [--seed FILE] [--redirect-uri URI]... [--print-people]

  --listen ADDRESS     address of the http listener; port 0 takes a free one
  --tls ADDRESS        address of a TLS listener with the test certificate
  --seed FILE          directory to start with, instead of the demo one
  --redirect-uri URI   registered redirect URI, instead of the seed's; may be repeated
  --print-people       prints the people of the directory and ends
";

struct Arguments {
    options: Options,
    print_people: bool,
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut options = Options {
        http: SocketAddr::from(([127, 0, 0, 1], 4400)),
        ..Options::default()
    };
    let mut redirect_uris = Vec::new();
    let mut print_people = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--listen" => options.http = address(&value()?)?,
            "--tls" => options.tls = Some(address(&value()?)?),
            "--seed" => options.seed = seed(&value()?)?,
            "--redirect-uri" => redirect_uris.push(value()?),
            "--print-people" => print_people = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    if !redirect_uris.is_empty() {
        options.seed.application.redirect_uris = redirect_uris;
    }
    Ok(Some(Arguments {
        options,
        print_people,
    }))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text} is no address with port"))
}

fn seed(path: &str) -> Result<Seed, String> {
    let text = fs::read_to_string(path).map_err(|problem| format!("{path}: {problem}"))?;
    serde_json::from_str(&text).map_err(|problem| format!("{path}: {problem}"))
}

/// One line to standard output; a reader that went away is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn print_people(seed: &Seed) {
    for tenant in &seed.tenants {
        for user in &tenant.users {
            say(&format!("{}\t{}\t{}", tenant.name, user.principal, user.name));
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let mut terminated = signal(SignalKind::terminate()).map_err(|problem| problem.to_string())?;
    let emulator = Emulator::start(options)
        .await
        .map_err(|problem| problem.to_string())?;
    say(&format!("entra-emulator listening on {}", emulator.authority()));
    if let Some(address) = emulator.tls_address() {
        say(&format!("entra-emulator listening on https://{address}"));
    }
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    emulator.stop().await;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match parse(env::args().skip(1)) {
        Ok(None) => {
            say(HELP);
            Ok(())
        }
        Ok(Some(arguments)) if arguments.print_people => {
            print_people(&arguments.options.seed);
            Ok(())
        }
        Ok(Some(arguments)) => run(arguments.options).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "entra-emulator: {problem}");
            ExitCode::from(2)
        }
    }
}
