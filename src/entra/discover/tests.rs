//! Tenants that are there, that are not, and that pretend.

use serde_json::{Value, json};

use super::*;
use crate::entra::testing::{Host, PERSONAL, Says, TENANT_A, TENANT_B, document, ids, impatient, tenant};

async fn find_on(host: &Host, typed: &str) -> Result<FoundTenant, FindTenantError> {
    let zone = Zone::new(&host.url, impatient()).expect("loopback");
    let authority = Authority::new(&host.url).expect("loopback");
    let wanted = TenantName::parse(typed).expect("a tenant's name");
    find(&zone, &authority, &ids().0, &wanted, Duration::from_secs(1)).await
}

/// A host whose document is the usual one of tenant A, changed.
async fn host_with(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Host {
    let host = Host::start(|_| Says::Hangup).await;
    let origin = host.origin();
    host.now_says(move |_| {
        let mut document = document(&origin, TENANT_A);
        change(&mut document);
        Says::json(&document)
    });
    host
}

fn refusal_of(status: u16, error: &str, number: u32) -> Says {
    let body = json!({
        "error": error, "error_codes": [number],
        "error_description": format!("AADSTS{number}: No. Trace ID: x"),
        "correlation_id": "38d1a094-0000-4000-8000-000000000001",
    });
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("cache-control", "max-age=86400, private".to_owned()),
    ];
    Says::This(status, headers, body.to_string().into_bytes())
}

#[tokio::test]
async fn a_tenant_is_found_by_id_and_by_domain_without_a_secret() {
    let host = host_with(|_| ()).await;
    for typed in [TENANT_A, "Contoso.com"] {
        let found = find_on(&host, typed).await.expect("there");
        assert_eq!(found.tenant, tenant(TENANT_A));
        assert!(!found.government);
    }
    let asked = host.asked();
    let paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
    let by_id = format!("/{TENANT_A}/v2.0/.well-known/openid-configuration");
    assert_eq!(
        paths,
        [
            by_id.as_str(),
            "/contoso.com/v2.0/.well-known/openid-configuration"
        ]
    );
    for asked in asked {
        assert_eq!((asked.method.as_str(), asked.body.as_str()), ("GET", ""));
        assert!(!asked.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_refusal_is_told_apart_and_never_kept() {
    let cases = [
        (refusal_of(400, "invalid_tenant", 90_002), "unknown"),
        (refusal_of(400, "invalid_request", 90_002), "unknown"),
        (refusal_of(400, "invalid_tenant", 900_021), "unknown"),
        (refusal_of(400, "invalid_tenant", 123_456), "unknown"),
        (refusal_of(400, "invalid_tenant", 900_023), "malformed"),
        (refusal_of(400, "invalid_tenant", 90_038), "other cloud"),
        (refusal_of(400, "temporarily_unavailable", 90_002), "not answered"),
        (refusal_of(404, "invalid_tenant", 90_002), "not answered"),
        (refusal_of(503, "invalid_tenant", 90_002), "not answered"),
        (Says::text(400, "text/html", "<html>AADSTS90002"), "not answered"),
        (
            Says::status(302, "location", "https://evil.example/"),
            "not answered",
        ),
        (Says::status(429, "retry-after", "3600"), "not answered"),
        (
            Says::text(200, "application/json", r#"{"issuer":"#),
            "not answered",
        ),
        (Says::text(200, "application/json", "{}"), "not answered"),
        (Says::Drip, "not answered"),
        (Says::Flood, "not answered"),
        (Says::Hangup, "not answered"),
    ];
    let host = Host::start(|_| Says::Hangup).await;
    for (says, wanted) in cases {
        let shown = format!("{says:?}");
        host.now_says(move |_| says.clone());
        let verdict = match find_on(&host, TENANT_A).await.expect_err("no tenant") {
            FindTenantError::Unknown(said) => {
                assert_eq!(
                    said.correlation_id.map(|id| id.to_string()).as_deref(),
                    Some("38d1a094-0000-4000-8000-000000000001")
                );
                "unknown"
            }
            FindTenantError::Malformed(_) => "malformed",
            FindTenantError::OtherCloud(_) => "other cloud",
            FindTenantError::PersonalAccounts => "personal",
            FindTenantError::NotAnswered(_) => "not answered",
        };
        assert_eq!(verdict, wanted, "{}", shown.chars().take(200).collect::<String>());
    }
    let origin = host.origin();
    host.now_says(move |_| Says::json(&document(&origin, TENANT_A)));
    find_on(&host, TENANT_A)
        .await
        .expect("a tenant that has just been made");
}

#[tokio::test]
async fn a_document_that_points_elsewhere_is_of_another_cloud() {
    let elsewhere = "https://login.partner.microsoftonline.cn";
    for member in ["issuer", "token_endpoint", "jwks_uri", "authorization_endpoint"] {
        let host = host_with(move |document| {
            let own = document[member].as_str().expect("a text").to_owned();
            let path = own.splitn(4, '/').nth(3).unwrap_or_default().to_owned();
            document[member] = json!(format!("{elsewhere}/{path}"));
        })
        .await;
        for typed in [TENANT_A, "contoso.com"] {
            let failed = find_on(&host, typed).await;
            assert!(
                matches!(
                    failed,
                    Err(FindTenantError::OtherCloud(EntraError::Foreign { .. }))
                ),
                "{member}: {failed:?}"
            );
        }
        assert_eq!(host.asked().len(), 2, "nothing else was asked");
    }
    let template = host_with(|document| {
        let issuer = document["issuer"]
            .as_str()
            .expect("a text")
            .replace(TENANT_A, "{tenantid}");
        document["issuer"] = json!(issuer);
    })
    .await;
    assert!(matches!(
        find_on(&template, "contoso.com").await,
        Err(FindTenantError::OtherCloud(_))
    ));
}

#[tokio::test]
async fn an_answer_about_another_tenant_is_none() {
    let host = host_with(|document| {
        *document = serde_json::from_str(&document.to_string().replace(TENANT_A, TENANT_B)).expect("JSON");
    })
    .await;
    let failed = find_on(&host, TENANT_A).await.expect_err("another tenant");
    let FindTenantError::NotAnswered(cause) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(cause.kind(), "foreign_tenant");
    let by_domain = find_on(&host, "contoso.com").await.expect("its domain");
    assert_eq!(by_domain.tenant, tenant(TENANT_B));

    let personal = host_with(|document| {
        *document = serde_json::from_str(&document.to_string().replace(TENANT_A, PERSONAL)).expect("JSON");
    })
    .await;
    assert!(matches!(
        find_on(&personal, "live.com").await,
        Err(FindTenantError::PersonalAccounts)
    ));
}

#[tokio::test]
async fn a_government_tenant_on_the_global_host_is_named() {
    for (scope, sub_scope, cloud, government) in [
        ("USG", Value::Null, "microsoftonline.com", true),
        ("USGov", json!("DODCON"), "microsoftonline.com", true),
        ("USGov", json!("DOD"), "microsoftonline.com", true),
        ("USGov", json!("GCC"), "microsoftonline.com", false),
        ("NA", json!("GCC"), "microsoftonline.com", false),
        ("USGov", json!("DODCON"), "microsoftonline.us", false),
        ("EU", Value::Null, "microsoftonline.com", false),
    ] {
        let shown = format!("{scope} {sub_scope} {cloud}");
        let host = host_with(move |document| {
            document["tenant_region_scope"] = json!(scope);
            document["tenant_region_sub_scope"] = sub_scope.clone();
            document["cloud_instance_name"] = json!(cloud);
        })
        .await;
        let found = find_on(&host, TENANT_A).await.expect("there");
        assert_eq!(found.government, government, "{shown}");
    }
}
