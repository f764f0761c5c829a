//! The process dies in the middle of inviting two thousand people, again and again.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{KEY, counts, ended, progress, start_all};
use crate::{
    mailbox::Mailbox,
    process::{self, Deployment},
};

const PEOPLE: usize = 2000;
const DEATHS: usize = 20;
/// A group of the demo that has nobody in it.
const GROUP: &str = "8329bf5f-2912-4f3e-8b06-a97011e21eac";

/// `SplitMix64`: the same pauses for the same seed.
struct Pauses(u64);

impl Pauses {
    fn next(&mut self) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Duration::from_millis(10 + (word ^ (word >> 31)) % 190)
    }
}

fn seed() -> u64 {
    let random = sonicsaas::host::ids().token();
    u64::from_str_radix(&random.expose()[..16], 16).expect("digits")
}

#[tokio::test]
async fn killed_twenty_times_everybody_has_one_invitation_and_a_mail() {
    let seed = seed();
    eprintln!("the pauses of this run follow from the seed {seed:#018x}");
    let mut pauses = Pauses(seed);
    let mailbox = Mailbox::start();
    let deployment = Deployment::seeded("a-client-secret", mailbox.environment(), |seed| {
        let tenants = seed.tenants.iter_mut();
        let group = tenants
            .flat_map(|tenant| tenant.groups.iter_mut())
            .find(|group| group.id.is_some_and(|id| id.to_string() == GROUP));
        group.expect("the demo has it").generated_members = PEOPLE;
    })
    .await;
    let team = deployment.northwind();
    for (group, role, priority) in [
        ("26826e3d-682b-4c41-92ec-333c534526d9", "admin", "90"),
        (GROUP, "viewer", "5"),
    ] {
        let mapped = [
            "mapping",
            "add",
            "--team",
            &team,
            "--group-id",
            group,
            "--role",
            role,
        ];
        deployment.run(&[&mapped[..], &["--priority", priority][..]].concat());
    }
    let mut server = deployment.start().await;
    let adam = server.browser();
    let (_, _, entered) = process::sign_in(&deployment, &adam, "adam@contoso.com").await;
    assert_eq!(entered.location(), "/dashboard");
    let job = start_all(&adam, GROUP, KEY).await;
    let mut deaths = 0;
    while deaths < DEATHS {
        tokio::time::sleep(pauses.next()).await;
        let left = mailbox.mails().len() < PEOPLE;
        server.kill();
        deaths += 1;
        server = deployment.start().await;
        assert!(
            left,
            "the seed {seed:#x} left nothing to kill for after {deaths} deaths"
        );
    }
    let adam = adam.through(&server.url);
    let done = ended(&adam, &job).await;
    let (sent, failed, skipped) = counts(&done);
    assert_eq!(failed, 0, "{done}");
    assert_eq!(sent + skipped, i64::try_from(PEOPLE).expect("few"));
    let invitable = usize::try_from(sent).expect("few");

    let mut received: BTreeMap<String, usize> = BTreeMap::new();
    for mail in mailbox.mails() {
        *received.entry(mail.to).or_default() += 1;
    }
    assert_eq!(received.len(), invitable, "nobody is missing");
    // Whoever was in hand at a death may have had the mail already; nobody else is mailed twice.
    let twice: usize = received.values().map(|count| count - 1).sum();
    assert!(twice <= DEATHS, "seed {seed:#x}: {twice} mails too many");
    let acknowledged = mailbox.events("acknowledged").len();
    assert!(mailbox.mails().len() <= acknowledged + DEATHS, "seed {seed:#x}");
    let text = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(
        deployment.database.text(text).await.as_deref(),
        Some(invitable.to_string().as_str())
    );
    let people = "select cast(count(distinct oid) as text) from invitation where oid is not null";
    assert_eq!(
        deployment.database.text(people).await.as_deref(),
        Some(invitable.to_string().as_str())
    );
    let events = deployment.run(&["audit", "export"]).0;
    let events: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |action: &str| events.iter().filter(|event| event["action"] == action).count();
    // The owner of the team was invited too.
    assert_eq!(of("invitation.created"), invitable + 1);
    assert_eq!(
        (of("invitations.bulk_started"), of("invitations.bulk_finished")),
        (1, 1)
    );
    assert_eq!(progress(&adam, &job).await["state"], "finished");
    let said = deployment.command(&["doctor"]).output().expect("it runs").stdout;
    let said = String::from_utf8(said).expect("text");
    assert!(said.contains("ok    audit chain: "), "{said}");
    drop(server);
}
