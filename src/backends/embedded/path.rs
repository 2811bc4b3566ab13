//! What words mean on a branch: which stored picture to start from, and which steps to do to it.
//!
//! Rule: the path of versions is read again from its words, so nothing is kept beside the tree; a version that another
//! backend made is a fresh start, for nothing is known of how it was done. Called by `embedded` for every turn,
//! and by `cli::conversation`.
//!
//! "Stronger" takes the place of the last step: the steps before it are done again on the last stored picture before
//! them, so that a blur is not blurred twice.

use plantain_engine::{
    Context, Declined, Facts, Finds, Op, Reason, Step, Target, Understanding, VersionName, understand,
};

use super::Embedded;
use crate::{
    backends::EditRequest,
    domain::{ids::VersionId, picture::Blob},
};

/// What is to be done about a request.
pub(crate) struct Plan {
    pub(crate) what: Planned,
    /// The steps that were taken up, in the order of the words, for telling.
    pub(crate) told: Vec<Step>,
    /// The words that were not.
    pub(crate) left_out: Vec<Declined>,
}

/// The three things that can come of words.
pub(crate) enum Planned {
    /// Nothing of it could be done.
    Nothing,
    /// Another version is selected.
    Select(VersionId),
    /// The steps are done to a stored picture, on the way from another version than the base where the words led to one.
    Render {
        picture: Blob,
        steps: Vec<Step>,
        made_from: Option<VersionId>,
        /// The drawn mask that steps may be about.
        region: Option<Blob>,
        /// The further pictures by which the steps number theirs.
        references: Vec<Blob>,
    },
}

/// A step, the further picture that it uses, and the version that shows the picture before it where there is one.
#[derive(Clone)]
struct Done {
    step: Step,
    uses: Option<Blob>,
    before: Option<usize>,
}

/// Reads the words of a request on its branch.
///
/// `facts` are the base's: vague wishes and questions are answered from them.
pub(crate) fn plan(request: &EditRequest, finds: Finds, facts: Option<Facts>) -> Plan {
    let mut known: Vec<Vec<Done>> = Vec::with_capacity(request.history.len());
    for (at, past) in request.history.iter().enumerate() {
        let words = past
            .instruction
            .as_ref()
            .filter(|_| past.backend.as_deref() == Some(Embedded::NAME));
        let steps = match (words, at.checked_sub(1)) {
            (Some(words), Some(parent)) => {
                let at_hand = at_hand(&past.references, &known[parent]);
                let attached = past.references.len();
                let situation = context((attached, &at_hand), finds, &known[parent], past.region.is_some());
                let understood = understand(words.as_str(), &situation);
                let mut walk = Walk::from(request, &known, parent, at_hand);
                walk.settled = past.led_here;
                walk.follow(understood);
                walk.done
            }
            _ => Vec::new(),
        };
        known.push(steps);
    }
    if known.is_empty() {
        known.push(Vec::new());
    }
    let base = known.len() - 1;
    let at_hand = at_hand(&request.references, &known[base]);
    let drawn = request.region.is_some();
    let situation = Context {
        facts,
        pins: request.options.pins.count(),
        ..context((request.references.len(), &at_hand), finds, &known[base], drawn)
    };
    let understood = understand(request.instruction.as_str(), &situation);
    let mut walk = Walk::from(request, &known, base, at_hand);
    walk.follow(understood);
    walk.end(base)
}

/// The pictures that came with a message, then those that earlier steps used and that are no longer attached: a thing that
/// was put in is put in otherwise from its own picture.
fn at_hand(attached: &[Blob], done: &[Done]) -> Vec<Blob> {
    let mut all = attached.to_vec();
    for used in done.iter().filter_map(|done| done.uses.as_ref()) {
        if !all.contains(used) {
            all.push(used.clone());
        }
    }
    all
}

/// The step with its further picture numbered as in this list; words number from 2.
fn numbered(done: &Done, pictures: &[Blob]) -> Step {
    let mut step = done.step.clone();
    if let Some(used) = &done.uses {
        let at = pictures.iter().position(|picture| picture == used);
        step.params.reference = at.map(|at| count(at + 2));
    }
    step
}

fn count(pictures: usize) -> u32 {
    u32::try_from(pictures).unwrap_or(u32::MAX)
}

fn context((attached, at_hand): (usize, &[Blob]), finds: Finds, done: &[Done], region: bool) -> Context {
    Context {
        references: count(attached),
        kept: count(at_hand.len() - attached),
        region,
        // Those of an earlier turn were set on another picture.
        pins: 0,
        finds,
        earlier: done.iter().map(|done| numbered(done, at_hand)).collect(),
        facts: None,
    }
}

/// One instruction followed from a version on.
struct Walk<'a> {
    request: &'a EditRequest,
    /// For each version of the path up to here, the steps that led to it.
    known: &'a [Vec<Done>],
    /// The further pictures that its words and steps number.
    at_hand: Vec<Blob>,
    /// The version stood on.
    at: usize,
    /// The steps that lead to where we stand, this instruction's own included.
    done: Vec<Done>,
    /// Whether "undo" and "back to" in these words have led here already.
    settled: bool,
    /// How many of them are this instruction's own.
    fresh: usize,
    /// The version that shows the picture before the next step.
    before: Option<usize>,
    /// Where "redo" led.
    redone: Option<VersionId>,
    told: Vec<Step>,
    left_out: Vec<Declined>,
}

impl<'a> Walk<'a> {
    fn from(request: &'a EditRequest, known: &'a [Vec<Done>], at: usize, at_hand: Vec<Blob>) -> Self {
        let done = known[at].clone();
        Self {
            request,
            known,
            at_hand,
            at,
            done,
            settled: false,
            fresh: 0,
            before: Some(at),
            redone: None,
            told: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn follow(&mut self, understood: Understanding) {
        self.left_out = understood.declined;
        for _ in 0..understood.replaces {
            if let Some(replaced) = self.done.pop() {
                self.before = replaced.before;
            }
        }
        for step in understood.steps {
            let refusal = match step.op {
                _ if self.redone.is_some() => Some("Redo first, and say the rest in the next message."),
                Op::Undo => self.undo(),
                Op::Redo => self.redo(),
                Op::Revert => self.revert(&step),
                _ => {
                    let uses = step.params.reference.and_then(|n| (n as usize).checked_sub(2));
                    self.done.push(Done {
                        uses: uses.and_then(|at| self.at_hand.get(at).cloned()),
                        step: step.clone(),
                        before: self.before.take(),
                    });
                    self.fresh += 1;
                    None
                }
            };
            match refusal {
                None => self.told.push(step),
                Some(message) => self.refuse(step.op, message),
            }
        }
    }

    /// Takes back the last step of these very words, else goes to the parent.
    fn undo(&mut self) -> Option<&'static str> {
        if self.fresh > 0 {
            self.fresh -= 1;
            self.before = self.done.pop().and_then(|done| done.before);
            return None;
        }
        match self.at.checked_sub(1) {
            _ if self.settled => None,
            Some(parent) => {
                self.go_to(parent);
                None
            }
            None => Some("There is nothing to undo: this is the original picture."),
        }
    }

    fn redo(&mut self) -> Option<&'static str> {
        if self.fresh > 0 || self.at + 1 < self.known.len() {
            return Some("Redo is a step of its own: say it by itself.");
        }
        self.redone = self.request.redo;
        self.redone
            .is_none()
            .then_some("There is nothing to redo: no edit of this version was undone.")
    }

    fn revert(&mut self, step: &Step) -> Option<&'static str> {
        let to = match step.params.version {
            _ if self.settled => Some(self.at),
            Some(VersionName::Number(number)) => self.request.history
                [..self.known.len().min(self.request.history.len())]
                .iter()
                .position(|past| past.number == number),
            _ => Some(0),
        };
        match to {
            Some(to) => {
                self.go_to(to);
                None
            }
            None => Some("That version is not on the way to this one. Pick it in the strip of versions."),
        }
    }

    fn go_to(&mut self, at: usize) {
        self.at = at;
        self.done = self.known[at].clone();
        self.fresh = 0;
        self.before = Some(at);
    }

    fn refuse(&mut self, op: Op, message: &str) {
        // "Undo five times" where two are possible is told once.
        if !self.left_out.iter().any(|declined| declined.message == message) {
            self.left_out.push(Declined {
                text: op.name(),
                reason: Reason::CannotFind,
                message: message.to_owned(),
            });
        }
    }

    /// The drawn mask, unless words led to a picture of another shape: squeezed onto it, it would mark something else. Steps of
    /// an earlier turn that are done again are about the region drawn then.
    fn region(&self, picture: &Blob) -> Option<Blob> {
        let drawn = self.request.region.as_ref().map(|area| &area.mask);
        let earlier = || self.request.history.iter().rev().find_map(|past| past.region.as_ref());
        let mask = drawn.or_else(earlier)?;
        mask.dimensions.lies_over(picture.dimensions).then(|| mask.clone())
    }

    fn end(self, base: usize) -> Plan {
        if let Some(version) = self.redone {
            return Plan {
                what: Planned::Select(version),
                told: self.told,
                left_out: self.left_out,
            };
        }
        let start = self.done.iter().rposition(|done| done.before.is_some());
        let used = at_hand(&[], &self.done[start.unwrap_or(0)..]);
        let what = match (self.fresh, start) {
            (1.., Some(start)) => {
                let past = self.done[start].before.and_then(|at| self.request.history.get(at));
                let picture = past.map_or(&self.request.base, |past| &past.blob).clone();
                let mut steps: Vec<Step> = self.done[start..].iter().map(|done| numbered(done, &used)).collect();
                let region = self.region(&picture);
                if region.is_none() {
                    let in_it = steps.iter_mut().filter(|step| step.target == Target::Region);
                    in_it.for_each(|step| step.target = Target::Picture);
                }
                Planned::Render {
                    picture,
                    steps,
                    made_from: self
                        .request
                        .history
                        .get(self.at)
                        .filter(|_| self.at != base)
                        .map(|past| past.version),
                    references: used,
                    region,
                }
            }
            _ if self.at != base => self
                .request
                .history
                .get(self.at)
                .map_or(Planned::Nothing, |past| Planned::Select(past.version)),
            _ => Planned::Nothing,
        };
        Plan {
            what,
            told: self.told,
            left_out: self.left_out,
        }
    }
}
