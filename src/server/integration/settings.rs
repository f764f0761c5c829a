//! The fields of the form on the page of Microsoft Entra ID: what was typed and what is saved never mix unseen.

use super::words;
use crate::{
    domain::tenant::{Named, SaveRefused, TenantForm, TenantId, TenantName},
    service::{
        kept_form::KeptForm,
        tenant::{Facts, named},
    },
    wire::tenant::Settings,
};

/// The fields: what was typed, where it was kept, else what is saved, else what is proposed.
pub(super) fn settings(facts: &Facts, kept: Option<&KeptForm>) -> Settings {
    let setup = facts.setup.as_ref();
    let saved = setup.map(|setup| TenantForm {
        tenant_id: setup.registration.tenant.to_string(),
        enabled: setup.registration.enabled,
        allow_guests: setup.registration.allow_guests,
        version: Some(setup.registration.version),
    });
    let fresh = TenantForm {
        enabled: true,
        version: Some(0),
        ..TenantForm::default()
    };
    let typed = match kept {
        Some(
            KeptForm::Refused { typed, .. }
            | KeptForm::Change(typed, _)
            | KeptForm::Said {
                typed: Some(typed), ..
            },
        ) => Some(typed),
        _ => None,
    };
    let newest = saved.as_ref().and_then(|saved| saved.version).unwrap_or_default();
    // Typed values stay those of the page they were typed on, or a change by somebody else would be overwritten unseen.
    // A page that shows that change beside them is another matter.
    let seen = match kept {
        Some(KeptForm::Refused {
            refused: SaveRefused::Stale { .. } | SaveRefused::Gone { .. },
            ..
        })
        | None => None,
        Some(_) => typed.and_then(|typed| typed.version),
    };
    let version = seen.unwrap_or(newest);
    let base = saved.unwrap_or(fresh);
    let shown = typed.unwrap_or(&base);
    let same_values = |one: &TenantForm, other: &TenantForm| {
        is_same_tenant(&one.tenant_id, &other.tenant_id)
            && one.enabled == other.enabled
            && one.allow_guests == other.allow_guests
    };
    Settings {
        found: found(facts, &shown.tenant_id),
        unsaved: !same_values(shown, &base),
        tenant_id: shown.tenant_id.clone(),
        enabled: shown.enabled,
        allow_guests: shown.allow_guests,
        version,
    }
}

/// Whether both name the same tenant, in whichever spelling; what names none is compared as it was typed.
fn is_same_tenant(one: &str, other: &str) -> bool {
    match (TenantName::parse(one), TenantName::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The tenant that the typed words mean, where that is known.
fn found(facts: &Facts, typed: &str) -> Option<String> {
    let typed = TenantName::parse(typed).ok()?;
    let means = |tenant: TenantId, domain: Option<&str>| match &typed {
        TenantName::Id(typed) => *typed == tenant,
        TenantName::Domain(typed) => domain == Some(typed.as_str()),
    };
    let own = facts.setup.as_ref().map(|setup| named(&setup.registration));
    if let Some(own) = own.filter(|own| means(own.tenant, None)) {
        return Some((words().found)(&own));
    }
    let tested = facts.test.as_ref().and_then(|kept| {
        let tenant = kept.test.found()?;
        means(tenant, kept.test.domain.as_deref()).then(|| Named {
            tenant,
            domain: kept.test.domain.clone(),
        })
    });
    tested.map(|tested| (words().found)(&tested))
}
