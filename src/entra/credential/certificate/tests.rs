//! Which PEM texts make a client certificate, and what is signed with it.

use jsonwebtoken::{DecodingKey, Validation};
use serde_json::{Value, json};

use super::*;

const KEY: &str = include_str!("../../fixtures/signing.pem");
const OTHER_KEY: &str = include_str!("../../fixtures/other.pem");
const OLDER_KEY: &str = include_str!("../../fixtures/credentials/signing-pkcs1.pem");
const ENCRYPTED_KEY: &str = include_str!("../../fixtures/credentials/encrypted-key.pem");
const CERTIFICATE: &str = include_str!("../../fixtures/credentials/certificate.pem");
const FAR: &str = include_str!("../../fixtures/credentials/far.pem");
const OTHER: &str = include_str!("../../fixtures/credentials/other.pem");
const ELLIPTIC: &str = include_str!("../../fixtures/credentials/elliptic.pem");
const ELLIPTIC_OLDER: &str = include_str!("../../fixtures/credentials/elliptic-sec1.pem");
const WEAK: &str = include_str!("../../fixtures/credentials/weak.pem");

fn read(parts: &[&str]) -> Result<ClientCertificate, UnusableCertificate> {
    ClientCertificate::read(&SecretString::from(parts.concat()))
}

fn der(pem: &str) -> Vec<u8> {
    pem::parse(pem).expect("a block").into_contents()
}

fn fingerprint(pem: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &der(pem)))
}

#[test]
fn key_and_certificate_in_any_order_and_either_form() {
    for parts in [
        &[KEY, CERTIFICATE][..],
        &[CERTIFICATE, KEY],
        &[OLDER_KEY, CERTIFICATE],
        &[
            "Bag Attributes\n    localKeyID: 01\n",
            KEY,
            "subject=CN = x\n",
            CERTIFICATE,
        ],
        &[KEY, OTHER, CERTIFICATE],
    ] {
        let certificate = read(parts).expect("usable");
        assert_eq!(certificate.thumbprint, fingerprint(CERTIFICATE));
        assert_eq!(certificate.expires().to_string(), "2030-12-31T23:59:59Z");
    }
    let windows = [KEY, CERTIFICATE].concat().replace('\n', "\r\n");
    assert!(read(&[&windows]).is_ok());
    // A certificate of version 1, and one whose end needs four digits for its year.
    assert!(read(&[OTHER_KEY, OTHER]).is_ok());
    let far = read(&[KEY, FAR]).expect("usable");
    assert_eq!(far.expires().to_string(), "2055-06-07T08:09:10Z");
}

#[test]
fn what_cannot_work_is_told_apart() {
    let broken = CERTIFICATE.replacen("MII", "MIJ", 1);
    let proc_type = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n\
                     -----END RSA PRIVATE KEY-----\n";
    for (parts, expected) in [
        (&[][..], UnusableCertificate::Unreadable),
        (&["hello"], UnusableCertificate::Unreadable),
        (&[&KEY[..400]], UnusableCertificate::Unreadable),
        (&[CERTIFICATE], UnusableCertificate::NoKey),
        (&[KEY], UnusableCertificate::NoCertificate),
        (&[KEY, OTHER_KEY, CERTIFICATE], UnusableCertificate::ManyKeys),
        (&[ENCRYPTED_KEY, CERTIFICATE], UnusableCertificate::EncryptedKey),
        (&[proc_type, CERTIFICATE], UnusableCertificate::EncryptedKey),
        (&[ELLIPTIC], UnusableCertificate::UnfitKey),
        (&[ELLIPTIC_OLDER], UnusableCertificate::UnfitKey),
        (&[WEAK], UnusableCertificate::UnfitKey),
        (&[KEY, OTHER], UnusableCertificate::Mismatch),
        (&[OTHER_KEY, CERTIFICATE], UnusableCertificate::Mismatch),
        (&[KEY, &broken], UnusableCertificate::BrokenCertificate),
    ] {
        let refused = read(parts).expect_err(&expected.to_string());
        assert_eq!(refused, expected);
        assert!(
            !refused.to_string().contains("MII"),
            "nothing of the text is repeated"
        );
    }
}

#[test]
fn a_certificate_cut_anywhere_is_refused_and_never_read_beyond_its_end() {
    let whole = der(FAR);
    assert!(Fields::of(&whole).is_some());
    for length in 0..whole.len() {
        assert!(Fields::of(&whole[..length]).is_none(), "{length}");
    }
    for place in 0..whole.len().min(300) {
        let mut changed = whole.clone();
        changed[place] ^= 0xff;
        drop(Fields::of(&changed));
    }
    assert!(Fields::of(&[0x30, 0xff, 1, 1, 1, 1, 1, 1, 1, 1]).is_none());
}

#[test]
fn the_last_century_has_two_digits_too() {
    let read = |tag, text: &str| time((tag, text.as_bytes())).map(|time| time.to_string());
    assert_eq!(
        read(UTC_TIME, "490101000000Z").as_deref(),
        Some("2049-01-01T00:00:00Z")
    );
    assert_eq!(
        read(UTC_TIME, "500101000000Z").as_deref(),
        Some("1950-01-01T00:00:00Z")
    );
    for (tag, wrong) in [
        (UTC_TIME, "4901010000Z"),
        (UTC_TIME, "490101000000"),
        (UTC_TIME, "490101000000+0100"),
        (GENERALIZED_TIME, "20550607080910.5Z"),
        (GENERALIZED_TIME, "20551307080910Z"),
        (BIT_STRING, "20550607080910Z"),
    ] {
        assert_eq!(read(tag, wrong), None, "{wrong}");
    }
}

#[test]
fn the_header_names_the_certificate_and_the_signature_is_ps256() {
    let certificate = read(&[OLDER_KEY, CERTIFICATE]).expect("usable");
    let signed = certificate.sign(&json!({ "iss": "us" })).expect("it signs");
    let token = signed.expose_secret();
    let part = |number: usize| {
        let text = token.split('.').nth(number).expect("three parts");
        serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
    };
    let header = json!({ "typ": "JWT", "alg": "PS256", "x5t#S256": fingerprint(CERTIFICATE) });
    assert_eq!(part(0), header);
    assert_eq!(part(1), json!({ "iss": "us" }));
    let whole = der(CERTIFICATE);
    let fields = Fields::of(&whole).expect("readable");
    let key = DecodingKey::from_rsa_der(fields.public_key);
    let mut validation = Validation::new(Algorithm::PS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode::<Value>(token, &key, &validation).expect("our certificate verifies it");
    assert!(!format!("{certificate:?} {signed:?}").contains(&KEY[60..90]));
}
