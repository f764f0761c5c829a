//! Addresses of the authority, and documents that name others.

use serde_json::{Value, json};

use super::*;
use crate::entra::testing::{AUTHORITY, TENANT_A, TENANT_B, authority, document, tenant};

fn read(document: &Value, tenant: Option<TenantId>) -> Result<Document, EntraError> {
    Document::read(document.to_string().as_bytes(), &authority(), tenant)
}

fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut document = document(AUTHORITY, TENANT_A);
    document[member] = value.into();
    document
}

#[test]
fn addresses_follow_microsofts_layout() {
    let authority = authority();
    let address = |tenant| authority.address(tenant, DISCOVERY).to_string();
    assert_eq!(
        address(None),
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"
    );
    assert_eq!(
        address(Some(tenant(TENANT_A))),
        format!("{AUTHORITY}/{TENANT_A}/v2.0/.well-known/openid-configuration")
    );
}

#[test]
fn only_the_origin_of_the_authority_counts() {
    for configured in [
        "https://login.example",
        "https://login.example/",
        "https://login.example/x?y#z",
    ] {
        let authority = Authority::new(&Url::parse(configured).expect("an address")).expect("https");
        assert_eq!(
            authority.issuer(tenant(TENANT_A)),
            format!("https://login.example/{TENANT_A}/v2.0"),
            "P053"
        );
    }
    let local = Authority::new(&Url::parse("http://127.0.0.1:8443").expect("an address")).expect("loopback");
    assert_eq!(
        local.issuer(tenant(TENANT_A)),
        format!("http://127.0.0.1:8443/{TENANT_A}/v2.0")
    );
}

#[test]
fn the_document_must_name_its_own_issuer() {
    let a = Some(tenant(TENANT_A));
    assert!(read(&document(AUTHORITY, TENANT_A), a).is_ok());
    assert!(
        read(&document(AUTHORITY, "organizations"), None).is_err(),
        "P247: the template is the issuer"
    );
    let mut organizations = document(AUTHORITY, "organizations");
    organizations["issuer"] = json!(format!("{AUTHORITY}/{{tenantid}}/v2.0"));
    assert!(read(&organizations, None).is_ok());
    assert!(
        read(&organizations, a).is_err(),
        "a template is no tenant's issuer"
    );
    for issuer in [
        format!("{AUTHORITY}/{TENANT_A}/v2.0INVALID"),
        format!("{AUTHORITY}/{TENANT_B}/v2.0"),
        format!("https://evil.example/{TENANT_A}/v2.0"),
        format!("https://login.microsoftonline.us/{TENANT_A}/v2.0"),
    ] {
        let failed = read(&with("issuer", issuer.as_str()), a);
        assert!(
            matches!(failed, Err(EntraError::Foreign { .. })),
            "DSC-001: {issuer}"
        );
    }
}

#[test]
fn endpoints_must_lie_on_the_authority() {
    let a = Some(tenant(TENANT_A));
    for address in [
        "https://evil.example/keys",
        "https://login.microsoftonline.com.evil.io/keys",
        "https://login.microsoftonline.com@evil.example/keys",
        "https://x@login.microsoftonline.com/keys",
        "https://login.microsoftonline.com:8443/keys",
        "http://login.microsoftonline.com/keys",
        "//evil.example/keys",
        "/keys",
        "",
    ] {
        for member in ["jwks_uri", "token_endpoint"] {
            let failed = read(&with(member, address), a);
            assert!(
                matches!(failed, Err(EntraError::Foreign { .. })),
                "{member}: {address}"
            );
        }
    }
    let moved = format!("{AUTHORITY}/somewhere/keys?appid=1");
    let document = read(&with("jwks_uri", moved.as_str()), a).expect("on the authority");
    assert_eq!(
        document.keys.as_str(),
        moved,
        "the document says where the keys are"
    );
}

#[test]
fn what_is_no_document_is_an_error() {
    let bodies = [
        "",
        "{}",
        "[]",
        "<html>",
        "null",
        r#"{"issuer":1}"#,
        r#"{"issuer":"a","issuer":"b"}"#,
    ];
    for body in bodies {
        let failed = Document::read(body.as_bytes(), &authority(), None);
        assert!(
            matches!(failed, Err(EntraError::Malformed { .. })),
            "DSC-004: {body}"
        );
    }
}

#[test]
fn a_promise_of_the_issuer_parameter_is_read() {
    let a = Some(tenant(TENANT_A));
    let promises = |document: &Value| read(document, a).expect("a document").promises_issuer;
    assert!(!promises(&document(AUTHORITY, TENANT_A)));
    assert!(promises(&with(
        "authorization_response_iss_parameter_supported",
        true
    )));
}

#[test]
fn the_tenant_of_an_issuer_is_read_only_from_a_well_formed_one() {
    let authority = authority();
    let a = Some(tenant(TENANT_A));
    assert_eq!(
        authority.tenant_of_issuer(&format!("{AUTHORITY}/{TENANT_A}/v2.0")),
        a
    );
    assert_eq!(
        authority.tenant_of_issuer(&format!("{AUTHORITY}/{}/v2.0", TENANT_A.to_uppercase())),
        a
    );
    for issuer in [
        format!("{AUTHORITY}/{}/v2.0", TENANT_A.replace('-', "")),
        format!("{AUTHORITY}/{{{TENANT_A}}}/v2.0"),
        format!("{AUTHORITY}{TENANT_A}/v2.0"),
        format!("{AUTHORITY}/{TENANT_A}"),
        "https://login.microsoftonline.com.evil.io/".to_owned() + TENANT_A + "/v2.0",
    ] {
        assert_eq!(authority.tenant_of_issuer(&issuer), None, "P255: {issuer}");
    }
}
