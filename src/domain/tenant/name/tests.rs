//! Tenants in every spelling that people use, and in many that nobody should.

use proptest::prelude::*;

use super::*;

const ID: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
const OTHER: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

fn id() -> TenantName {
    TenantName::Id(ID.parse().expect("a tenant ID"))
}

fn domain(text: &str) -> TenantName {
    TenantName::Domain(DomainName::parse(text).expect("a domain"))
}

#[test]
fn an_id_is_read_in_its_common_spellings() {
    for typed in [
        ID.to_owned(),
        ID.to_uppercase(),
        format!(" {{{ID}}}\n"),
        format!("({ID})"),
        ID.replace('-', ""),
        ID.replace('-', " - "),
        format!("\u{feff}{}\u{200b}", ID.replace("7b64", "7b\u{ad}64")),
    ] {
        assert_eq!(TenantName::parse(&typed), Ok(id()), "{typed:?}");
    }
}

#[test]
fn a_copied_address_names_its_tenant() {
    for typed in [
        format!("https://login.microsoftonline.com/{ID}/v2.0/.well-known/openid-configuration"),
        format!("https://login.microsoftonline.com/{ID}/adminconsent?client_id={OTHER}"),
        format!("https://sts.windows.net/{ID}/"),
        format!("https://entra.microsoft.com/#view/Microsoft_AAD_IAM/TenantOverview.ReactView/tenantId/{ID}"),
        format!("https://myapps.microsoft.com/signin/x/{OTHER}?tenantId={ID}"),
        format!("https://portal.azure.com/#@{ID}/resource/subscriptions/{OTHER}/overview"),
        format!("https://example.com/%7B{ID}%7D?again={ID}"),
        format!("login.microsoftonline.com/{ID}"),
    ] {
        assert_eq!(TenantName::parse(&typed), Ok(id()), "{typed}");
    }
    for typed in [
        "https://login.microsoftonline.com/Contoso.com/oauth2/v2.0/authorize",
        "https://login.microsoftonline.us/contoso.com",
        "https://portal.azure.com/#@contoso.com/resource/subscriptions/11111111-aaaa-4bbb-8ccc-222222222222",
        "https://myaccount.microsoft.com/?tenant=contoso.com",
    ] {
        assert_eq!(TenantName::parse(typed), Ok(domain("contoso.com")), "{typed}");
    }
}

#[test]
fn a_domain_is_taken_in_lower_case() {
    for (typed, name) in [
        (" Contoso.COM ", "contoso.com"),
        ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("con\u{200b}toso.com", "contoso.com"),
        ("3com.co.uk", "3com.co.uk"),
    ] {
        assert_eq!(TenantName::parse(typed), Ok(domain(name)), "{typed:?}");
    }
}

#[test]
fn what_names_no_tenant_says_why() {
    for typed in ["", " \t\n", "\u{200b}\u{feff} "] {
        assert_eq!(TenantName::parse(typed), Err(NotATenant::Empty), "{typed:?}");
    }
    for (typed, word) in [
        ("common", "common"),
        (" Organizations", "organizations"),
        ("consumers", "consumers"),
        (
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "common",
        ),
    ] {
        assert_eq!(
            TenantName::parse(typed),
            Err(NotATenant::EveryTenant(word.to_owned())),
            "{typed}"
        );
    }
    for typed in [
        "9188040d-6c67-4c5b-b112-36a304b66dad",
        "{9188040D6C674C5BB11236A304B66DAD}",
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
    ] {
        assert_eq!(
            TenantName::parse(typed),
            Err(NotATenant::PersonalAccounts),
            "{typed}"
        );
    }
}

#[test]
fn hostile_texts_are_malformed() {
    let long_label = format!("{}.com", "a".repeat(64));
    let long_name = format!("{}com", "abcdefg.".repeat(32));
    let huge = "a".repeat(100_000);
    let huge_address = format!("https://login.microsoftonline.com/{}", "a.".repeat(50_000));
    for typed in [
        "00000000-0000-0000-0000-000000000000",
        "contoso",
        "contoso.com.",
        ".contoso.com",
        "contoso..com",
        "..",
        "../../common",
        "%2e%2e%2fcommon",
        "contoso.com%2f..%2fcommon",
        "contoso.com%00",
        "contoso.com:8443",
        "contoso.com@evil.example",
        "adam@contoso.com",
        "contoso\u{3002}com",
        "contoso\u{ff0e}com",
        "c\u{43e}ntoso.com",
        "b\u{fc}cher.example",
        "\u{212a}ontoso.com",
        "con toso.com",
        "contoso.com\nHost: evil",
        "-contoso.com",
        "contoso-.com",
        "ab--contoso.com",
        "con_toso.com",
        "127.0.0.1",
        "[::1]",
        "\\\\evil.example",
        "https://contoso.com/about.html",
        "https://login.microsoftonline.com/../contoso.com",
        "https://login.microsoftonline.com/contoso.com%2f..",
        "https://login.microsoftonline.com//contoso.com",
        "https://example.com/11111111-aaaa-4bbb-8ccc-222222222222/3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
        "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f7",
        "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70 11111111-aaaa-4bbb-8ccc-222222222222",
        "\u{ff13}f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
        "urn:uuid:3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
        &long_label,
        &long_name,
        &huge,
        &huge_address,
    ] {
        let shown: String = typed.chars().take(60).collect();
        assert_eq!(TenantName::parse(typed), Err(NotATenant::Malformed), "{shown:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_only_safe_segments_come_out(
        typed in prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9./%?#@:&= -]{0,80}",
            "(https?://)?(login\\.)?[a-z.]{0,12}/[a-zA-Z0-9./%?#@-]{0,60}",
        ],
    ) {
        if let Ok(name) = TenantName::parse(&typed) {
            let segment = name.to_string();
            let safe = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
            prop_assert!(segment.bytes().all(safe), "{segment}");
            prop_assert!(segment.len() <= 253 && !segment.starts_with('.') && !segment.contains(".."));
            // What was understood once is understood the same again.
            prop_assert_eq!(TenantName::parse(&segment), Ok(name));
        }
    }
}
