//! The settings: one field and two switches, which people who may not change them read as text.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        copy::{CopyButton, Look},
        form::{FieldError, SendButton, Switch},
    },
    pages::leaving::bar_class,
    routes,
    text::{self, form::Form, text},
    wire::tenant::Settings,
};

/// The `id` of the field.
pub const FIELD: &str = "tenant";
/// The `id` of the button that tests.
pub const TEST: &str = "test-button";

/// What looks like the name of a tenant: an address that holds one, a GUID in any common spelling, or a domain.
const LOOKS_RIGHT: &str =
    r"\s*(https?:.*|[\s\{]*([0-9A-Fa-f][\s\-]*){32}[\s\}]*|([A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]+)\s*";

/// The form. It is saved by its first button, so the Enter key saves; the second one tests the same fields.
#[component]
pub fn SettingsForm(
    /// The values.
    settings: Settings,
    /// What is wrong with the field.
    error: Option<String>,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let saved = !settings.unsaved;
    let described = match (&error, &settings.found) {
        (Some(_), _) => "tenant-hint tenant-error",
        (None, Some(_)) => "tenant-hint tenant-found",
        (None, None) => "tenant-hint",
    };
    let has_value = !settings.tenant_id.is_empty();
    let wrong = error.is_some().then_some("true");
    // Only beside an error: what this does not find may be right all the same, and the server says so.
    let pattern = error.is_some().then_some(LOOKS_RIGHT);
    view! {
        <section class="section" aria-labelledby="settings">
            <div class="section-head">
                <h2 id="settings">{words.settings}</h2>
            </div>
            <form
                class="section-body stack stack-l"
                data-guarded
                method="post"
                action=routes::TENANT_SAVE
                aria-labelledby="settings"
                novalidate
            >
                <div class="field stretch">
                    <label for=FIELD>{words.tenant_id}</label>
                    <p class="hint" id="tenant-hint">
                        {words.tenant_id_hint}
                    </p>
                    {error.map(|words| view! { <FieldError id="tenant-error" words /> })}
                    <div class="with-copy">
                        <input
                            class="input mono"
                            id=FIELD
                            name="tenant_id"
                            value=settings.tenant_id
                            autocomplete="off"
                            spellcheck="false"
                            aria-invalid=wrong
                            pattern=pattern
                            aria-describedby=described
                        />
                        {has_value
                            .then(|| view! { <CopyButton of=FIELD thing=words.tenant_id look=Look::Button /> })}
                    </div>
                    {settings
                        .found
                        .map(|found| {
                            view! {
                                <p class="found" id="tenant-found">
                                    {found}
                                </p>
                            }
                        })}
                </div>
                <Switch name="enabled" label=words.enabled hint=words.enabled_hint on=settings.enabled />
                <Switch
                    name="allow_guests"
                    label=words.allow_guests
                    hint=words.allow_guests_hint
                    on=settings.allow_guests
                />
                // Said by the page: a change that takes something away is shown before it is made.
                <input type="hidden" name="confirm" value="ask" />
                <input type="hidden" name="version" value=settings.version.to_string() />
                <div class=bar_class(settings.unsaved)>
                    <p data-unsaved hidden=saved>
                        {words.unsaved}
                    </p>
                    <SendButton
                        id="save-button"
                        class="button button-primary"
                        label=words.save
                        sending=words.saving
                    />
                    <SendButton
                        id=TEST
                        class="button"
                        label=words.test_connection
                        sending=words.testing
                        to=routes::TENANT_TEST
                    />
                    <a class="link" href=routes::ENTRA rel="external" data-unsaved data-discard hidden=saved>
                        {words.discard}
                    </a>
                </div>
            </form>
        </section>
    }
}

/// The values, for people who may not change them.
#[component]
pub fn SettingsRead(
    /// The values.
    settings: Settings,
    /// Who may change them.
    who_may: String,
) -> impl IntoView {
    let words = text::<text::entra::Entra>();
    let form = text::<Form>();
    let on = |on| if on { form.on } else { form.off };
    let tenant = if settings.tenant_id.is_empty() {
        Either::Left(words.no_tenant)
    } else {
        Either::Right(view! { <span class="id">{settings.tenant_id}</span> })
    };
    view! {
        <section class="section" aria-labelledby="settings">
            <div class="section-head">
                <h2 id="settings">{words.settings}</h2>
            </div>
            <div class="section-body stack">
                <dl class="facts-rows stretch">
                    <div>
                        <dt>{words.tenant_id}</dt>
                        <dd>{tenant}</dd>
                    </div>
                    <div>
                        <dt>{words.enabled}</dt>
                        <dd>{on(settings.enabled)}</dd>
                    </div>
                    <div>
                        <dt>{words.allow_guests}</dt>
                        <dd>{on(settings.allow_guests)}</dd>
                    </div>
                </dl>
                <p>{who_may}</p>
            </div>
        </section>
    }
}
