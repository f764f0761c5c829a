//! Step 2, the public document of the tenant: it fails, or it leads elsewhere. No secret has been sent by then.

use super::*;

const NOWHERE: &str = "0d7b4a52-4d0a-4c36-b5a2-6c2a5a0f4d11";

#[tokio::test]
async fn a_tenant_that_microsoft_does_not_have_is_refused() {
    run(vec![
        Row::new("an unknown ID", |_| {}, "PFNNNN", (2, "tenant_unknown", UNKNOWN))
            .typed(NOWHERE)
            .number(90_002)
            .saved(Saved::Refused(
                "Microsoft has no tenant \"0d7b4a52-4d0a-4c36-b5a2-6c2a5a0f4d11\". Check the spelling, or paste the \
                 Tenant ID.",
            )),
        Row::new("an unknown domain", |_| {}, "PFNNNN", (2, "tenant_unknown", UNKNOWN))
            .typed("contsoo.com")
            .number(90_002)
            .saved(Saved::Refused(
                "Microsoft has no tenant \"contsoo.com\". Check the spelling, or paste the Tenant ID.",
            )),
        Row::new(
            "no name of a tenant",
            |control| control.fault(refusal("discovery", 400, "invalid_tenant", 900_023)),
            "PFNNNN",
            (2, "tenant_unknown", UNKNOWN),
        )
        .typed("contsoo.com")
        .number(900_023)
        .saved(Saved::Refused(
            "Microsoft has no tenant \"contsoo.com\". Check the spelling, or paste the Tenant ID.",
        )),
        Row::new(
            "the team's own tenant is gone",
            |control| control.remove_tenant(CONTOSO).expect("known"),
            "PFNNNN",
            (2, "tenant_unknown", UNKNOWN),
        )
        .number(90_002)
        .saved(Saved::Refused(
            "Microsoft has no tenant \"3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70\". Check the spelling, or paste the \
             Tenant ID.",
        )),
    ])
    .await;
}

/// TNT-023, P079: a document that leads to another host names another cloud, and the secret stays here.
#[tokio::test]
async fn a_tenant_of_another_cloud_is_named_and_no_secret_is_sent() {
    let other_cloud = (2, "other_cloud", OTHER_CLOUD);
    let elsewhere = |name: &'static str, address: &'static str| {
        Row::new(
            name,
            move |control| control.fault(merged("discovery", &json!({ name: address }))),
            "PFNNNN",
            other_cloud,
        )
    };
    let mut rows = vec![
        elsewhere("issuer", "https://evil.example"),
        elsewhere(
            "issuer",
            "https://login.microsoftonline.us/3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70/v2.0",
        ),
        elsewhere(
            "token_endpoint",
            "https://login.microsoftonline.us/common/oauth2/v2.0/token",
        ),
        elsewhere("jwks_uri", "https://evil.example/keys"),
        elsewhere("authorization_endpoint", "https://evil.example/authorize"),
        elsewhere("token_endpoint", "http://127.0.0.1:1/token"),
    ];
    let national = |typed: &'static str| {
        Row::new(
            typed,
            |control| control.fault(refusal("discovery", 400, "invalid_tenant", 90_038)),
            "PFNNNN",
            other_cloud,
        )
        .typed(typed)
        .number(90_038)
    };
    rows.push(national(CONTOSO));
    rows.push(national("contoso.cn").saved(Saved::Refused(OTHER_CLOUD)));
    run(rows).await;
}

#[tokio::test]
async fn a_government_tenant_is_named() {
    let warns =
        "This is a US Government tenant, and this server uses Microsoft's global cloud. Sign-in may fail.";
    let region = |scope: &'static str, sub: Option<&'static str>| {
        move |control: &Control| {
            let changed = control.with_tenant(CONTOSO, |tenant| {
                tenant.region_scope = scope.to_owned();
                tenant.region_sub_scope = sub.map(str::to_owned);
            });
            changed.expect("known");
        }
    };
    let government = |scope| {
        Row::new(
            scope,
            region(scope, None),
            "PWFNNN",
            (3, "other_cloud", OTHER_CLOUD),
        )
        .also(2, "government_cloud", warns)
        .number(900_382)
    };
    let mut rows: Vec<_> = ["USG", "USGov"].map(government).into();
    for row in &mut rows {
        // The first concern is the one that a save tells.
        row.saved = Saved::Plainly;
    }
    let said = |row: Row| Row {
        saved: Saved::Warned,
        ..row
    };
    // One that lets the application in all the same, as some do.
    let let_in = Row::new(
        "let in",
        |control| {
            let scope = json!({ "tenant_region_scope": "USGov" });
            control.fault(merged("discovery", &scope));
        },
        "PWPPPN",
        (2, "government_cloud", warns),
    );
    let community = Row::new(
        "the government's community cloud is the global one",
        region("USG", Some("GCC")),
        "PPPPPN",
        (4, "works", GROUPS),
    )
    .saved(Saved::Plainly);
    run(vec![said(let_in), community]).await;
    refused_government(rows).await;
}

/// The test tells the step that failed; the save tells the first concern, which is the reason of it.
async fn refused_government(rows: Vec<Row>) {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    for row in &rows {
        (row.arrange)(&app.emulator.control());
        tests(&app, &owner, row).await;
        let page = submit(
            &owner,
            routes::TENANT_SAVE,
            &[("tenant_id", CONTOSO), ("enabled", "on")],
        )
        .await;
        let said = page["notice"]["words"].as_str().expect("said");
        let (_, _, hint) = row.found[1];
        let warning = format!("Find the tenant at Microsoft: {hint}");
        assert!(said.ends_with(&warning), "{said}");
    }
    app.stop().await;
}

/// P078, P080, P082 and FLT: no verdict is no failure, and an ID is saved all the same; a domain cannot be.
#[tokio::test]
async fn a_document_that_does_not_come_says_nothing_of_the_tenant() {
    let mut rows = Vec::new();
    let cannot = "We can't look up \"contoso.com\" now. Paste the Tenant ID instead.";
    for (what, fault, code, hint) in silences("discovery") {
        let again = fault.clone();
        rows.push(
            Row::new(
                what,
                move |control| control.fault(fault.clone()),
                "PWNNNN",
                (2, code, hint),
            )
            .saved(Saved::Unchecked),
        );
        rows.push(
            Row::new(
                what,
                move |control| control.fault(again.clone()),
                "PWNNNN",
                (2, code, hint),
            )
            .typed("contoso.com")
            .saved(Saved::Refused(cannot)),
        );
    }
    let trouble = |what, fault: Fault| {
        Row::new(
            what,
            move |control| control.fault(fault.clone()),
            "PWNNNN",
            (2, "microsoft_trouble", TROUBLE),
        )
        .saved(Saved::Unchecked)
    };
    for field in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        rows.push(trouble(field, merged("discovery", &json!({ field: null }))));
    }
    rows.push(trouble("not found", Fault::status("discovery", 404)));
    rows.push(trouble("too slow", Fault::status("discovery", 408)));
    rows.push(trouble(
        "led elsewhere",
        Fault {
            redirect_to: Some("http://127.0.0.1:1/".to_owned()),
            ..Fault::status("discovery", 302)
        },
    ));
    rows.push(
        Row::new(
            "slow, and whole in the end",
            |control| {
                control.fault(Fault {
                    route: "discovery".to_owned(),
                    drip: Some(entra_emulator::Drip {
                        bytes: 100,
                        every_ms: 10,
                        endless: false,
                    }),
                    ..Fault::default()
                });
            },
            "PPPPPN",
            (4, "works", GROUPS),
        )
        .saved(Saved::Plainly),
    );
    run(rows).await;
}

/// What Microsoft says of another tenant is used for nothing.
#[tokio::test]
async fn the_document_of_another_tenant_is_not_used() {
    run_at(|authority| {
        let issuer = format!("{authority}/{}/v2.0", crate::app::FABRIKAM);
        vec![Row::new(
            "another tenant's",
            move |control| control.fault(merged("discovery", &json!({ "issuer": issuer }))),
            "PFNNNN",
            (2, "tenant_mismatch", OTHER_TENANT),
        )]
    })
    .await;
}
