//! Groups that a search found, in words.

use super::words;
use crate::{
    domain::mapping::GroupKind,
    pages::mappings::{Choice, Chosen, Results},
    service::mapping::{Candidate, Reading, Search},
    text::{tenant::TenantWords, text},
};

/// What a search found, for what was typed. The domain is that of the team's tenant.
pub fn results(search: &Search, query: &str, domain: Option<&str>) -> Results {
    let typed = query.trim();
    match search {
        Search::Found {
            groups,
            more,
            unknown,
        } => {
            let said = if *unknown {
                (words().unknown_id)(domain)
            } else if groups.is_empty() {
                (words().found_none)(typed)
            } else {
                (words().found)(groups.len(), *more)
            };
            Results {
                said,
                groups: groups.iter().map(|group| choice(group, typed)).collect(),
            }
        }
        Search::Closed { why, by_id } => Results {
            said: closed(why),
            groups: by_id.iter().map(|group| choice(group, typed)).collect(),
        },
    }
}

/// Why groups cannot be searched, and what can be done meanwhile.
fn closed(why: &Reading) -> String {
    match why {
        Reading::Unproven => words().unproven[0].to_owned(),
        Reading::NotPermitted(missing) => (words().not_permitted)(missing),
        Reading::NotConfigured => words().not_configured[0].to_owned(),
        Reading::Unavailable => text::<TenantWords>().no_credentials.to_owned(),
        Reading::Open | Reading::Unreachable => words().search_unreachable.to_owned(),
    }
}

fn choice(group: &Candidate, typed: &str) -> Choice {
    let parts = match &group.name {
        Some(name) => marked(name, typed),
        None => vec![((words().use_id)(group.id), false)],
    };
    let never_sent = group.kind == Some(GroupKind::NotSecurity);
    let why_not = match group.mapped {
        Some((_, role)) => Some((words().mapped)(role.role())),
        None => never_sent.then(|| words().never_sent.to_owned()),
    };
    Choice {
        id: group.id.to_string(),
        name: group.name.clone(),
        parts,
        kind: group.kind.map(words().kind),
        why_not,
    }
}

/// The group that was chosen, as a search by its object ID tells of it.
pub(super) fn chosen(search: &Search, id: String) -> Chosen {
    let group = match search {
        Search::Found { groups, .. } => groups.first(),
        Search::Closed { by_id, .. } => by_id.as_ref(),
    };
    Chosen {
        id,
        name: group.and_then(|group| group.name.clone()),
        kind: group.and_then(|group| group.kind).map(words().kind),
    }
}

/// A name in parts, of which the first one that was typed is marked.
fn marked(name: &str, typed: &str) -> Vec<(String, bool)> {
    let plain = || vec![(name.to_owned(), false)];
    if typed.is_empty() {
        return plain();
    }
    let found = name
        .char_indices()
        .find_map(|(start, _)| Some((start, start + length_of(name.get(start..)?, typed)?)));
    let Some((start, end)) = found else {
        return plain();
    };
    let parts = [
        (&name[..start], false),
        (&name[start..end], true),
        (&name[end..], false),
    ];
    parts
        .into_iter()
        .filter(|(part, _)| !part.is_empty())
        .map(|(part, is_marked)| (part.to_owned(), is_marked))
        .collect()
}

/// How much of a text `wanted` takes when the text begins with it, in any case of its letters.
fn length_of(text: &str, wanted: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for letter in wanted.chars() {
        let (_, found) = letters.next()?;
        if !found.to_lowercase().eq(letter.to_lowercase()) {
            return None;
        }
    }
    Some(letters.next().map_or(text.len(), |(at, _)| at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str, typed: &str) -> String {
        marked(name, typed)
            .into_iter()
            .map(|(part, is_marked)| if is_marked { format!("[{part}]") } else { part })
            .collect()
    }

    #[test]
    fn what_was_typed_is_marked_in_a_name() {
        assert_eq!(parts("SonicSaaS-Operators", "sonic"), "[Sonic]SaaS-Operators");
        assert_eq!(parts("SonicSaaS-Operators", "OPER"), "SonicSaaS-[Oper]ators");
        assert_eq!(parts("Größe ÄÖ", "äö"), "Größe [ÄÖ]");
        assert_eq!(parts("SonicSaaS", "x"), "SonicSaaS");
        assert_eq!(parts("SonicSaaS", ""), "SonicSaaS");
        assert_eq!(parts("山田 太郎", "太"), "山田 [太]郎");
    }
}
