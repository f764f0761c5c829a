//! What the product costs: each figure stands beside a floor that is measured in the same run, on the same machine.
//!
//! `make bench` prints them. Nothing here is a test: a figure that is worse than its aim is printed as such, and whoever
//! reads it decides. The server runs as a process of its own, so that its CPU and memory are its own.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

mod client;
mod floor;
mod invitations;
mod large_group;
mod login;
mod passwords;
mod place;
mod profile;
mod roles;
mod sign_in;
mod start;
mod usage;

use std::process::ExitCode;

/// One figure, as it is printed.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// The measure, with its unit.
    pub(crate) measured: String,
    /// What it is held against, with its unit.
    pub(crate) floor: String,
    /// Measured by floor, or the other way round where more is better.
    pub(crate) ratio: f64,
    /// What the ratio should be.
    pub(crate) aim: Aim,
}

/// What a ratio should be.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    fn print(&self) {
        let (word, aim, met) = match self.aim {
            Aim::AtLeast(aim) => ("≥", aim, self.ratio >= aim),
            Aim::AtMost(aim) => ("≤", aim, self.ratio <= aim),
        };
        println!(
            "{:<58} {:>14} {:>16} {:>8.2} {word} {aim:<6} {}",
            self.what,
            self.measured,
            self.floor,
            self.ratio,
            if met { "met" } else { "MISSED" }
        );
    }
}

/// The middle of several measures.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match arguments.as_slice() {
        ["floor", body] => runtime.block_on(floor::serve(body)),
        // One kind of figure by itself: what takes long is not measured for it.
        ["invitations"] => runtime.block_on(Box::pin(invited())),
        ["profiled", picture] => runtime.block_on(profile::serve(picture)),
        _ => runtime.block_on(measure()),
    }
    ExitCode::SUCCESS
}

async fn measure() {
    let place = place::Place::new().await;
    println!(
        "{:<58} {:>14} {:>16} {:>8} aim",
        "figure", "measured", "floor", "ratio"
    );
    for figure in start::figures(&place).await {
        figure.print();
    }
    let server = place.serve();
    login::figure(&server).await.print();
    for figure in sign_in::figures(&place, &server).await {
        figure.print();
    }
    usage::memory_under_load(&server).print();
    for figure in passwords::figures(&server).await {
        figure.print();
    }
    drop(server);
    for figure in roles::figures(&place).await {
        figure.print();
    }
    inviting(&place).await;
    for picture in profile::draw(&place).await {
        println!("where the time goes: {}", picture.display());
    }
}

async fn invited() {
    inviting(&place::Place::new().await).await;
}

async fn inviting(place: &place::Place) {
    for figure in large_group::figures(place).await {
        figure.print();
    }
    Box::pin(invitations::figure()).await.print();
}
