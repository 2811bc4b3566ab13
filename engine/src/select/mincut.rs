//! The cheapest cut between two sides of a grid of pixels.
//!
//! The one rule: whole numbers only, so that it always ends and always ends the same.
//! Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms for Energy Minimization in Vision",
//! 2004: two trees grow towards each other, and what a full path tears off is adopted again. Called by `grabcut.rs`.

use std::collections::VecDeque;

use crate::render::RenderError;
use crate::watch::Run;

/// The eight neighbours, each next to its opposite.
pub(super) const AROUND: [(isize, isize); 8] = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)];

/// Not in a tree, or hanging on the side itself, or torn off; else the direction towards the parent.
const NONE: u8 = 8;
const ROOT: u8 = 9;
const ORPHAN: u8 = 10;

/// A grid whose cells are pulled to one side or the other, and to each other.
pub(super) struct Grid {
    width: usize,
    height: usize,
    /// What may still flow from a cell to each neighbour.
    flow: Vec<[i32; 8]>,
    /// What may still flow from the inside (positive) or to the outside (negative).
    pull: Vec<i32>,
    parent: Vec<u8>,
    is_inside: Vec<bool>,
    /// How far from the root, and when that was found out.
    distance: Vec<u32>,
    stamp: Vec<u32>,
    now: u32,
    active: VecDeque<u32>,
    is_active: Vec<bool>,
    orphans: VecDeque<u32>,
}

impl Grid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let cells = width * height;
        Self {
            width,
            height,
            flow: vec![[0; 8]; cells],
            pull: vec![0; cells],
            parent: vec![NONE; cells],
            is_inside: vec![false; cells],
            distance: vec![0; cells],
            stamp: vec![0; cells],
            now: 0,
            active: VecDeque::new(),
            is_active: vec![false; cells],
            orphans: VecDeque::new(),
        }
    }

    /// Pulls a cell to the inside (positive) or the outside.
    pub(super) fn pull(&mut self, cell: usize, strength: i32) {
        self.pull[cell] = strength;
    }

    /// Ties a cell to its neighbour in a direction, both ways.
    pub(super) fn tie(&mut self, cell: usize, direction: usize, strength: i32) {
        if let Some(other) = self.neighbour(cell, direction) {
            self.flow[cell][direction] = strength;
            self.flow[other][direction ^ 1] = strength;
        }
    }

    #[inline]
    fn neighbour(&self, cell: usize, direction: usize) -> Option<usize> {
        let (dx, dy) = AROUND[direction];
        let x = (cell % self.width).checked_add_signed(dx).filter(|&x| x < self.width)?;
        let y = (cell / self.width)
            .checked_add_signed(dy)
            .filter(|&y| y < self.height)?;
        Some(y * self.width + x)
    }

    /// Which cells are inside.
    pub(super) fn cut(mut self, run: &Run<'_>) -> Result<Vec<bool>, RenderError> {
        for cell in 0..self.pull.len() {
            if self.pull[cell] != 0 {
                self.is_inside[cell] = self.pull[cell] > 0;
                self.parent[cell] = ROOT;
                self.distance[cell] = 1;
                self.activate(cell);
            }
        }
        let mut turns = 0u32;
        while let Some(cell) = self.active.pop_front() {
            turns += 1;
            if turns.is_multiple_of(4096) {
                run.check()?;
            }
            let cell = cell as usize;
            self.is_active[cell] = false;
            while self.parent[cell] != NONE {
                let Some(direction) = self.grow(cell) else { break };
                self.now += 1;
                self.send(cell, direction);
                self.adopt();
            }
        }
        // What neither tree reached is not worth being inside.
        Ok((0..self.pull.len())
            .map(|c| self.parent[c] != NONE && self.is_inside[c])
            .collect())
    }

    fn activate(&mut self, cell: usize) {
        if !self.is_active[cell] {
            self.is_active[cell] = true;
            self.active.push_back(cell as u32);
        }
    }

    /// What may flow between a cell and its neighbour, in the sense of the cell's tree: away from the root.
    #[inline]
    fn outward(&self, cell: usize, direction: usize, other: usize) -> i32 {
        if self.is_inside[cell] {
            self.flow[cell][direction]
        } else {
            self.flow[other][direction ^ 1]
        }
    }

    /// Lets the tree grow from a cell; tells the direction in which it met the other tree.
    fn grow(&mut self, cell: usize) -> Option<usize> {
        for direction in 0..8 {
            let Some(other) = self.neighbour(cell, direction) else {
                continue;
            };
            if self.outward(cell, direction, other) <= 0 {
                continue;
            }
            if self.parent[other] == NONE {
                self.is_inside[other] = self.is_inside[cell];
                self.parent[other] = (direction ^ 1) as u8;
                self.stamp[other] = self.stamp[cell];
                self.distance[other] = self.distance[cell] + 1;
                self.activate(other);
            } else if self.is_inside[other] != self.is_inside[cell] {
                return Some(direction);
            } else if self.stamp[other] <= self.stamp[cell] && self.distance[other] > self.distance[cell] {
                // A shorter way to the root keeps the trees flat.
                self.parent[other] = (direction ^ 1) as u8;
                self.stamp[other] = self.stamp[cell];
                self.distance[other] = self.distance[cell] + 1;
            }
        }
        None
    }

    /// Sends as much as will go along the path through this meeting of the trees.
    fn send(&mut self, cell: usize, direction: usize) {
        let Some(other) = self.neighbour(cell, direction) else {
            return;
        };
        let (from, to, step) = if self.is_inside[cell] {
            (cell, other, direction)
        } else {
            (other, cell, direction ^ 1)
        };
        let amount = self.flow[from][step].min(self.room(from)).min(self.room(to));
        self.flow[from][step] -= amount;
        self.flow[to][step ^ 1] += amount;
        self.take(from, amount);
        self.take(to, amount);
    }

    /// How much will go between a cell and the root of its tree.
    fn room(&self, mut cell: usize) -> i32 {
        let mut least = i32::MAX;
        while let Some((other, up)) = self.step_up(cell) {
            least = least.min(self.outward(other, up ^ 1, cell));
            cell = other;
        }
        least.min(self.pull[cell].abs())
    }

    fn step_up(&self, cell: usize) -> Option<(usize, usize)> {
        let up = usize::from(self.parent[cell]);
        (up < 8)
            .then(|| self.neighbour(cell, up).map(|other| (other, up)))
            .flatten()
    }

    fn take(&mut self, mut cell: usize, amount: i32) {
        while let Some((other, up)) = self.step_up(cell) {
            // Towards the outside what flows goes up the tree, from the inside it comes down.
            let (giver, step, taker) = if self.is_inside[cell] {
                (other, up ^ 1, cell)
            } else {
                (cell, up, other)
            };
            self.flow[giver][step] -= amount;
            self.flow[taker][step ^ 1] += amount;
            if self.flow[giver][step] == 0 {
                self.parent[cell] = ORPHAN;
                self.orphans.push_front(cell as u32);
            }
            cell = other;
        }
        self.pull[cell] -= if self.is_inside[cell] { amount } else { -amount };
        if self.pull[cell] == 0 {
            self.parent[cell] = ORPHAN;
            self.orphans.push_front(cell as u32);
        }
    }

    fn adopt(&mut self) {
        while let Some(cell) = self.orphans.pop_front() {
            let cell = cell as usize;
            let mut best: Option<(u32, usize)> = None;
            for direction in 0..8 {
                let Some(other) = self.neighbour(cell, direction) else {
                    continue;
                };
                if self.parent[other] == NONE
                    || self.is_inside[other] != self.is_inside[cell]
                    || self.outward(other, direction ^ 1, cell) <= 0
                {
                    continue;
                }
                if let Some(distance) = self.way_to_root(other)
                    && best.is_none_or(|(least, _)| distance < least)
                {
                    best = Some((distance, direction));
                }
            }
            match best {
                Some((distance, direction)) => {
                    self.parent[cell] = direction as u8;
                    self.stamp[cell] = self.now;
                    self.distance[cell] = distance + 1;
                }
                None => self.let_go(cell),
            }
        }
    }

    /// How far a cell is from a root that it still hangs on.
    fn way_to_root(&mut self, start: usize) -> Option<u32> {
        let (mut cell, mut steps) = (start, 0);
        let distance = loop {
            if self.stamp[cell] == self.now && self.parent[cell] < 8 {
                break self.distance[cell] + steps;
            }
            match self.parent[cell] {
                ROOT => {
                    self.stamp[cell] = self.now;
                    self.distance[cell] = 1;
                    break steps + 1;
                }
                ORPHAN | NONE => return None,
                _ => {}
            }
            steps += 1;
            cell = self.step_up(cell)?.0;
        };
        let (mut cell, mut left) = (start, distance);
        while self.stamp[cell] != self.now {
            self.stamp[cell] = self.now;
            self.distance[cell] = left;
            left = left.saturating_sub(1);
            cell = self.step_up(cell)?.0;
        }
        Some(distance)
    }

    /// A cell that nobody adopts is free, and its children look for a parent.
    fn let_go(&mut self, cell: usize) {
        for direction in 0..8 {
            let Some(other) = self.neighbour(cell, direction) else {
                continue;
            };
            if self.parent[other] == NONE || self.is_inside[other] != self.is_inside[cell] {
                continue;
            }
            if self.outward(other, direction ^ 1, cell) > 0 {
                self.activate(other);
            }
            if usize::from(self.parent[other]) == direction ^ 1 {
                self.parent[other] = ORPHAN;
                self.orphans.push_back(other as u32);
            }
        }
        self.parent[cell] = NONE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    /// What a division into inside and outside costs.
    fn cost(width: usize, inside: &[bool], pulls: &[i32], ties: &[(usize, usize, i32)]) -> i64 {
        let pulled = pulls.iter().zip(inside);
        let against = pulled
            .filter(|&(&p, &i)| (p > 0) != i && p != 0)
            .map(|(&p, _)| i64::from(p.abs()));
        let cut = ties.iter().filter(|&&(cell, direction, _)| {
            let (dx, dy) = AROUND[direction];
            let other = cell
                .checked_add_signed(dx + dy * width as isize)
                .expect("inside the grid");
            inside[cell] != inside[other]
        });
        against.sum::<i64>() + cut.map(|t| i64::from(t.2)).sum::<i64>()
    }

    #[test]
    fn no_other_division_is_cheaper() {
        let mut noise = 7u32;
        let mut next = |below: u32| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 8) % below
        };
        for _ in 0..60 {
            let (w, h) = (4, 3);
            let mut grid = Grid::new(w, h);
            let pulls: Vec<i32> = (0..w * h).map(|_| next(41) as i32 - 20).collect();
            pulls.iter().enumerate().for_each(|(i, &p)| grid.pull(i, p));
            let mut ties = Vec::new();
            for cell in 0..w * h {
                for direction in [0, 2, 4, 6] {
                    if grid.neighbour(cell, direction).is_some() {
                        let strength = next(15) as i32;
                        grid.tie(cell, direction, strength);
                        ties.push((cell, direction, strength));
                    }
                }
            }
            let run = Run::new(&Unwatched, 1);
            let found = cost(w, &grid.cut(&run).expect("nobody cancels"), &pulls, &ties);
            let best = (0..1u32 << (w * h))
                .map(|bits| {
                    cost(
                        w,
                        &(0..w * h).map(|i| bits >> i & 1 == 1).collect::<Vec<_>>(),
                        &pulls,
                        &ties,
                    )
                })
                .min();
            assert_eq!(Some(found), best, "{pulls:?} {ties:?}");
        }
    }
}
