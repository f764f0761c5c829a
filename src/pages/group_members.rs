//! The members of a mapped group: who has an account, who is invited, who can be.
//!
//! The server fills these values with sentences and draws them ([`super::drawn`] shows it). None of this travels, so none
//! of it is in [`crate::wire`]; other tools read `GET /api/mappings/members`.

pub mod browser;
pub mod drawn;
pub mod job;
pub mod review;

use crate::{
    domain::{
        id::{InvitationId, InvitationJobId},
        role::Role,
        time::Timestamp,
    },
    wire::tenant::{Link, Said},
};

/// All of the page, for its address.
#[derive(Clone, Debug)]
pub struct Page {
    /// What just happened.
    pub notice: Option<Said>,
    /// A link that is shown once: for whom, and itself.
    pub link: Option<(String, String)>,
    /// A question that replaces the rest of the page.
    pub review: Option<Box<Review>>,
    /// People are invited, or were.
    pub job: Option<Box<Job>>,
    /// Whose members.
    pub heading: String,
    /// How many there are.
    pub summary: Option<String>,
    /// Permissions are missing.
    pub prompt: Option<Prompt>,
    /// The list, or why there is none.
    pub body: Body,
}

impl Page {
    /// Nothing but a question.
    pub fn of_review(review: Review) -> Self {
        Self {
            notice: None,
            link: None,
            heading: review.heading.clone(),
            review: Some(Box::new(review)),
            job: None,
            summary: None,
            prompt: None,
            body: Body::Nothing,
        }
    }
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
    /// The page of the group, to which a form of a row comes back.
    pub page: String,
    /// The name of the table.
    pub caption: String,
    /// The filters.
    pub filters: Vec<Choice>,
    /// What invites people, where somebody can be invited.
    pub invite: Option<Invite>,
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
    /// What can be done.
    pub action: Option<RowAction>,
}

/// What can be done for somebody.
#[derive(Clone, Debug)]
pub enum RowAction {
    /// Invite this person; the Object ID.
    Invite(String),
    /// Send this invitation again.
    Resend(InvitationId),
}

/// What invites people of the list.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Whether somebody of these rows can be chosen.
    pub selectable: bool,
    /// The button that invites all who can be, where there may be some.
    pub all: Option<String>,
}

/// The question before people are invited.
#[derive(Clone, Debug)]
pub struct Review {
    /// `Send 3 invitations?`
    pub heading: String,
    /// As what.
    pub role: Role,
    /// Until when they can accept.
    pub expires: Timestamp,
    /// Some of the people: name, and what else tells them apart.
    pub people: Vec<(String, Option<String>)>,
    /// So many of so many, where these are not all.
    pub some: Option<String>,
    /// Who is skipped, and why.
    pub skipped: Vec<String>,
    /// What the mail says: subject and first paragraph.
    pub mail: Option<[String; 2]>,
    /// What is to be known.
    pub words: Vec<&'static str>,
    /// The button; none where nobody can be invited.
    pub button: Option<String>,
    /// What the form sends: name and value.
    pub fields: Vec<(&'static str, String)>,
    /// Leaves everything as it is.
    pub back: String,
}

/// People are invited, or were.
#[derive(Clone, Debug)]
pub struct Job {
    /// The group's name, as far as it was known.
    pub group: String,
    /// Which action.
    pub id: InvitationJobId,
    /// How many people it is about.
    pub total: i64,
    /// How many are done.
    pub done: i64,
    /// How far it is, in words.
    pub words: String,
    /// Who waits for another try.
    pub delayed: Option<String>,
    /// Whether it goes on.
    pub running: bool,
    /// This page.
    pub here: String,
    /// Another turn for those who failed.
    pub retry: Option<String>,
    /// Links are shown once, where they are.
    pub once: Option<&'static str>,
    /// How it went with people.
    pub results: Vec<Result>,
    /// So many of so many, where these are not all.
    pub some: Option<String>,
    /// Whether there is a column of links.
    pub links: bool,
}

/// How it went with one person.
#[derive(Clone, Debug)]
pub struct Result {
    /// Name, and what else tells people apart.
    pub person: (String, Option<String>),
    /// How it went.
    pub outcome: Said,
    /// Why.
    pub reason: Option<&'static str>,
    /// The link: shown now, shown before, or none.
    pub link: SharedLink,
}

/// A link that is shown once.
#[derive(Clone, Debug)]
pub enum SharedLink {
    /// This one.
    Now(String),
    /// It was shown.
    Before,
    /// There is none.
    None,
}
