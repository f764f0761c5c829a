//! The dashboard's pages by address: what each is called, and below which other one it lies.

use crate::{
    routes,
    text::{entra, faults, group_members, integrations, mappings, overview, text},
};

/// A page of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The overview.
    Overview,
    /// All integrations.
    Integrations,
    /// Microsoft Entra ID.
    Entra,
    /// SSO Group Mappings.
    Mappings,
    /// The members of a mapped group.
    GroupMembers,
    /// Every address of the dashboard that is none of these.
    Missing,
}

impl Place {
    /// Those with an address.
    pub const ALL: [Self; 5] = [
        Self::Overview,
        Self::Integrations,
        Self::Entra,
        Self::Mappings,
        Self::GroupMembers,
    ];

    /// The page at a path.
    pub fn at(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        if routes::mapping_of_members(path).is_some() {
            return Self::GroupMembers;
        }
        let found = Self::ALL.into_iter().find(|place| place.path() == path);
        found.unwrap_or(Self::Missing)
    }

    /// Its path; what stands in braces is one segment, whatever it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview | Self::Missing => routes::DASHBOARD,
            Self::Integrations => routes::INTEGRATIONS,
            Self::Entra => routes::ENTRA,
            Self::Mappings => routes::MAPPINGS,
            Self::GroupMembers => routes::MAPPING_MEMBERS,
        }
    }

    /// Its heading, which is also its name in the menu, in the breadcrumb and in the title.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Overview => text::<overview::Overview>().heading,
            Self::Integrations => text::<integrations::Integrations>().heading,
            Self::Entra => text::<entra::Entra>().heading,
            Self::Mappings => text::<mappings::Mappings>().heading,
            Self::GroupMembers => text::<group_members::GroupMembers>().heading,
            Self::Missing => text::<faults::Faults>().not_found,
        }
    }

    /// The page above it, for breadcrumb and menu.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Entra => Some(Self::Integrations),
            Self::GroupMembers => Some(Self::Mappings),
            Self::Overview | Self::Integrations | Self::Mappings | Self::Missing => None,
        }
    }

    /// Whether it lies in the group `Security` of the menu.
    pub const fn is_security(self) -> bool {
        matches!(self, Self::Mappings | Self::GroupMembers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_page_whole_and_exactly() {
        for place in Place::ALL {
            assert_eq!(Place::at(place.path()), place);
            assert_eq!(Place::at(&format!("{}/", place.path())), place);
        }
        for path in [
            "",
            "/",
            "/login",
            "/dashboards",
            "/dashboard/x",
            "/dashboard/integrations/entra/x",
            "/dashboard/security/group-mappings/members",
            "/dashboard/security/group-mappings//members",
            "/dashboard/security/group-mappings/x/y/members",
        ] {
            assert_eq!(Place::at(path), Place::Missing, "{path}");
        }
    }
}
