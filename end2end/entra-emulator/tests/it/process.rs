//! The emulator as a process.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use crate::client::get;

const PROGRAM: &str = env!("CARGO_BIN_EXE_entra-emulator");

#[tokio::test]
async fn it_says_where_it_listens_and_ends_cleanly_when_asked() {
    let mut process = Command::new(PROGRAM)
        .args([
            "--listen",
            "127.0.0.1:0",
            "--redirect-uri",
            "http://localhost/back",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    let authority = line
        .trim_end()
        .strip_prefix("entra-emulator listening on ")
        .expect("the ready line")
        .to_owned();
    assert!(
        authority.starts_with("http://127.0.0.1:") && !authority.ends_with(":0"),
        "{authority}"
    );
    let registration = get(&format!("{authority}/_control/registration")).await.json();
    assert_eq!(
        registration["redirect_uris"],
        serde_json::json!(["http://localhost/back"])
    );

    let killed = Command::new("kill")
        .args(["-TERM", &process.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
    let status = process.wait().expect("the process ends");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("the end of the pipe");
    assert_eq!(rest, "", "one line and no more");
}

#[test]
fn it_refuses_what_it_does_not_understand() {
    for arguments in [
        &["--lisen", "x"][..],
        &["--listen", "nowhere"],
        &["--seed"],
        &["--seed", "/does/not/exist"],
    ] {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("entra-emulator: "));
    }
}

#[test]
fn it_prints_its_people() {
    let output = Command::new(PROGRAM)
        .arg("--print-people")
        .output()
        .expect("the program runs");
    let people = String::from_utf8(output.stdout).expect("text");
    assert!(
        people.contains("Contoso\tdana@contoso.com\tDana Reyes"),
        "{people}"
    );
    assert!(people.lines().count() > 20);
}
