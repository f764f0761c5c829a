//! A Microsoft that fails, misleads or answers half.

use super::*;

#[tokio::test]
async fn a_microsoft_that_fails_is_unreachable_and_comes_back() {
    let bench = Bench::start().await;
    let control = bench.emulator.control();
    let hang = |route: &str| Fault {
        route: route.to_owned(),
        hang: true,
        ..Fault::default()
    };
    let close = |route: &str| Fault {
        route: route.to_owned(),
        close: true,
        ..Fault::default()
    };
    let cut = Fault {
        route: "keys".to_owned(),
        cut_after: Some(40),
        ..Fault::default()
    };
    for fault in [
        Fault::status("token", 503),
        close("token"),
        hang("token"),
        Fault::status("discovery", 500),
        close("keys"),
        hang("keys"),
        cut,
    ] {
        control.fault(fault.clone());
        let rejection = bench
            .sign_in("dana@contoso.com", None)
            .await
            .err()
            .expect("refused");
        assert_eq!(rejection.refusal, Refusal::ProviderUnreachable, "{fault:?}");
        control.clear_faults();
    }
    assert_eq!(bench.check("dana@contoso.com").await, None, "by itself");
}

#[tokio::test]
async fn discovery_is_not_led_elsewhere() {
    let bench = Bench::start().await;
    let control = bench.emulator.control();
    let elsewhere = format!(
        "{}/organizations/v2.0/.well-known/openid-configuration",
        bench.emulator.authority()
    );
    for status in [301, 302, 307, 308] {
        control.fault(Fault {
            route: "discovery".to_owned(),
            status: Some(status),
            redirect_to: Some(elsewhere.clone()),
            times: Some(1),
            ..Fault::default()
        });
        let rejection = bench
            .sign_in("dana@contoso.com", None)
            .await
            .err()
            .expect("refused");
        assert_eq!(rejection.refusal, Refusal::ProviderError);
    }
    assert_eq!(bench.asked("discovery"), 4, "DSC-005: none was followed");
    let issuer = json!({ "issuer": "https://evil.example" })
        .as_object()
        .expect("an object")
        .clone();
    control.fault(Fault {
        route: "discovery".to_owned(),
        merge: issuer,
        times: Some(1),
        ..Fault::default()
    });
    let rejection = bench
        .sign_in("dana@contoso.com", None)
        .await
        .err()
        .expect("refused");
    assert_eq!(rejection.refusal, Refusal::ProviderError, "DSC-001");
    assert_eq!(bench.asked("keys"), 0);
}

#[tokio::test]
async fn graph_answers_whole_or_not_at_all() {
    let bench = Bench::start().await;
    let control = bench.emulator.control();
    control
        .set_group_count(CONTOSO, "dana@contoso.com", 250)
        .expect("known");
    let route = || "graph/me/getMemberObjects".to_owned();
    let throttled = Fault {
        headers: json!({ "retry-after": "0.01" })
            .as_object()
            .expect("an object")
            .clone(),
        times: Some(2),
        ..Fault::status(&route(), 429)
    };
    control.fault(throttled);
    let groups = bench.groups("dana@contoso.com").await.expect("after two pauses");
    assert_eq!((groups.ids.len(), bench.asked("graph")), (250, 3));
    let list = |value: serde_json::Value| json!({ "value": value }).as_object().expect("an object").clone();
    for fault in [
        Fault::status(&route(), 503),
        Fault::status(&route(), 403),
        Fault {
            route: route(),
            cut_after: Some(400),
            ..Fault::default()
        },
        Fault {
            route: route(),
            body: Some("<html>".to_owned()),
            ..Fault::default()
        },
        Fault {
            route: route(),
            merge: list(json!(null)),
            ..Fault::default()
        },
        Fault {
            route: route(),
            merge: list(json!([OPERATORS, 7])),
            ..Fault::default()
        },
        Fault {
            route: route(),
            hang: true,
            ..Fault::default()
        },
    ] {
        control.fault(fault.clone());
        let groups = bench
            .groups("dana@contoso.com")
            .await
            .expect("from the application");
        assert_eq!(
            (groups.ids.len(), groups.from),
            (250, GroupsFrom::GraphApplication),
            "{fault:?}"
        );
        control.fault(Fault {
            route: "graph/users".to_owned(),
            ..fault.clone()
        });
        assert!(bench.groups("dana@contoso.com").await.is_err(), "{fault:?}");
        control.clear_faults();
    }
    assert_eq!(
        bench
            .groups("dana@contoso.com")
            .await
            .expect("well again")
            .ids
            .len(),
        250
    );
}
