//! What a process has used, as Linux counts it (proc(5)).

use std::{fs, time::Duration};

use super::{Aim, Figure, place::Server};

/// Linux counts the time of processes in hundredths of a second for every program (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// The CPU time that a process has used, in user and in system mode.
pub(crate) fn cpu(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process of Linux");
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u32 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u32>().ok())
        .sum();
    TICK * ticks
}

/// A line of a process's status, in kB.
pub(crate) fn memory(process: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process of Linux");
    let line = status.lines().find_map(|own| own.strip_prefix(line));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
    kilobytes.expect("a line of the status")
}

/// Forgets the most memory that a process has had so far, so that `VmHWM` counts from now on (proc(5), `clear_refs`).
pub(crate) fn forget_peak(process: u32) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("a process of our own");
}

/// The most memory the server has had while it served pages and sign-ins.
pub(crate) fn memory_under_load(server: &Server) -> Figure {
    let most = memory(server.id(), "VmHWM") / 1024.0;
    Figure {
        what: "resident memory under load, without password hashing".to_owned(),
        measured: format!("{most:.1} MB"),
        floor: "40 MB".to_owned(),
        ratio: most / 40.0,
        aim: Aim::AtMost(1.0),
    }
}
