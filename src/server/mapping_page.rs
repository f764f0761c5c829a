//! The page of the mappings as the browser gets it: facts become words here, and the words are drawn.

mod explain;
mod form;
mod groups;
mod preview;
mod rows;

pub use self::{
    explain::{code, plain},
    groups::results,
    preview::told,
};

use super::{
    guard::Call,
    query::Query,
    say::{link, said},
};
use crate::{
    domain::{
        id::MappingId,
        mapping::{Change, MappingForm, MappingNotice, MappingRefused},
        role::Role,
        sign_in::AuthMode,
    },
    pages::mappings::{Explain, Page, Problem, Remark, Sort, Way, drawn},
    routes,
    service::{
        ServiceError, Services, access, kept_form,
        mapping::{self, KeptMapping, Mappings, Reading, called},
        session,
    },
    storage::{Administrator, SignedIn, StoreError},
    text::{
        faults::Faults,
        mapping_words::{MappingWords, Refusals},
        mappings, roles,
        tenant::TenantWords,
        text,
    },
    wire::{
        drawn::Drawn,
        tenant::{Said, Step, Tone},
    },
};

fn words() -> &'static MappingWords {
    text::<MappingWords>()
}

fn role_name(role: impl Into<Role>) -> String {
    (text::<roles::Roles>().name)(role.into()).to_owned()
}

/// What the page's address says, and what was kept for it.
#[derive(Debug)]
struct Asked {
    query: Query,
    kept: Option<KeptMapping>,
    /// The mapping whose form is open.
    edit: Option<MappingId>,
    /// The mapping that is about to be removed.
    remove: Option<MappingId>,
}

impl Asked {
    async fn of(services: &Services, person: &SignedIn, query: Query) -> Result<Self, ServiceError> {
        let id = |name| query.first(name).and_then(|id| id.parse().ok());
        let (edit, remove) = (id("edit"), id("remove"));
        let kept = match query.first("form").and_then(|id| id.parse().ok()) {
            Some(id) => kept_form::find(services, person, id).await?,
            None => None,
        };
        Ok(Self {
            query,
            kept,
            edit,
            remove,
        })
    }

    fn value(&self, name: &str) -> String {
        self.query.first(name).unwrap_or_default().to_owned()
    }

    /// What is typed and not saved, for the form of this mapping, or of a new one.
    fn typed(&self, mapping: Option<MappingId>) -> Option<&MappingForm> {
        let typed = match self.kept.as_ref()? {
            KeptMapping::Refused { typed, .. } | KeptMapping::Preview(typed) => typed,
            KeptMapping::Said { typed, .. } => typed.as_ref()?,
            KeptMapping::Explain(_) => return None,
        };
        (typed.id == mapping).then_some(typed)
    }

    fn refused(&self) -> Option<&MappingRefused> {
        match &self.kept {
            Some(KeptMapping::Refused { refused, .. }) => Some(refused),
            _ => None,
        }
    }
}

/// The page, drawn for the query of its address.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn view(call: &Call<SignedIn>) -> Result<Drawn, ServiceError> {
    Ok(drawn::draw(page(call).await?))
}

async fn page(call: &Call<SignedIn>) -> Result<Page, ServiceError> {
    let (services, person) = (call.services(), &call.proof);
    let query = Query::parse(call.arrival.parts.uri.query());
    let asked = Asked::of(services, person, query).await?;
    let mappings = mapping::list(services, person).await?;
    let admin = person.clone().administrator().ok();
    let default: Role = services.rules.default_role.into();
    let (step, form) = match &admin {
        None => (None, None),
        Some(admin) => match step(services, admin, &mappings, &asked).await? {
            Some(step) => (Some(step), None),
            None => (None, form::form(services, admin, &mappings, &asked).await?),
        },
    };
    let explain = match (&admin, &step) {
        (Some(admin), None) => explain_region(services, admin, &mappings, &asked).await?,
        _ => None,
    };
    let who_may = match admin {
        Some(_) => None,
        None => Some((words().who_may)(&session::owners(services, person).await?)),
    };
    Ok(Page {
        intro: (words().intro)(default),
        notice: notice(&mappings, &asked),
        problem: admin
            .as_ref()
            .and_then(|_| problem(&mappings, &asked, explain.as_ref())),
        step,
        remarks: remarks(services, &mappings, admin.is_some()),
        table: rows::table(&mappings, &asked, default, admin.is_some()),
        form,
        explain,
        who_may,
    })
}

/// `Test another account`, where there are accounts to test.
async fn explain_region(
    services: &Services,
    admin: &Administrator,
    mappings: &Mappings,
    asked: &Asked,
) -> Result<Option<Explain>, ServiceError> {
    if matches!(mappings.reading, Reading::NotConfigured | Reading::Unavailable) {
        return Ok(None);
    }
    let Some(KeptMapping::Explain(who)) = &asked.kept else {
        return Ok(Some(Explain::default()));
    };
    let explained = access::explain(services, admin, who).await?;
    Ok(Some(explain::view(who.clone(), &explained, mappings)))
}

/// What just happened. A mapping that somebody else removed meanwhile cannot be shown any more.
fn notice(mappings: &Mappings, asked: &Asked) -> Option<Said> {
    if let Some(KeptMapping::Said { notice, .. }) = &asked.kept {
        let tone = match notice {
            MappingNotice::Added {
                unchecked: false,
                ties: None,
                ..
            }
            | MappingNotice::Saved { ties: None, .. }
            | MappingNotice::NewName { .. }
            | MappingNotice::Removed => Tone::Ok,
            MappingNotice::Unchanged { .. } => Tone::Info,
            MappingNotice::Added { .. } | MappingNotice::Saved { .. } | MappingNotice::Busy => Tone::Warn,
            MappingNotice::Broken(_) => Tone::Fail,
        };
        return Some(said(tone, (words().notice)(notice)));
    }
    let wanted = asked.edit.or(asked.remove)?;
    let is_there = mappings.rows.iter().any(|row| row.mapping.id == wanted);
    (!is_there && asked.refused().is_none()).then(|| said(Tone::Warn, text::<Faults>().missing))
}

fn problem(mappings: &Mappings, asked: &Asked, explain: Option<&Explain>) -> Option<Problem> {
    if let Some(error) = explain.and_then(explain::problem) {
        return Some(Problem {
            errors: vec![error],
            link: None,
            theirs: Vec::new(),
        });
    }
    let Some(KeptMapping::Refused { typed, refused }) = &asked.kept else {
        return None;
    };
    let refusals = text::<Refusals>();
    let labels = text::<mappings::Mappings>();
    let errors = match refused {
        MappingRefused::Mistakes(mistakes) => mistakes
            .iter()
            .map(|mistake| {
                let field = form::field(mistake, typed);
                let words = (refusals.mistake)(mistake, mappings.domain.as_deref());
                (words, Some(field))
            })
            .collect(),
        other => (refusals.other)(other)
            .map(|words| (words, None))
            .into_iter()
            .collect(),
    };
    let theirs = match refused {
        MappingRefused::Stale { role, priority, .. } => vec![
            (labels.role.to_owned(), role_name(*role)),
            (labels.priority.to_owned(), u8::from(*priority).to_string()),
        ],
        _ => Vec::new(),
    };
    let link = match refused {
        MappingRefused::Mapped { id, .. } => Some(link(labels.edit_that, routes::mapping_edit(*id))),
        MappingRefused::NotConfigured => Some(link(words().not_configured[1], routes::ENTRA)),
        _ => None,
    };
    Some(Problem { errors, link, theirs })
}

/// What limits all mappings. What only helps people who may change them is told to them alone.
fn remarks(services: &Services, mappings: &Mappings, may: bool) -> Vec<Remark> {
    let remark = |tone, words: String, way| Remark {
        said: said(tone, words),
        way,
    };
    let mut all = Vec::new();
    let [not_configured, set_up] = words().not_configured;
    let [unproven, verify] = words().unproven;
    match &mappings.reading {
        Reading::Unavailable => {
            let tenant = text::<TenantWords>();
            let why = if services.rules.auth_mode == AuthMode::LocalOnly {
                tenant.local_only
            } else {
                tenant.no_credentials
            };
            all.push(remark(Tone::Warn, why.to_owned(), None));
        }
        Reading::NotConfigured => all.push(remark(
            Tone::Info,
            not_configured.to_owned(),
            Some(Way::Page(link(set_up, routes::ENTRA))),
        )),
        Reading::Unproven if may => all.push(remark(
            Tone::Warn,
            unproven.to_owned(),
            Some(Way::Page(link(verify, routes::ENTRA))),
        )),
        Reading::NotPermitted(missing) if may => all.push(remark(
            Tone::Warn,
            (words().not_permitted)(missing),
            Some(Way::Away(link(words().grant, routes::TENANT_CONSENT))),
        )),
        Reading::Open | Reading::Unproven | Reading::NotPermitted(_) => {}
        Reading::Unreachable => all.push(remark(
            Tone::Warn,
            (words().unreachable)(mappings.read_at()),
            Some(Way::Again(text::<Faults>().try_again)),
        )),
    }
    if mappings.enabled == Some(false) {
        all.push(remark(Tone::Warn, words().off.to_owned(), None));
    }
    all
}

/// The question before a mapping is removed, with what that does to whom.
async fn step(
    services: &Services,
    admin: &Administrator,
    mappings: &Mappings,
    asked: &Asked,
) -> Result<Option<Step>, ServiceError> {
    let row = mappings
        .rows
        .iter()
        .find(|row| Some(row.mapping.id) == asked.remove);
    let Some(row) = row else {
        return Ok(None);
    };
    let change = Change::Remove(row.mapping.id);
    let preview = match mapping::preview(services, admin, &change).await {
        Ok(preview) => preview,
        // Somebody else was faster.
        Err(ServiceError::Store(StoreError::Missing)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let told = preview::removal(&preview, mappings);
    let [heading, button] = (words().remove)(&called(&row.mapping));
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Ok(Some(Step {
        heading,
        words: told.words,
        people: told.people,
        people_caption: told.shown,
        takes_away: true,
        action: Some(routes::MAPPING_DELETE.to_owned()),
        button,
        fields: vec![
            pair("id", row.mapping.id.to_string()),
            pair("version", row.mapping.version.to_string()),
        ],
    }))
}

/// By what the address sorts.
fn sort(asked: &Asked) -> Sort {
    Sort::of(asked.query.first("sort"))
}
