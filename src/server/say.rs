//! The small values of which the pages' words are made.

use crate::wire::tenant::{Link, Said, Tone};

/// A few words and how they are meant.
pub(super) fn said(tone: Tone, words: impl Into<String>) -> Said {
    Said {
        tone,
        words: words.into(),
    }
}

/// A link to a page of ours.
pub(super) fn link(words: impl Into<String>, to: impl Into<String>) -> Link {
    Link {
        words: words.into(),
        to: to.into(),
    }
}
