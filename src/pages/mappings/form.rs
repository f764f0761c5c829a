//! The form: group, role, priority, and what they will change.
//!
//! Without a script `Group` is a text field whose button asks for the same page with what was found; `components/combobox`
//! makes a combobox of it.

use leptos::{either::Either, prelude::*};

use super::{Chosen, Finder, Form, Kind, preview::PreviewRegion, results::Radios};
use crate::{
    components::{
        element::{Icon, Picture},
        form::{FieldError, SendButton},
    },
    domain::role::Role,
    routes,
    text::{self, roles::Roles, text},
};

/// The `id` of the form that chooses another group.
const CHANGE: &str = "change-form";

impl Form {
    /// Whether it changes a mapping that exists.
    pub(super) const fn is_edit(&self) -> bool {
        matches!(self.kind, Kind::Edit { .. })
    }
}

/// The region `Add mapping` or `Edit mapping`.
#[component]
pub fn FormRegion(
    /// What stands in it.
    form: Form,
) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let (heading, action, button) = if form.is_edit() {
        (words.edit_mapping, routes::MAPPING_UPDATE, words.save)
    } else {
        (words.add, routes::MAPPING_CREATE, words.add_button)
    };
    let is_edit = form.is_edit();
    let (role, priority) = (form.role.clone(), form.priority.clone());
    let change = match &form.kind {
        Kind::Add(finder) if finder.chosen.is_some() => Some(finder.query.clone()),
        _ => None,
    };
    let group = match form.kind {
        Kind::Add(finder) => Either::Left(view! { <GroupField finder=*finder /> }),
        Kind::Edit { id, version, group } => Either::Right(view! {
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <ChosenGroup group>{None::<()>}</ChosenGroup>
        }),
    };
    view! {
        <section class="section section-wide add" aria-labelledby="mapping">
            <div class="section-head">
                <h2 id="mapping" tabindex="-1">
                    {heading}
                </h2>
            </div>
            <form
                class="section-body add-form"
                id="mapping-form"
                method="post"
                action=action
                aria-labelledby="mapping"
                data-preview=routes::MAPPING_PREVIEW
                novalidate
            >
                <div class="stack stack-s add-group">{group}</div>
                <div class="stack stack-l add-what">
                    <div class="role-priority">
                        <RoleField chosen=form.role error=form.role_error />
                        <PriorityField value=form.priority error=form.priority_error />
                    </div>
                    <PreviewRegion preview=form.preview />
                    <div class="cluster">
                        <SendButton
                            id="mapping-button"
                            class="button button-primary"
                            label=button
                            sending=words.saving
                        />
                        <button class="button" id="show-preview" formaction=routes::MAPPING_PREVIEW>
                            {words.show_preview}
                        </button>
                        {is_edit
                            .then(|| {
                                view! {
                                    <a class="link" href=routes::MAPPINGS>
                                        {words.cancel}
                                    </a>
                                }
                            })}
                    </div>
                </div>
            </form>
            {change.map(|query| view! { <ChangeForm query role priority /> })}
        </section>
    }
}

/// What the button `Change group` sends where no script runs: everything but the group.
#[component]
fn ChangeForm(query: String, role: String, priority: String) -> impl IntoView {
    view! {
        <form method="get" id=CHANGE action=routes::MAPPINGS hidden>
            <input type="hidden" name="query" value=query />
            <input type="hidden" name="role" value=role />
            <input type="hidden" name="priority" value=priority />
        </form>
    }
}

/// The group that is chosen.
#[component]
fn ChosenGroup<V>(group: Chosen, children: TypedChildren<V>) -> impl IntoView
where
    V: IntoView + 'static,
{
    let words = text::<text::mappings::Mappings>();
    let name = group.name.unwrap_or_else(|| words.no_name.to_owned());
    view! {
        <p class="field-name">{words.group}</p>
        <p>
            <strong id="chosen-name">{name}</strong>
            <small class="muted" id="chosen-kind">
                {group.kind.map(|kind| format!(", {kind}"))}
            </small>
            <span class="ref id" id="chosen-id">
                {group.id}
            </span>
        </p>
        {(children.into_inner())()}
    }
}

/// How a group is found. Everything a script needs is here from the first, hidden.
#[component]
fn GroupField(finder: Finder) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let Finder {
        query,
        error,
        results,
        object_id,
        object_id_error,
        chosen,
    } = finder;
    let text::form::Form {
        no_answer, too_fast, ..
    } = text::<text::form::Form>();
    let is_chosen = chosen.is_some();
    let chosen = chosen.unwrap_or_default();
    let described = if error.is_some() {
        "group-hint group-error"
    } else {
        "group-hint"
    };
    let wrong = |is_wrong: bool| is_wrong.then_some("true");
    let (said, has_radios) = match &results {
        Some(results) => (results.said.clone(), !results.groups.is_empty()),
        None => (String::new(), false),
    };
    view! {
        // One of the two sends the group: radios, or what a script puts here.
        <input type="hidden" name="group_id" id="group-id" value=chosen.id.clone() disabled=has_radios />
        <div class="stack stack-s stretch" id="chosen" hidden=!is_chosen data-no-name=words.no_name>
            <ChosenGroup group=chosen>
                <button class="link small" id="change-group" form=CHANGE>
                    {words.change_group}
                </button>
            </ChosenGroup>
        </div>
        <div class="stack stack-s stretch" id="finder" hidden=is_chosen>
            <div class="field stretch">
                <label for="group">{words.group}</label>
                <p class="hint" id="group-hint">
                    {words.group_hint}
                </p>
                {error.clone().map(|words| view! { <FieldError id="group-error" words /> })}
                <div class="combo">
                    <Icon picture=Picture::Search />
                    <input
                        class="input"
                        id="group"
                        name="query"
                        value=query
                        autocomplete="off"
                        spellcheck="false"
                        aria-invalid=wrong(error.is_some())
                        aria-describedby=described
                        data-search=routes::GROUP_SEARCH
                        data-searching=words.searching
                        data-slow=words.slow
                        data-failed=*no_answer
                        data-too-fast=*too_fast
                    />
                    <ul class="listbox" id="groups" role="listbox" aria-label=words.groups hidden></ul>
                </div>
                <button class="button" id="search-groups" formmethod="get" formaction=routes::MAPPINGS>
                    {words.search}
                </button>
            </div>
            <p class="cluster cluster-s">
                <output class="found" id="found">
                    {said}
                </output>
                " "
                <button type="button" class="link small" id="by-id" hidden>
                    {words.by_id}
                </button>
            </p>
            {results.map(|results| view! { <Radios results /> })}
        </div>
        <div class="stack stack-s stretch" id="by-id-field">
            <div class="field stretch">
                <label for="object-id">{words.object_id}</label>
                {object_id_error.clone().map(|words| view! { <FieldError id="object-id-error" words /> })}
                <input
                    class="input mono"
                    id="object-id"
                    name="object_id"
                    value=object_id
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid=wrong(object_id_error.is_some())
                    aria-describedby=object_id_error.is_some().then_some("object-id-error")
                />
            </div>
            <button type="button" class="link small" id="by-name" hidden>
                {words.by_name}
            </button>
        </div>
    }
}

/// The role. Its options tell what they may do; a script shows that of the chosen one.
#[component]
fn RoleField(chosen: String, error: Option<String>) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let roles = text::<Roles>();
    let mappable = Role::ALL.into_iter().filter(|role| *role != Role::Owner);
    let hint = mappable
        .clone()
        .find(|role| role.name() == chosen)
        .map(roles.description);
    let options: Vec<_> = mappable
        .clone()
        .map(|role| {
            view! {
                <option value=role.name() selected=role.name() == chosen data-hint=(roles.description)(role)>
                    {(roles.name)(role)}
                </option>
            }
        })
        .collect();
    let all: Vec<_> = mappable
        .map(|role| view! { <li>{format!("{}: {}", (roles.name)(role), (roles.description)(role))}</li> })
        .collect();
    let described = if error.is_some() {
        "role-hint role-error"
    } else {
        "role-hint"
    };
    view! {
        <div class="field">
            <label for="role">{words.role}</label>
            <p class="hint" id="role-hint" data-none=words.role_hint>
                {hint.unwrap_or(words.role_hint)}
            </p>
            {error.clone().map(|words| view! { <FieldError id="role-error" words /> })}
            <span class="select">
                <select
                    class="input"
                    id="role"
                    name="role"
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                >
                    <option value="">{words.no_role}</option>
                    {options}
                </select>
                <Icon picture=Picture::Down class="icon chev" />
            </span>
            <ul class="hint roles" id="roles" hidden=hint.is_some()>
                {all}
            </ul>
        </div>
    }
}

#[component]
fn PriorityField(value: String, error: Option<String>) -> impl IntoView {
    let words = text::<text::mappings::Mappings>();
    let described = if error.is_some() {
        "priority-hint priority-error"
    } else {
        "priority-hint"
    };
    view! {
        <div class="field">
            <label for="priority">{words.priority}</label>
            <p class="hint" id="priority-hint">
                {words.priority_hint}
            </p>
            {error.clone().map(|words| view! { <FieldError id="priority-error" words /> })}
            <input
                class="input priority"
                id="priority"
                name="priority"
                type="number"
                min="0"
                max="100"
                step="1"
                value=value
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
        </div>
    }
}
