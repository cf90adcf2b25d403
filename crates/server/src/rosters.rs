//! The firm's roster, as the chain of stored ones leads to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use satchel_cloud::ETag;
use satchel_sign::{FirmRoster, Roster, RosterRefused, Signed};
use satchel_terms::{FirmId, Hash};
use satchel_wire::stored::{RosterIndex, RosterName};
use satchel_wire::{Compact, ErrorCode, Number};

use crate::error::HttpError;
use crate::storage::{FirmScope, ROSTERS_MAX, StorageError, Written};

/// The most firms whose roster is kept in memory.
const CACHED_MAX: usize = 10_000;

/// Rosters whose chain was walked already, by the firm and what the chain ends in.
#[derive(Debug, Default)]
pub(crate) struct RosterCache {
    of: Mutex<HashMap<FirmId, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    names: Vec<RosterName>,
    roster: Arc<FirmRoster>,
}

/// What a firm's chain of rosters is now.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) roster: Arc<FirmRoster>,
    index: RosterIndex,
    etag: ETag,
}

impl RosterCache {
    /// Returns the firm's newest roster. Nothing: it has none yet.
    pub(crate) async fn newest(&self, scope: &FirmScope) -> Result<Option<Chain>, HttpError> {
        let Some((index, etag)) = scope.roster_index().await? else { return Ok(None) };
        let firm = scope.firm().id();
        // Chains only grow, but for the admin's branch, which is walked from its beginning.
        let known = self.of.lock().unwrap_or_else(PoisonError::into_inner).get(&firm).cloned();
        let known = known.filter(|known| index.rosters.starts_with(&known.names));
        if let Some(known) = &known
            && known.names.len() == index.rosters.len()
        {
            return Ok(Some(Chain { roster: Arc::clone(&known.roster), index, etag }));
        }
        let roster = Arc::new(walk(scope, known, &index.rosters).await?);
        self.keep(firm, Known { names: index.rosters.clone(), roster: Arc::clone(&roster) });
        Ok(Some(Chain { roster, index, etag }))
    }

    fn keep(&self, firm: FirmId, known: Known) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() >= CACHED_MAX && !of.contains_key(&firm) {
            // Which one goes does not matter much: it can be walked again.
            let some = of.keys().next().copied();
            some.and_then(|some| of.remove(&some));
        }
        of.insert(firm, known);
    }
}

/// Walks the chain from its first roster, or on from where it is known.
async fn walk(scope: &FirmScope, known: Option<Known>, names: &[RosterName]) -> Result<FirmRoster, HttpError> {
    let damaged = |_: RosterRefused| StorageError::Damaged("roster");
    let walked = known.as_ref().map_or(0, |known| known.names.len());
    let mut roster = known.map(|known| (*known.roster).clone());
    for name in names.iter().skip(walked) {
        let compact = scope.roster(*name).await?;
        let next = match &roster {
            Some(before) => before.next(compact.as_str()),
            None => first(scope, &compact),
        };
        let next = next.map_err(damaged)?;
        if next.newest().hash() != name.sha256 {
            return Err(StorageError::Damaged("roster").into());
        }
        roster = Some(next);
    }
    roster.ok_or_else(|| StorageError::Damaged("roster").into())
}

fn first(scope: &FirmScope, compact: &Compact) -> Result<FirmRoster, RosterRefused> {
    let fingerprint = scope.firm().bundle().statement().admin_fingerprint;
    FirmRoster::first(compact.as_str(), scope.firm().id(), fingerprint)
}

/// Takes the roster that follows the newest one, or the admin's that replaces what approvers signed since the last of the
/// admin's. The same one may come again.
pub(crate) async fn take(
    cache: &RosterCache,
    scope: &FirmScope,
    number: Number,
    compact: &Compact,
) -> Result<(), HttpError> {
    let chain = cache.newest(scope).await?;
    if let Some(chain) = &chain
        && chain.holds(number, compact)
    {
        return Ok(());
    }
    let taken = match &chain {
        None => first(scope, compact),
        Some(chain) => chain.roster.next(compact.as_str()).or_else(|refused| {
            // An approver can sign on while the admin revokes; then the admin's word is a branch.
            chain.roster.by_admin(&[compact.as_str()]).map_err(|_| refused)
        }),
    };
    let taken = taken.map_err(|refused| HttpError::new(ErrorCode::RosterRefused, refused))?;
    let newest: &Signed<Roster> = taken.newest();
    if newest.statement().number != number {
        return Err(ErrorCode::Malformed.into());
    }
    if usize::try_from(number.get()).is_ok_and(|number| number > ROSTERS_MAX) {
        return Err(ErrorCode::RosterRefused.into());
    }
    let name = scope.keep_roster(newest).await?;
    let before = chain.as_ref().map_or(&[][..], |chain| &chain.index.rosters[..]);
    let kept = before.iter().filter(|name| name.number < number).copied();
    let index = RosterIndex::new(kept.chain([name]).collect());
    match scope.write_roster_index(&index, chain.as_ref().map(|chain| &chain.etag)).await? {
        Written::Yes(_) => Ok(()),
        // Somebody brought another one meanwhile; whether this one follows it, its signer has to say.
        Written::Changed => again(cache, scope, number, compact).await,
    }
}

/// After somebody else wrote: the same roster may be there, by a request that was sent twice at once.
async fn again(cache: &RosterCache, scope: &FirmScope, number: Number, compact: &Compact) -> Result<(), HttpError> {
    let chain = cache.newest(scope).await?;
    let there = chain.is_some_and(|chain| chain.holds(number, compact));
    if there { Ok(()) } else { Err(ErrorCode::RosterRefused.into()) }
}

impl Chain {
    /// Returns the name of a roster.
    pub(crate) fn name(&self, number: Number) -> Option<RosterName> {
        self.index.rosters.iter().find(|name| name.number == number).copied()
    }

    /// Returns the newest roster's name.
    pub(crate) fn newest_name(&self) -> Option<RosterName> {
        self.index.rosters.last().copied()
    }

    /// Tells whether the chain has this very roster under this number.
    fn holds(&self, number: Number, compact: &Compact) -> bool {
        let input = compact.as_str().rsplit_once('.').map_or("", |(input, _)| input);
        self.name(number).is_some_and(|name| name.sha256 == Hash::of(input.as_bytes()))
    }
}
