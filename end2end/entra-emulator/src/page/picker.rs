//! "Pick an account": people by tenant, each one a button.

use super::{document, escape, hidden};

/// What the page shows.
pub(crate) struct Picker<'a> {
    pub(crate) application: &'a str,
    /// Where the buttons post to.
    pub(crate) action: String,
    /// The request they continue, form-encoded.
    pub(crate) request: String,
    pub(crate) first: Vec<Section>,
    /// Accounts that are not expected here, folded away.
    pub(crate) others: Vec<Section>,
}

/// The people of a tenant.
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) domain: String,
    pub(crate) note: Option<String>,
    pub(crate) people: Vec<Person>,
}

/// One person.
pub(crate) struct Person {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) principal: String,
    pub(crate) groups: usize,
    pub(crate) tags: Vec<String>,
    pub(crate) signed_in: bool,
    pub(crate) hinted: bool,
}

/// The page.
pub(crate) fn render(picker: &Picker<'_>) -> String {
    let first = picker.first.iter().map(section).collect::<String>();
    let others = picker
        .others
        .iter()
        .filter(|section| !section.people.is_empty())
        .map(section)
        .collect::<String>();
    let others = if others.is_empty() {
        others
    } else {
        format!("<details><summary>Use an account of another organization</summary>{others}</details>")
    };
    let main = format!(
        r#"<form class="card" method="post" action="{action}">
{hidden}
<h1>Pick an account</h1>
<p class="lead">to continue to <strong>{application}</strong></p>
{first}{others}
<p class="actions"><button class="plain" name="action" value="cancel">Cancel</button></p>
</form>"#,
        action = escape(&picker.action),
        hidden = hidden(&[("request", &picker.request)]),
        application = escape(picker.application),
    );
    document("Sign in to your account", &main)
}

fn section(section: &Section) -> String {
    let note = section
        .note
        .as_deref()
        .map(|note| format!(r#"<p class="note">{}</p>"#, escape(note)));
    let mut people = section.people.iter().collect::<Vec<_>>();
    people.sort_by_key(|person| (!person.hinted, !person.signed_in));
    format!(
        r#"<section><h2>{} <span>{}</span></h2>{}<ul class="people">{}</ul></section>
"#,
        escape(&section.heading),
        escape(&section.domain),
        note.unwrap_or_default(),
        people.into_iter().map(button).collect::<String>(),
    )
}

/// The spaces between the parts make the accessible name: "Dana Reyes dana@contoso.com 3 groups".
fn button(person: &Person) -> String {
    let initials = person
        .name
        .split(' ')
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let initials = initials.take(2).collect::<String>();
    let groups = if person.groups == 1 {
        "1 group".to_owned()
    } else {
        format!("{} groups", person.groups)
    };
    let signed_in = person.signed_in.then(|| "Signed in".to_owned());
    let tags = person
        .tags
        .iter()
        .chain(&signed_in)
        .map(|tag| format!(r#" <span class="tag">{}</span>"#, escape(tag)));
    format!(
        r#"<li><button class="person" name="person" value="{value}"{hinted}><span class="initials" aria-hidden="true">{initials}</span><span class="who"><span class="name">{name}</span> <span class="principal">{principal}</span></span> <span class="facts"><span class="groups">{groups}</span>{tags}</span></button></li>
"#,
        value = escape(&person.value),
        hinted = if person.hinted { " autofocus" } else { "" },
        initials = escape(&initials.to_uppercase()),
        name = escape(&person.name),
        principal = escape(&person.principal),
        tags = tags.collect::<String>(),
    )
}
