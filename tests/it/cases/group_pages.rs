//! A list of groups that comes in pages.

use entra_emulator::Fault;
use serde_json::json;

use super::{
    bench::{Bench, Refused, Runner, walk},
    peer_groups::{MEMBER_OBJECTS, OLGA, stale},
};
use crate::app::CONTOSO;

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("P035", a_list_of_pages_is_whole),
    walk!("GRF-037", a_page_that_breaks),
];

/// Graph has more than one answer may hold.
fn too_many(bench: &Bench) {
    let body = json!({ "error": { "code": "Directory_ResultSizeLimitExceeded", "message": "too many" } });
    bench.app.emulator.control().fault(Fault {
        body: Some(body.to_string()),
        ..Fault::status(MEMBER_OBJECTS, 403)
    });
}

async fn a_list_of_pages_is_whole(bench: &Bench) {
    bench
        .app
        .emulator
        .control()
        .set_group_count(CONTOSO, OLGA, 1_500)
        .expect("known");
    too_many(bench);
    let pending = bench.pending(OLGA).await;
    assert_eq!(bench.accepted(&pending).await["role"], "operator");
    let pages = bench.asked("graph/me/transitiveMemberOf");
    assert!(pages >= 2, "{pages} pages");
}

/// GRF-037: page 2 of the list breaks, once and always.
async fn a_page_that_breaks(bench: &Bench) {
    let control = bench.app.emulator.control();
    control.set_group_count(CONTOSO, OLGA, 1_500).expect("known");
    let broken = |times| {
        let body = json!({ "error": { "code": "Directory_ExpiredPageToken", "message": "expired" } });
        Fault {
            body: Some(body.to_string()),
            containing: Some("skiptoken".to_owned()),
            times,
            ..Fault::status("graph", 400)
        }
    };
    too_many(bench);
    control.fault(broken(Some(1)));
    let pending = bench.pending(OLGA).await;
    assert_eq!(bench.accepted(&pending).await["role"], "operator", "started over");
    control.fault(broken(None));
    control
        .set_group_count(CONTOSO, "tom@contoso.com", 1_500)
        .expect("known");
    let pending = bench.pending("tom@contoso.com").await;
    bench
        .refused(&pending, &Refused::because("groups_unavailable", ""))
        .await;
    stale(bench).await;
}

#[tokio::test]
async fn pages_of_groups() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
