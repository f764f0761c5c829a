//! What people type, cleaned of what paste and habit add to it.

use uuid::Uuid;

/// Reads a GUID in any common spelling: upper or lower case, with braces, spaces or invisible characters around it,
/// with or without hyphens.
pub fn guid(text: &str) -> Option<Uuid> {
    let visible = visible(text);
    let bare = visible
        .trim()
        .trim_start_matches(['{', '('])
        .trim_end_matches(['}', ')'])
        .trim();
    let hyphens = bare.bytes().filter(|byte| *byte == b'-').count();
    let shaped = matches!((bare.len(), hyphens), (36, 4) | (32, 0));
    if shaped { Uuid::parse_str(bare).ok() } else { None }
}

/// An email address in canonical form: trimmed and in lower case.
///
/// Deliberately narrow: one `@`, a domain with a dot, printable characters only. That is what a mail server outside
/// will take, and nothing that could end a header line.
pub fn email(text: &str) -> Option<String> {
    let cleaned = visible(text).trim().to_lowercase();
    let (local, domain) = cleaned.split_once('@')?;
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|letter| letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter));
    let domain_fits = domain.contains('.') && domain.split('.').all(label);
    (local_fits && domain_fits && cleaned.len() <= 254).then_some(cleaned)
}

/// Whether nothing visible was typed.
pub fn is_blank(text: &str) -> bool {
    visible(text).trim().is_empty()
}

/// A name of a person or a team: trimmed, inner white space folded, without control or invisible characters,
/// 1 to 120 characters.
pub fn name(text: &str) -> Option<String> {
    let words: Vec<_> = visible(text).split_whitespace().map(str::to_owned).collect();
    let name = words.join(" ");
    (1..=120).contains(&name.chars().count()).then_some(name)
}

/// A label that Microsoft sent: like [`name`], but cut instead of refused, since a strange directory entry must not
/// keep anybody out. Empty when nothing visible is left.
pub fn label(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    folded(text)
}

fn folded(text: &str) -> String {
    let words = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(256).collect()
}

/// Whether nothing has to be folded or cut, which is quickly seen of most names.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b' ');
    bytes.len() <= 256
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !bytes.windows(2).any(|two| two == b"  ")
}

/// Without control characters, zero-width characters and direction marks.
pub(super) fn visible(text: &str) -> String {
    let hidden = |letter: char| {
        (letter.is_control() && !letter.is_whitespace())
            || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().filter(|letter| !hidden(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_read_in_its_common_spellings() {
        let expected = Uuid::parse_str("3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70").ok();
        for text in [
            "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
            " {3F2A9C1E-7B64-4D0F-9A55-1C2E8D4B6F70} ",
            "\u{200b}3f2a9c1e7b644d0f9a551c2e8d4b6f70\u{feff}",
        ] {
            assert_eq!(guid(text), expected, "{text:?}");
        }
        for text in [
            "",
            "abc",
            "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f7",
            "urn:uuid:3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70",
        ] {
            assert_eq!(guid(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_email_address_is_canonical_or_refused() {
        assert_eq!(email(" Priya@Contoso.com "), Some("priya@contoso.com".to_owned()));
        for text in [
            "",
            "priya",
            "priya@contoso",
            "a@b@c.com",
            "a b@c.com",
            "a@c.com\nBcc: x@y.com",
            ".a@c.com",
            "a@-c.com",
        ] {
            assert_eq!(email(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_are_folded_and_bounded() {
        assert_eq!(name("  Renée \n O'Brien "), Some("Renée O'Brien".to_owned()));
        assert_eq!(name("\u{200b} "), None);
        assert!(is_blank(" \u{200b}\t") && !is_blank(" x"));
        assert_eq!(name(&"x".repeat(121)), None);
        assert_eq!(label(&"x".repeat(300)).len(), 256);
        assert_eq!(label("a\0b\u{202e}c"), "abc");
    }

    proptest::proptest! {
        #[test]
        fn a_plain_label_is_what_folding_would_make_of_it(text in "[ -~]{0,12}|.{0,12}|[a-z ]{250,260}") {
            proptest::prop_assert_eq!(label(&text), folded(&text));
        }
    }
}
