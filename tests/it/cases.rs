//! The case files of `tests/cases/` against the product.
//!
//! Every case either runs or is printed with the reason why it does not; a case that nobody decided about fails, and
//! so does a runner for a case that is not in the files. Cases run in batches that share one product; a batch begins
//! and ends with a sign-in that succeeds, because a broken bench would "pass" every refusal.

mod bench;
mod elsewhere;
mod exchange;
mod flow_people;
mod flow_request;
mod flow_return;
mod group_pages;
mod inputs;
mod ledger;
mod peer_defaults;
mod peer_groups;
mod peer_people;
mod peers;
mod raw;
mod refused;
mod session;
mod token_claims;
mod token_shape;
mod token_walks;
mod waiting;
mod web;
mod web_answers;

/// Every case that has a runner.
fn all_ids() -> Vec<&'static str> {
    let (authority, none) = ("http://authority.example", &[][..]);
    let batches = [
        (token_claims::rows(authority), none),
        (token_shape::rows(), none),
        (Vec::new(), token_walks::WALKS),
        (peers::rows(authority), none),
        (Vec::new(), peer_people::WALKS),
        (Vec::new(), web::WALKS),
        (Vec::new(), group_pages::WALKS),
        (Vec::new(), web_answers::WALKS),
        (Vec::new(), flow_people::WALKS),
        (Vec::new(), exchange::WALKS),
        (Vec::new(), session::WALKS),
        (Vec::new(), inputs::WALKS),
        (Vec::new(), peer_groups::WALKS),
        (Vec::new(), flow_return::WALKS),
        (Vec::new(), flow_request::WALKS),
        (Vec::new(), peer_defaults::WITH_VIEWER),
        (Vec::new(), peer_defaults::WITH_OPERATOR),
    ];
    let ids = batches.iter().map(|(rows, walks)| bench::ids(rows, walks));
    ids.flatten().collect()
}
