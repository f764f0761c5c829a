//! SSO Group Mappings: which group gives which role, and what a change will do before it is made.
//!
//! The server fills these values with sentences and draws them ([`super::drawn`] shows the result). None of this travels,
//! so none of it is in [`crate::wire`]; other tools read `GET /api/mappings/list`.

pub mod browser;
pub mod drawn;
pub mod explain;
pub mod form;
pub mod preview;
pub mod results;
pub mod table;

use crate::{
    domain::{id::MappingId, role::Role, time::Timestamp},
    wire::tenant::{Link, Said, Step},
};

/// All of the page, for the query of its address.
#[derive(Clone, Debug)]
pub struct Page {
    /// What mappings do.
    pub intro: String,
    /// What just happened.
    pub notice: Option<Said>,
    /// What was typed and refused.
    pub problem: Option<Problem>,
    /// A question that replaces the page.
    pub step: Option<Step>,
    /// Who may change mappings, for people who may not.
    pub who_may: Option<String>,
    /// What limits all mappings, most urgent first.
    pub remarks: Vec<Remark>,
    /// The table.
    pub table: Table,
    /// The form; none for people who may not change anything, and before there is a tenant.
    pub form: Option<Form>,
    /// `Test another account`, for the same people.
    pub explain: Option<Explain>,
}

/// What was typed and refused, above the heading.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Each thing that is wrong.
    pub errors: Vec<(String, Option<&'static str>)>,
    /// Where to go on instead.
    pub link: Option<Link>,
    /// The values that somebody else saved meanwhile: label and value.
    pub theirs: Vec<(String, String)>,
}

/// Something that limits all mappings, and what helps.
#[derive(Clone, Debug)]
pub struct Remark {
    /// The words.
    pub said: Said,
    /// What helps.
    pub way: Option<Way>,
}

/// What helps.
#[derive(Clone, Debug)]
pub enum Way {
    /// A page of ours.
    Page(Link),
    /// An address that leads to Microsoft.
    Away(Link),
    /// Asking again; the word of the button.
    Again(&'static str),
}

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    /// By what it is sorted.
    pub sort: Sort,
    /// That another column than priority sorts it.
    pub note: Option<String>,
    /// What the rest of the address says, to be kept when another column sorts: name and value.
    pub kept: Vec<(&'static str, String)>,
    /// There are no rows.
    pub none: Option<String>,
    /// One row for each mapping.
    pub rows: Vec<Row>,
    /// What everybody else becomes.
    pub default: Role,
    /// That members of nested groups count, where members are counted.
    pub nested: Option<&'static str>,
    /// The row whose actions are open, on a narrow screen.
    pub open: Option<String>,
}

/// By what the table is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The name of the group.
    Group,
    /// The role, the most privileged first.
    Role,
    /// The priority, the highest first.
    #[default]
    Priority,
}

impl Sort {
    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Role => "role",
            Self::Priority => "priority",
        }
    }

    /// What an address says; by priority unless it says something else.
    pub fn of(name: Option<&str>) -> Self {
        [Self::Group, Self::Role]
            .into_iter()
            .find(|sort| Some(sort.name()) == name)
            .unwrap_or_default()
    }
}

/// One mapping.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which.
    pub id: MappingId,
    /// The group's name, once it is known.
    pub name: Option<String>,
    /// The group's Object ID.
    pub object_id: String,
    /// The role it gives.
    pub role: Role,
    /// How it ranks.
    pub priority: u8,
    /// The group's people; none while they were not read.
    pub members: Option<Members>,
    /// How it stands: never empty.
    pub states: Vec<Said>,
    /// What that means.
    pub because: Vec<String>,
    /// When Microsoft was last asked.
    pub checked: Option<Timestamp>,
    /// What can be done; none for people who may not.
    pub actions: Option<Actions>,
}

impl Row {
    /// What the group is called.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.object_id)
    }
}

/// The people of a group.
#[derive(Clone, Debug)]
pub struct Members {
    /// `18 members`.
    pub words: String,
    /// How many there are, how many have an account, and that in words; none when that is unknown.
    pub signed_up: Option<(u64, u64, String)>,
}

/// What can be done about a mapping: addresses.
#[derive(Clone, Debug)]
pub struct Actions {
    /// The group's people.
    pub members: String,
    /// The form of the mapping.
    pub edit: String,
    /// The question before it is removed.
    pub remove: String,
    /// A new mapping in the place of this one, when its group is gone.
    pub pick_another: Option<Link>,
}

/// The form: one more, or another role or priority for one.
#[derive(Clone, Debug)]
pub struct Form {
    /// Whether it is one more.
    pub kind: Kind,
    /// The role that is chosen, by its name; empty for none.
    pub role: String,
    /// What stands in `Priority`.
    pub priority: String,
    /// What is wrong with `Role`.
    pub role_error: Option<String>,
    /// What is wrong with `Priority`.
    pub priority_error: Option<String>,
    /// What will change.
    pub preview: Preview,
}

/// Which form it is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// One more.
    Add(Box<Finder>),
    /// Another role or priority.
    Edit {
        /// Which.
        id: MappingId,
        /// The version that is on the page.
        version: i64,
        /// Its group.
        group: Chosen,
    },
}

/// How a group is found.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    /// What stands in `Group`.
    pub query: String,
    /// What is wrong with `Group`.
    pub error: Option<String>,
    /// What a search found, for people without a script.
    pub results: Option<Results>,
    /// What stands in `Group Object ID`.
    pub object_id: String,
    /// What is wrong with that.
    pub object_id_error: Option<String>,
    /// The group that is chosen already.
    pub chosen: Option<Chosen>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// `5 groups found`, or why there are none.
    pub said: String,
    /// The groups.
    pub groups: Vec<Choice>,
}

/// A group that was found.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Object ID.
    pub id: String,
    /// Name; none while it cannot be looked up.
    pub name: Option<String>,
    /// What it is called in the list: the parts of it that fit what was typed are marked.
    pub parts: Vec<(String, bool)>,
    /// Its kind in words; none while it cannot be looked up.
    pub kind: Option<&'static str>,
    /// Why it cannot be chosen.
    pub why_not: Option<String>,
}

/// A group that is chosen.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Object ID.
    pub id: String,
    /// Name; none while it is not known.
    pub name: Option<String>,
    /// Its kind in words; none while it is not known.
    pub kind: Option<&'static str>,
}

/// What will change.
#[derive(Clone, Debug)]
pub enum Preview {
    /// Not known yet, and what is missing for it.
    Waits(&'static str),
    /// What is known.
    Told(Told),
}

/// What a change will do.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The sentence that comes first.
    pub first: String,
    /// The people whose role changes.
    pub people: Vec<String>,
    /// The sentences after them.
    pub more: Vec<String>,
    /// What to be careful with.
    pub warnings: Vec<String>,
}

/// `Test another account`.
#[derive(Clone, Debug, Default)]
pub struct Explain {
    /// What stands in the field.
    pub who: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Why there is no answer, and what helps.
    pub closed: Option<Remark>,
    /// The answer.
    pub answer: Option<Access>,
}

/// Which access somebody would have.
#[derive(Clone, Debug)]
pub struct Access {
    /// The sentence that comes first.
    pub heading: String,
    /// Every rule, in the order in which it is looked at.
    pub rules: Vec<Rule>,
    /// When the groups were read, and from where.
    pub read: String,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The rule.
    pub title: String,
    /// What became of it.
    pub result: &'static str,
    /// Whether it decides.
    pub decides: bool,
    /// Why it goes before others of the same priority.
    pub tie: Option<String>,
}

#[cfg(test)]
mod tests;
