//! The form of a mapping, with what was typed, searched and found out.

use super::{Asked, groups, preview, words};
use crate::{
    domain::{
        input,
        mapping::{Field, MappingForm, MappingRefused, Mistake},
    },
    pages::mappings::{Chosen, Finder, Form, Kind, Preview},
    server::mapping::change,
    service::{
        ServiceError, Services,
        mapping::{self, KeptMapping, Mappings, Reading},
    },
    storage::{Administrator, StoreError},
    text::{mapping_words::Refusals, mappings, text},
};

/// The `id` of the field that a mistake is in.
pub(super) fn field(mistake: &Mistake, typed: &MappingForm) -> &'static str {
    match mistake.field(typed.is_typed_id()) {
        Field::Group => "group",
        Field::ObjectId => "object-id",
        Field::Role => "role",
        Field::Priority => "priority",
    }
}

/// The form that the address asks for; none before there is a tenant whose groups could be mapped.
pub(super) async fn form(
    services: &Services,
    admin: &Administrator,
    mappings: &Mappings,
    asked: &Asked,
) -> Result<Option<Form>, ServiceError> {
    let edited = mappings
        .rows
        .iter()
        .find(|row| Some(row.mapping.id) == asked.edit);
    if let Some(row) = edited {
        let mapping = &row.mapping;
        let saved = MappingForm {
            id: Some(mapping.id),
            role: mapping.role.to_string(),
            priority: u8::from(mapping.priority).to_string(),
            ..MappingForm::default()
        };
        let typed = asked.typed(Some(mapping.id)).unwrap_or(&saved);
        let kind = Kind::Edit {
            id: mapping.id,
            version: mapping.version,
            group: Chosen {
                id: mapping.group.to_string(),
                name: mapping.group_name.clone(),
                kind: row.kind.map(words().kind),
            },
        };
        return filled(services, admin, mappings, asked, typed, kind)
            .await
            .map(Some);
    }
    if mappings.reading == Reading::NotConfigured || mappings.enabled.is_none() {
        return Ok(None);
    }
    let searched = MappingForm {
        query: asked.value("query"),
        object_id: asked.value("object_id"),
        role: asked.value("role"),
        priority: asked.value("priority"),
        ..MappingForm::default()
    };
    let typed = asked.typed(None).unwrap_or(&searched);
    let finder = finder(services, admin, mappings, asked, typed).await?;
    let kind = Kind::Add(Box::new(finder));
    filled(services, admin, mappings, asked, typed, kind)
        .await
        .map(Some)
}

/// What is wrong with a field, in words.
fn error(asked: &Asked, mappings: &Mappings, typed: &MappingForm, wanted: &str) -> Option<String> {
    let Some(MappingRefused::Mistakes(mistakes)) = asked.refused() else {
        return None;
    };
    // Another form was refused than the one that is shown.
    asked.typed(typed.id)?;
    let mistake = mistakes.iter().find(|mistake| field(mistake, typed) == wanted)?;
    Some((text::<Refusals>().mistake)(mistake, mappings.domain.as_deref()))
}

async fn filled(
    services: &Services,
    admin: &Administrator,
    mappings: &Mappings,
    asked: &Asked,
    typed: &MappingForm,
    kind: Kind,
) -> Result<Form, ServiceError> {
    Ok(Form {
        role: typed.role.trim().to_owned(),
        priority: typed.priority.clone(),
        role_error: error(asked, mappings, typed, "role"),
        priority_error: error(asked, mappings, typed, "priority"),
        preview: previewed(services, admin, asked, typed).await?,
        kind,
    })
}

/// What will change, when that was asked for.
async fn previewed(
    services: &Services,
    admin: &Administrator,
    asked: &Asked,
    typed: &MappingForm,
) -> Result<Preview, ServiceError> {
    let labels = text::<mappings::Mappings>();
    let is_edit = typed.id.is_some();
    let waits = Preview::Waits(if is_edit {
        labels.preview_unchanged
    } else {
        labels.preview_waits
    });
    let is_asked = matches!(&asked.kept, Some(KeptMapping::Preview(form)) if form == typed);
    let (true, Ok(change), Ok(priority)) = (is_asked, change(typed), typed.priority()) else {
        return Ok(waits);
    };
    match mapping::preview(services, admin, &change).await {
        Ok(found) => Ok(Preview::Told(preview::told(&found, priority, is_edit))),
        Err(ServiceError::Store(StoreError::Missing)) => Ok(waits),
        Err(error) => Err(error),
    }
}

async fn finder(
    services: &Services,
    admin: &Administrator,
    mappings: &Mappings,
    asked: &Asked,
    typed: &MappingForm,
) -> Result<Finder, ServiceError> {
    let mut finder = Finder {
        query: typed.query.clone(),
        error: error(asked, mappings, typed, "group"),
        object_id: typed.object_id.clone(),
        object_id_error: error(asked, mappings, typed, "object-id"),
        ..Finder::default()
    };
    if typed.is_typed_id() {
        return Ok(finder);
    }
    let domain = mappings.domain.as_deref();
    let group = input::guid(&typed.group_id);
    // A group that was refused is to be chosen again; the one that is mapped already too.
    if let (Some(group), false) = (group, finder.error.is_some() || is_mapped(asked)) {
        let search = mapping::search(services, admin, &group.to_string()).await?;
        finder.chosen = Some(groups::chosen(&search, group.to_string()));
    } else if !input::is_blank(&typed.query) {
        let search = mapping::search(services, admin, &typed.query).await?;
        finder.results = Some(groups::results(&search, &typed.query, domain));
    }
    Ok(finder)
}

fn is_mapped(asked: &Asked) -> bool {
    matches!(asked.refused(), Some(MappingRefused::Mapped { .. }))
}
