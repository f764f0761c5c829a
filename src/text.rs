//! Every word the product shows, in one place.
//!
//! The words of one page or part are one struct, and a language is one value of each struct: a new language is a new
//! value, and the compiler finds what is missing. Plurals, roles and times are functions, so that pages, messages and
//! tests read the same words. Pages ask for their own struct by [`text`], so that the browser loads a page's words
//! with the page.
//!
//! What must never happen here: a sentence that says "invalid", "oops" or "please" instead of what happened and what
//! to do.

pub mod access;
pub mod attention;
pub mod bulk_invite;
pub mod connection_test;
pub mod entra;
pub mod faults;
pub mod form;
pub mod front;
pub mod group_member_words;
pub mod group_members;
pub mod integration_card;
pub mod integrations;
pub mod invitation;
pub mod invitation_mail;
pub mod mapping_words;
pub mod mappings;
pub mod minutes;
pub mod overview;
pub mod permissions;
pub mod refusals;
pub mod roles;
pub mod setup;
pub mod shell;
pub mod tenant;
pub mod times;

/// The product's name, in every language.
pub const PRODUCT: &str = "SonicSaaS";

/// A language the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// English.
    #[default]
    English,
}

impl Locale {
    /// The language tag for `<html lang>` (RFC 5646).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }
}

/// The words of one page or part.
pub trait Words: Sized + 'static {
    /// The words in that language.
    fn of(locale: Locale) -> &'static Self;
}

/// The words of one page or part, in the reader's language.
pub fn text<W: Words>() -> &'static W {
    W::of(Locale::default())
}

/// Binds a struct of words to its value in each language.
macro_rules! words {
    ($words:ty) => {
        impl $crate::text::Words for $words {
            fn of(locale: $crate::text::Locale) -> &'static Self {
                match locale {
                    $crate::text::Locale::English => &EN,
                }
            }
        }
    };
}
use words;
