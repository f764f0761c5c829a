//! Somebody who asks about the directory without end.

use sonicsaas::routes;

use crate::app::App;

#[tokio::test]
async fn searches_end_in_429() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.emulator.control().clear_log();
    let (mut found, mut refused) = (0, 0);
    for turn in 0..200 {
        let path = format!("{}?query=sonic{turn}", routes::GROUP_SEARCH);
        let reply = adam.call(&path).await;
        match reply.status {
            200 => found += 1,
            429 => {
                refused += 1;
                let seconds: u64 = reply.header("retry-after").parse().expect("seconds");
                assert!((1..=60).contains(&seconds), "{seconds}");
            }
            other => panic!("{other}: {}", reply.body),
        }
    }
    assert_eq!((found, refused), (60, 140));
    let asked = app.emulator.control().log_of("graph/groups").len();
    assert!(asked <= 60, "{asked} questions");

    // After a while there is an answer again.
    app.advance(std::time::Duration::from_secs(5));
    let reply = adam.call(&format!("{}?query=sonic", routes::GROUP_SEARCH)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    app.stop().await;
}
