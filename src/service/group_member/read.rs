//! How a page of the list is read at Microsoft, and where that stops.

use std::{collections::HashSet, time::Duration};

use tokio::time::{Instant, timeout};

use super::{Count, Filter, Person, ROWS, Spot};
use crate::{
    domain::{invitation::Terms, tenant::ObjectId},
    entra::{EntraError, GroupMember, Members, MembersPage},
    service::{ServiceError, Services, directory, mapping::reading::Door},
    storage::Administrator,
};

/// So long the first of Microsoft's pages may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// So long further ones are read for one page of ours.
const BUDGET: Duration = Duration::from_secs(2);
/// The rows do not wait longer for their number.
const COUNTING: Duration = Duration::from_secs(1);
/// So many people are looked up at once where most will not be shown.
const AT_ONCE: usize = 500;
/// So many of them at most.
const MOST_PAGES: usize = 8;
/// A group with more objects than Microsoft puts on one page is not read whole.
const WHOLE: usize = 999;

/// What reading brought.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) people: Vec<Person>,
    pub(super) count: Count,
    pub(super) before: u64,
    pub(super) next: Option<Spot>,
    pub(super) looked_at: Option<u64>,
}

/// Reads one page of the list.
#[derive(Debug)]
pub(super) struct Reader<'services> {
    pub(super) services: &'services Services,
    pub(super) admin: &'services Administrator,
    pub(super) door: &'services Door<'services>,
    pub(super) group: ObjectId,
    pub(super) filter: Filter,
    pub(super) terms: Terms,
}

type Read<T> = Result<Result<T, EntraError>, ServiceError>;

/// Pages that are being read, in which nobody comes twice.
struct Pages<'entra> {
    members: Members<'entra>,
    seen: HashSet<ObjectId>,
    first: Option<String>,
    until: Instant,
    read: usize,
}

/// What is left to read.
enum Step {
    Page(MembersPage),
    End,
    /// It would take too long now.
    Later,
}

impl Pages<'_> {
    async fn next(&mut self) -> Result<Step, EntraError> {
        let is_first = self.read == 0;
        let left = self.until.saturating_duration_since(Instant::now());
        if !is_first && (left.is_zero() || self.read >= MOST_PAGES) {
            return Ok(Step::Later);
        }
        let asked = self.members.next(if is_first { PATIENCE } else { left });
        let page = match asked.await {
            Ok(page) => page,
            Err(EntraError::TimedOut { .. }) if !is_first => return Ok(Step::Later),
            Err(error) => return Err(error),
        };
        let Some(mut page) = page else {
            return Ok(Step::End);
        };
        if is_first {
            self.until = Instant::now() + BUDGET;
            self.first = Some(page.address.clone());
        }
        self.read += 1;
        let before = page.people.len();
        page.people.retain(|person| self.seen.insert(person.id));
        let repeats = before > 0 && page.people.is_empty();
        let goes_back =
            page.next.is_some() && (page.next == self.first || page.next.as_ref() == Some(&page.address));
        if repeats || goes_back {
            return Err(EntraError::Malformed {
                what: "the people of a group",
                why: "its pages come again".to_owned(),
            });
        }
        Ok(Step::Page(page))
    }
}

impl Reader<'_> {
    /// Reads from a place on, or from the beginning.
    pub(super) async fn read(&mut self, spot: Option<Spot>) -> Read<Ended> {
        match spot {
            None => self.begin(None).await,
            Some(Spot::After { name, id, shown }) => self.begin(Some(((name, id), shown))).await,
            Some(Spot::Within {
                address,
                place,
                shown,
                looked_at,
                about,
            }) => {
                if about.is_some_and(|about| looked_at > about.saturating_add(number(WHOLE))) {
                    return Ok(Err(EntraError::Malformed {
                        what: "the people of a group",
                        why: "it goes on for longer than the group is".to_owned(),
                    }));
                }
                let pages = match self.pages(Some(&address)).await {
                    Ok(pages) => pages,
                    Err(error) => return Ok(Err(error)),
                };
                let walk = Walk {
                    place,
                    shown,
                    looked_at,
                    about,
                };
                self.walk(pages, Vec::new(), walk).await
            }
        }
    }

    async fn pages(&self, from: Option<&str>) -> Result<Pages<'_>, EntraError> {
        let (entra, proven) = (self.door.entra(), self.door.proven());
        Ok(Pages {
            members: directory::members_of(entra, proven, self.group, from).await?,
            seen: HashSet::new(),
            first: None,
            until: Instant::now(),
            read: 0,
        })
    }

    /// Reads a small group whole; a large one is walked from its first page on.
    async fn begin(&self, after: Option<((String, ObjectId), u64)>) -> Read<Ended> {
        let mut pages = match self.pages(None).await {
            Ok(pages) => pages,
            Err(error) => return Ok(Err(error)),
        };
        let (mut held, mut objects) = (Vec::new(), 0);
        loop {
            match pages.next().await {
                Err(error) => return Ok(Err(error)),
                Ok(Step::End) => return self.whole(held, after).await.map(Ok),
                Ok(Step::Page(page)) => {
                    objects += page.objects;
                    let ended = page.next.is_none();
                    held.push(page);
                    if !ended && objects >= WHOLE {
                        break;
                    }
                }
                Ok(Step::Later) => break,
            }
        }
        if after.is_some() {
            // It has grown, so the place in the sorted list is none any more.
            return Ok(Err(EntraError::Refused {
                what: "the people of a group",
                status: 410,
                error: crate::entra::MicrosoftError::default(),
            }));
        }
        let about = self.about_how_many().await;
        let walk = Walk {
            place: 0,
            shown: 0,
            looked_at: 0,
            about,
        };
        self.walk(pages, held, walk).await
    }

    async fn about_how_many(&self) -> Option<u64> {
        let asked = directory::about_how_many(self.door.entra(), self.door.proven(), self.group);
        match timeout(COUNTING, asked).await {
            Ok(Ok(about)) => about,
            Ok(Err(error)) => {
                tracing::info!(%error, "the members of a group could not be counted");
                None
            }
            Err(_) => None,
        }
    }

    async fn whole(
        &self,
        pages: Vec<MembersPage>,
        after: Option<((String, ObjectId), u64)>,
    ) -> Result<Ended, ServiceError> {
        let members = pages.into_iter().flat_map(|page| page.people).collect();
        let mut people = self.standing(members).await?;
        let count = Filter::EACH.map(|filter| {
            let passes = people.iter().filter(|person| filter.takes(&person.status));
            number(passes.count())
        });
        people.retain(|person| self.filter.takes(&person.status));
        people.sort_by_cached_key(Person::key);
        let before = match after {
            None => 0,
            Some((key, shown)) => {
                people.retain(|person| person.key() > key);
                shown
            }
        };
        let more = people.len() > ROWS;
        people.truncate(ROWS);
        let next = people.last().filter(|_| more).map(|last| {
            let (name, id) = last.key();
            Spot::After {
                name,
                id,
                shown: before + number(people.len()),
            }
        });
        Ok(Ended {
            people,
            count: Count::Exact(count),
            before,
            next,
            looked_at: None,
        })
    }

    /// Walks a large group until a page of ours is full.
    async fn walk(&self, mut pages: Pages<'_>, held: Vec<MembersPage>, walk: Walk) -> Read<Ended> {
        let Walk {
            mut place,
            shown,
            mut looked_at,
            about,
        } = walk;
        let mut held = held.into_iter();
        let mut people = Vec::new();
        let spot = |address, place, people: &Vec<Person>, looked_at| Spot::Within {
            address,
            place,
            shown: shown + number(people.len()),
            looked_at,
            about,
        };
        let mut further: Option<String> = None;
        let at_once = if self.filter == Filter::All { ROWS } else { AT_ONCE };
        let next = loop {
            let page = match held.next() {
                Some(page) => page,
                None => match pages.next().await {
                    Err(error) => return Ok(Err(error)),
                    Ok(Step::Page(page)) => page,
                    Ok(Step::End) => break None,
                    Ok(Step::Later) => break further.map(|address| spot(address, 0, &people, looked_at)),
                },
            };
            further.clone_from(&page.next);
            let total = page.people.len();
            let mut rest = page.people.into_iter().skip(place);
            let mut passed = place.min(total);
            place = 0;
            let mut full = false;
            while !full {
                let chunk: Vec<_> = rest.by_ref().take(at_once).collect();
                if chunk.is_empty() {
                    break;
                }
                for person in self.standing(chunk).await? {
                    if full {
                        break;
                    }
                    passed += 1;
                    if self.filter.takes(&person.status) {
                        people.push(person);
                        full = people.len() == ROWS;
                    }
                }
            }
            if full && passed < total {
                break Some(spot(page.address, passed, &people, looked_at));
            }
            looked_at += number(total);
            if full {
                break further.map(|address| spot(address, 0, &people, looked_at));
            }
        };
        let looked_at = (next.is_some() && people.len() < ROWS).then_some(looked_at);
        Ok(Ok(Ended {
            people,
            count: about.map_or(Count::Unknown, Count::About),
            before: shown,
            next,
            looked_at,
        }))
    }

    /// How each of these people stands, in their order.
    async fn standing(&self, members: Vec<GroupMember>) -> Result<Vec<Person>, ServiceError> {
        let ids: Vec<_> = members.iter().map(|member| member.id).collect();
        let (tenant, now) = (self.door.proven().tenant(), self.services.now());
        let mut known = self
            .services
            .store
            .know_people(self.admin, tenant, &ids, now)
            .await?;
        let person = |member| Person::of(member, &mut known, self.terms);
        Ok(members.into_iter().map(person).collect())
    }
}

/// Where a walk begins.
#[derive(Clone, Copy, Debug)]
struct Walk {
    place: usize,
    shown: u64,
    looked_at: u64,
    about: Option<u64>,
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
