//! Which access somebody would have, in words.

use super::{link, said, words};
use crate::{
    domain::sign_in::Refusal,
    pages::mappings::{Access, Explain, Remark, Rule, Way},
    routes,
    service::{
        access::{Answer, Barred, Explained},
        mapping::{Mappings, Reading},
    },
    text::{access, tenant::TenantWords, text},
    wire::{
        mapping::{AccessExplained, RuleExplained},
        tenant::Tone,
    },
};

/// What became of the question about `who`.
pub(super) fn view(who: String, explained: &Explained, mappings: &Mappings) -> Explain {
    let words = text::<access::Access>();
    let error = match explained {
        Explained::Blank => Some(words.blank.to_owned()),
        Explained::Unreadable => Some(words.unreadable.to_owned()),
        Explained::Unknown => Some((words.unknown)(mappings.domain.as_deref())),
        Explained::Several => Some(words.several.to_owned()),
        Explained::Found(_) | Explained::Closed(_) => None,
    };
    Explain {
        who,
        error,
        closed: match explained {
            Explained::Closed(why) => Some(closed(why)),
            _ => None,
        },
        answer: match explained {
            Explained::Found(answer) => Some(answered(answer)),
            _ => None,
        },
    }
}

fn closed(why: &Reading) -> Remark {
    let access = text::<access::Access>();
    let (words_of_it, way) = match why {
        Reading::Unproven => {
            let verify = link(words().unproven[1], routes::ENTRA);
            (access.unproven.to_owned(), Some(Way::Page(verify)))
        }
        Reading::NotPermitted(missing) => {
            let grant = link(words().grant, routes::TENANT_CONSENT);
            ((access.not_permitted)(missing), Some(Way::Away(grant)))
        }
        Reading::NotConfigured => {
            let [why, set_up] = words().not_configured;
            (why.to_owned(), Some(Way::Page(link(set_up, routes::ENTRA))))
        }
        Reading::Unavailable => (text::<TenantWords>().no_credentials.to_owned(), None),
        Reading::Open | Reading::Unreachable => (access.unreachable.to_owned(), None),
    };
    Remark {
        said: said(Tone::Warn, words_of_it),
        way,
    }
}

fn called(answer: &Answer) -> String {
    let person = &answer.person;
    person
        .name
        .clone()
        .or_else(|| person.email.clone())
        .unwrap_or_else(|| person.id.to_string())
}

fn answered(answer: &Answer) -> Access {
    let words = text::<access::Access>();
    let (name, role) = (called(answer), answer.explanation.decided.role);
    let heading = match (answer.refused, answer.account) {
        (Some(Barred::Here(refusal)), _) => (words.none)(&name, Some(refusal)),
        (Some(Barred::AtMicrosoft), _) => (words.none)(&name, None),
        (None, Some(_)) => (words.now)(&name, role),
        (None, None) => (words.first)(&name, role),
    };
    Access {
        heading,
        rules: rules(answer),
        read: (words.read)(answer.read_at),
    }
}

fn rules(answer: &Answer) -> Vec<Rule> {
    let words = text::<access::Access>();
    answer
        .explanation
        .lines
        .iter()
        .map(|line| Rule {
            title: (words.rule)(&line.rule),
            result: (words.verdict)(line.verdict),
            decides: line.verdict == crate::domain::access::Verdict::Decides,
            tie: (!line.ties.is_empty()).then(|| (words.tie)(&line.ties)),
        })
        .collect()
}

/// The same for other tools.
pub fn plain(answer: &Answer) -> AccessExplained {
    AccessExplained {
        object_id: answer.person.id.to_string(),
        name: answer.person.name.clone(),
        email: answer.person.email.clone(),
        refused: answer.refused.map(|barred| {
            match barred {
                Barred::Here(refusal) => Refusal::code(refusal),
                Barred::AtMicrosoft => "disabled",
            }
            .to_owned()
        }),
        role: Some(answer.explanation.decided.role),
        rules: rules(answer)
            .into_iter()
            .map(|rule| RuleExplained {
                rule: rule.title,
                result: rule.result.to_owned(),
                decides: rule.decides,
            })
            .collect(),
    }
}

/// The field that is wrong with a question.
pub(super) fn problem(explain: &Explain) -> Option<(String, Option<&'static str>)> {
    explain.error.clone().map(|error| (error, Some("who")))
}

/// Why there is no answer, as a fixed word.
pub const fn code(explained: &Explained) -> Option<&'static str> {
    match explained {
        Explained::Found(_) | Explained::Closed(_) => None,
        Explained::Blank | Explained::Unreadable => Some("not_an_account"),
        Explained::Unknown => Some("unknown_account"),
        Explained::Several => Some("several_accounts"),
    }
}
