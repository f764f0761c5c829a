//! Names in a directory that are no Unicode text: half of a surrogate pair, written as an escape.
//!
//! Old tools cut names in the middle of such a pair, and JSON can carry what is left (RFC 8259 section 8.2) while no text
//! here can. One such name must not make an answer about a thousand people unreadable.

use std::borrow::Cow;

/// The length of `\uD83D`.
const ESCAPE: usize = 6;
/// What stands for a character that cannot be shown (The Unicode Standard, section 23.8).
const REPLACEMENT: &str = "\\ufffd";

/// JSON with every half of a pair replaced; what is well stays as it is.
pub(super) fn mended(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let (kept, length) = match (half(escape), half(escape.get(ESCAPE..).unwrap_or_default())) {
            (Some(Half::First), Some(Half::Second)) => (None, 2 * ESCAPE),
            (Some(_), _) => (Some(REPLACEMENT), ESCAPE),
            // The next character may be a backslash that begins nothing.
            (None, _) => (None, 1 + escape.chars().nth(1).map_or(0, char::len_utf8)),
        };
        let (escape, after) = escape.split_at(length);
        mended.push_str(kept.unwrap_or(escape));
        rest = after;
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// Which half of a pair this text begins with, if it begins with one.
fn half(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_pairs_and_everything_else_stay() {
        for (json, read) in [
            (r#""Ren\u00e9e \ud83d\ude00""#, "Ren\u{e9}e \u{1f600}"),
            (r#""\ud800""#, "\u{fffd}"),
            (r#""\uDC00x""#, "\u{fffd}x"),
            (r#""\ud83dude00""#, "\u{fffd}ude00"),
            (r#""\ud800\ud83d\ude00\udfff""#, "\u{fffd}\u{1f600}\u{fffd}"),
            (r#""\ud800\n""#, "\u{fffd}\n"),
            // A backslash and then letters.
            (r#""\\ud800""#, "\\ud800"),
            (r#""\\\ud800\\""#, "\\\u{fffd}\\"),
            (r#""plain, \"quoted\" and \u0000""#, "plain, \"quoted\" and \0"),
        ] {
            let said: String = serde_json::from_str(&mended(json)).expect(json);
            assert_eq!(said, read, "{json}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none_and_nothing_panics() {
        for json in [
            "\\ud8",
            "\\",
            "\\u",
            "\\ud8é0",
            "\"\\ud83d\\ude0",
            "\\ud83d\\",
            "é\\é\\ud8",
        ] {
            assert!(serde_json::from_str::<String>(&mended(json)).is_err(), "{json}");
        }
    }
}
