//! All versions of a session as a tree: rows are depth, columns are branches.
//!
//! Rule: the way to the version on the stage is the straight column at the start of its tree; a branch takes the first
//! column to its right that is free for as long as it goes. Called by `web::tree`.

use std::collections::{HashMap, HashSet};

use askama::Template;

use super::{fragments::HeadView, picture::Thumb, state::Site, words};
use crate::domain::{
    ids::{ClientId, VersionId},
    session::Session,
    version::Version,
};
use crate::web::languages::say;

/// The page, which works without scripts.
#[derive(Debug, Template)]
#[template(path = "pages/tree.html")]
pub struct TreePage {
    site: Site,
    head: HeadView,
    tree: TreeView,
}

/// `<version-tree id="tree">` alone.
#[derive(Debug, Template)]
#[template(path = "fragments/tree.html")]
pub struct Tree {
    tree: TreeView,
}

/// What handlers hand in.
#[derive(Debug, Clone)]
pub struct TreeState {
    /// Every version, by number.
    pub versions: Vec<Version>,
    /// The words that made a version.
    pub asked: HashMap<VersionId, String>,
    /// The one on the stage.
    pub selected: VersionId,
    /// How many instructions could be applied to the original in one go, when that is worth an offer.
    pub squash: Option<usize>,
    /// What the turn that does so will be called.
    pub fresh_client_id: ClientId,
}

/// What the tree prints.
#[derive(Debug, Clone)]
pub struct TreeView {
    session: String,
    selected: Thumb,
    squash: Option<usize>,
    client_id: String,
    nodes: Vec<TreeNode>,
}

/// One version.
#[derive(Debug, Clone)]
struct TreeNode {
    thumb: Thumb,
    words: String,
    parent: Option<u32>,
    row: usize,
    lane: usize,
    /// The parent's column.
    from: usize,
    place: usize,
    siblings: usize,
    current: bool,
    on_path: bool,
    starred: bool,
    compare: Option<String>,
}

impl TreeView {
    /// The tree of `state`.
    ///
    /// Returns `None` when the selected version is not among the versions.
    #[must_use]
    pub fn new(session: &Session, state: &TreeState) -> Option<Self> {
        let selected = state.versions.iter().find(|version| version.id == state.selected)?;
        Some(Self {
            session: session.id.to_string(),
            selected: Thumb::of(selected),
            squash: state.squash,
            client_id: state.fresh_client_id.to_string(),
            nodes: Layout::new(state).nodes(),
        })
    }

    /// The part that is laid over the stage.
    #[must_use]
    pub const fn into_fragment(self) -> Tree {
        Tree { tree: self }
    }

    /// The page around it.
    #[must_use]
    pub fn into_page(self, site: &Site, session: &Session) -> TreePage {
        TreePage {
            site: site.clone(),
            head: HeadView::new(session),
            tree: self,
        }
    }
}

/// Where each version goes.
struct Layout<'s> {
    state: &'s TreeState,
    by_id: HashMap<VersionId, &'s Version>,
    children: HashMap<Option<VersionId>, Vec<&'s Version>>,
    path: HashSet<VersionId>,
    /// Columns and rows that are taken.
    taken: HashSet<(usize, usize)>,
}

impl<'s> Layout<'s> {
    fn new(state: &'s TreeState) -> Self {
        let by_id: HashMap<_, _> = state.versions.iter().map(|version| (version.id, version)).collect();
        let mut path = HashSet::new();
        let mut at = Some(state.selected);
        while let Some(version) = at
            .and_then(|id| by_id.get(&id))
            .filter(|version| path.insert(version.id))
        {
            at = version.parent;
        }
        let mut children: HashMap<Option<VersionId>, Vec<&Version>> = HashMap::new();
        for version in &state.versions {
            children.entry(version.parent).or_default().push(version);
        }
        // The way to the stage goes straight on.
        for family in children.values_mut() {
            family.sort_by_key(|version| (!path.contains(&version.id), version.number));
        }
        Self {
            state,
            by_id,
            children,
            path,
            taken: HashSet::new(),
        }
    }

    /// Depth first; a stack, because a session may be deeper than the machine's.
    fn nodes(mut self) -> Vec<TreeNode> {
        let mut nodes = Vec::with_capacity(self.state.versions.len());
        let mut open: Vec<(&Version, usize, usize, usize)> = Vec::new();
        let push = |open: &mut Vec<_>, family: Option<&Vec<&'s Version>>, row: usize, from: usize| {
            let family = family.map_or(&[] as &[&Version], Vec::as_slice).iter().enumerate();
            open.extend(family.rev().map(|(place, version)| (*version, row, from, place)));
        };
        push(&mut open, self.children.get(&None), 0, 0);
        while let Some((version, row, from, place)) = open.pop() {
            let goes_on = place == 0 && row > 0;
            let lane = if goes_on {
                from
            } else {
                self.free_lane(version, row, from)
            };
            if !goes_on {
                self.take(version, row, lane);
            }
            nodes.push(self.node(version, row, lane, from, place));
            push(&mut open, self.children.get(&Some(version.id)), row + 1, lane);
        }
        nodes
    }

    /// The rows that a version and its first descendants take.
    fn length(&self, version: &Version) -> usize {
        let mut length = 1;
        let mut at = version.id;
        while let Some(next) = self.children.get(&Some(at)).and_then(|family| family.first()) {
            at = next.id;
            length += 1;
        }
        length
    }

    fn free_lane(&self, version: &Version, row: usize, from: usize) -> usize {
        let rows = row..row + self.length(version);
        let least = if row == 0 { 0 } else { from + 1 };
        (least..)
            .find(|lane| rows.clone().all(|row| !self.taken.contains(&(*lane, row))))
            .unwrap_or(least)
    }

    fn take(&mut self, version: &Version, row: usize, lane: usize) {
        let rows = row..row + self.length(version);
        self.taken.extend(rows.map(|row| (lane, row)));
    }

    fn node(&self, version: &Version, row: usize, lane: usize, from: usize, place: usize) -> TreeNode {
        let parent = version.parent.and_then(|id| self.by_id.get(&id));
        TreeNode {
            thumb: Thumb::of(version),
            words: self
                .state
                .asked
                .get(&version.id)
                .map_or_else(|| say("stage-as-put-in").into(), |asked| words::brief(asked, 60)),
            parent: parent.map(|parent| parent.number),
            row,
            lane,
            from,
            place: place + 1,
            siblings: self.children.get(&version.parent).map_or(1, Vec::len),
            current: version.id == self.state.selected,
            on_path: self.path.contains(&version.id),
            starred: version.starred,
            compare: parent.map(|parent| format!("/s/{}/compare?a={}&b={}", version.session, parent.id, version.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::web::views::sample;

    /// Versions by number with their parents' numbers; the column of each.
    fn lanes(parents: &[(u32, Option<u32>)], selected: u32) -> Vec<(u32, usize, usize)> {
        let versions = parents.iter().map(|(number, parent)| Version {
            parent: parent.map(sample::version_id),
            ..sample::version(*number)
        });
        let state = TreeState {
            versions: versions.collect(),
            asked: HashMap::new(),
            selected: sample::version_id(selected),
            squash: None,
            fresh_client_id: ClientId::new(Uuid::from_u128(1)),
        };
        let tree = TreeView::new(&sample::session("x"), &state).expect("a tree");
        tree.nodes
            .iter()
            .map(|node| (node.thumb.number, node.row, node.lane))
            .collect()
    }

    #[test]
    fn ui_4_5_the_way_to_the_stage_is_straight_and_branches_go_beside_it() {
        let tree = [
            (1, None),
            (2, Some(1)),
            (3, Some(2)),
            (4, Some(1)),
            (5, Some(4)),
            (6, Some(1)),
        ];
        assert_eq!(
            lanes(&tree, 5),
            [(1, 0, 0), (4, 1, 0), (5, 2, 0), (2, 1, 1), (3, 2, 1), (6, 1, 2)]
        );
        assert_eq!(lanes(&tree, 3)[1..3], [(2, 1, 0), (3, 2, 0)]);
    }

    #[test]
    fn ui_4_5_short_branches_share_a_column() {
        let tree = [
            (1, None),
            (2, Some(1)),
            (3, Some(2)),
            (4, Some(1)),
            (5, Some(2)),
            (6, None),
        ];
        assert_eq!(
            lanes(&tree, 3),
            [(1, 0, 0), (2, 1, 0), (3, 2, 0), (5, 2, 1), (4, 1, 1), (6, 0, 1)]
        );
    }

    #[test]
    fn ui_4_5_a_thousand_versions_deep_is_no_trouble() {
        let tree: Vec<_> = (1..=1000).map(|n| (n, (n > 1).then(|| n - 1))).collect();
        assert_eq!(lanes(&tree, 1000).last(), Some(&(1000, 999, 0)));
    }
}
