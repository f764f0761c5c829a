//! The page of group mappings: the words that are the same for every team. What is told of a team's groups and people is
//! in [`super::mapping_words`].

use super::words;

/// The words of the page.
pub struct Mappings {
    /// Heading of the page.
    pub heading: &'static str,
    /// The page's data, in "Couldn't load …".
    pub data: &'static str,
    /// Name of the table.
    pub table: &'static str,
    /// Column: the group.
    pub group: &'static str,
    /// Column and field: the role.
    pub role: &'static str,
    /// Column and field: the priority.
    pub priority: &'static str,
    /// Column: the group's people.
    pub members: &'static str,
    /// Column: how it stands.
    pub status: &'static str,
    /// Column: when Microsoft was last asked.
    pub last_checked: &'static str,
    /// Nobody has asked yet.
    pub never: &'static str,
    /// Column, for a screen reader: what can be done.
    pub actions: &'static str,
    /// Between `Actions` and the group, for a screen reader; begins and ends in a space.
    pub actions_for: &'static str,
    /// Opens the group's people.
    pub view_members: &'static str,
    /// Between that and the group; begins and ends in a space.
    pub of: &'static str,
    /// Opens the form of a mapping.
    pub edit: &'static str,
    /// Opens the question before a mapping is removed.
    pub remove: &'static str,
    /// In the place of a name.
    pub no_name: &'static str,
    /// The people of a group were not read.
    pub not_read: &'static str,
    /// The last row.
    pub everyone: &'static str,
    /// What is said in it.
    pub everyone_why: &'static str,
    /// The thing that `Copy` copies, before the group; ends in a space.
    pub object_id_of: &'static str,
    /// Region: one more.
    pub add: &'static str,
    /// Region: change one.
    pub edit_mapping: &'static str,
    /// The hint of the field `Group`.
    pub group_hint: &'static str,
    /// Searches, without a script.
    pub search: &'static str,
    /// What was found.
    pub groups: &'static str,
    /// Shows the other field.
    pub by_id: &'static str,
    /// Shows the first field again.
    pub by_name: &'static str,
    /// While groups are searched.
    pub searching: &'static str,
    /// When that takes long.
    pub slow: &'static str,
    /// The other field.
    pub object_id: &'static str,
    /// The group that was chosen.
    pub chosen: &'static str,
    /// Chooses another.
    pub change_group: &'static str,
    /// The first option.
    pub no_role: &'static str,
    /// The hint of the field `Role` while none is chosen.
    pub role_hint: &'static str,
    /// The hint of the field `Priority`.
    pub priority_hint: &'static str,
    /// Region: what a change does.
    pub preview: &'static str,
    /// Not all fields are there yet.
    pub preview_waits: &'static str,
    /// Nothing is changed yet.
    pub preview_unchanged: &'static str,
    /// Asks for it, without a script.
    pub show_preview: &'static str,
    /// No answer came for it.
    pub no_preview: &'static str,
    /// Adds.
    pub add_button: &'static str,
    /// Saves.
    pub save: &'static str,
    /// While it is added or saved.
    pub saving: &'static str,
    /// Leaves the form of a mapping.
    pub cancel: &'static str,
    /// Leaves the question before one is removed.
    pub keep: &'static str,
    /// While it is removed.
    pub removing: &'static str,
    /// Label of the values that somebody else saved meanwhile.
    pub theirs: &'static str,
    /// Opens the mapping that a group has already.
    pub edit_that: &'static str,
    /// Region: somebody else's access.
    pub explain: &'static str,
    /// Its field.
    pub who: &'static str,
    /// Its button.
    pub explain_button: &'static str,
    /// While it is found out.
    pub explaining: &'static str,
    /// Name of the list of rules.
    pub how: &'static str,
}

words!(Mappings);

/// English.
pub static EN: Mappings = Mappings {
    heading: "SSO Group Mappings",
    data: "the mappings",
    table: "SSO group mappings",
    group: "Group",
    role: "Role",
    priority: "Priority",
    members: "Members",
    status: "Status",
    last_checked: "Last checked",
    never: "Never",
    actions: "Actions",
    actions_for: " for ",
    view_members: "View members",
    of: " of ",
    edit: "Edit",
    remove: "Remove",
    no_name: "Name not known yet",
    not_read: "Not read yet",
    everyone: "Everyone else",
    everyone_why: "Default role, set by the platform administrator",
    object_id_of: "Object ID of ",
    add: "Add mapping",
    edit_mapping: "Edit mapping",
    group_hint: "Search by name, or paste a group's Object ID.",
    search: "Search groups",
    groups: "Groups",
    by_id: "Enter an Object ID instead",
    by_name: "Search by name instead",
    searching: "Searching groups",
    slow: "Microsoft is slow to answer. Keep waiting, or enter an Object ID.",
    object_id: "Group Object ID",
    chosen: "Chosen group",
    change_group: "Change group",
    no_role: "Select a role",
    role_hint: "Each role is described below.",
    priority_hint: "0 to 100. The highest number wins.",
    preview: "What will change",
    preview_waits: "Select a group, a role and a priority to see who changes role.",
    preview_unchanged: "Change the role or the priority to see who changes role.",
    show_preview: "Preview changes",
    no_preview: "We couldn't find out who changes. Change a value to try again.",
    add_button: "Add mapping",
    save: "Save mapping",
    saving: "Saving…",
    cancel: "Cancel",
    keep: "Keep mapping",
    removing: "Removing…",
    theirs: "Saved meanwhile:",
    edit_that: "Edit that mapping",
    explain: "Test another account",
    who: "Email address or Object ID",
    explain_button: "Explain access",
    explaining: "Checking…",
    how: "How the role was decided",
};
