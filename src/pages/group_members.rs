//! The members of a mapped group: who has an account, who is invited, who can be.
//!
//! The server fills these values with sentences and draws them ([`super::drawn`] shows it). None of this travels, so none
//! of it is in [`crate::wire`]; other tools read `GET /api/mappings/members`.

pub mod drawn;

use crate::{
    domain::{role::Role, time::Timestamp},
    wire::tenant::{Link, Said},
};

/// All of the page, for its address.
#[derive(Clone, Debug)]
pub struct Page {
    /// Whose members.
    pub heading: String,
    /// How many there are.
    pub summary: Option<String>,
    /// Permissions are missing.
    pub prompt: Option<Prompt>,
    /// The list, or why there is none.
    pub body: Body,
}

/// The list, or why there is none.
#[derive(Clone, Debug)]
pub enum Body {
    /// The list.
    List(Box<List>),
    /// Why there is none, and what helps.
    Said(Said, Option<Way>),
    /// Nothing: what is missing says it all.
    Nothing,
}

/// What helps.
#[derive(Clone, Debug)]
pub enum Way {
    /// A page of ours.
    Page(Link),
    /// Asking again: the word of the button, and what the address says: name and value.
    Again(&'static str, Vec<(&'static str, String)>),
}

/// Permissions are missing.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Which.
    pub words: String,
    /// The documented address of the approval; none without Microsoft sign-in.
    pub address: Option<String>,
}

/// The list.
#[derive(Clone, Debug)]
pub struct List {
    /// The filters.
    pub filters: Vec<Choice>,
    /// The people.
    pub rows: Vec<Row>,
    /// There are none, and the link to everybody.
    pub none: Option<(&'static str, Option<Link>)>,
    /// Which rows these are.
    pub shown: Option<String>,
    /// That looking stopped before the page was full.
    pub stopped: Option<String>,
    /// The links to other pages.
    pub pages: Vec<Link>,
}

/// A filter.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where it leads, and its name with its number.
    pub link: Link,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// Somebody in the group.
#[derive(Clone, Debug)]
pub struct Row {
    /// Display name; none when Microsoft withholds it.
    pub name: Option<String>,
    /// Address or, without one, what else names the person.
    pub sub: String,
    /// How the person stands.
    pub status: Said,
    /// The role, and the other group that gave it.
    pub role: Option<(Role, Option<String>)>,
    /// The newest sign-in.
    pub last_sign_in: Option<Timestamp>,
}
