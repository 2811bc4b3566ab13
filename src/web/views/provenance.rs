//! Where a picture comes from, in words: for the page that verifies, its JSON, and a version's own page.
//!
//! Rule: each finding says what it proves and what not, nothing says "not AI", and nothing tells a stranger more than the picture
//! they hold proves. Made by `verify` and `origins`, which have asked before who may see what.

use askama::Template;
use plantain_credentials::{Credentials, Node, Standing as Belief};
use serde::Serialize;

use super::{
    picture::{self, RENDITIONS},
    state::Site,
    words::When,
};
use crate::web::languages::{say, told};
use crate::{
    domain::{
        making::{Deed, Making},
        version::{Origin, Version},
    },
    provenance::{Findings, Laid, Link, Part, Seen, pdq},
    store::provenance::Trace,
};

/// Statements that a page shows.
const MOST_LINES: usize = 60;

/// What a picture proves, as the asker may hear it.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// `here`, `foreign`, `alike` or `nothing`.
    pub verdict: &'static str,
    /// The answer in one sentence.
    pub summary: String,
    /// One by one, surest first.
    pub findings: Vec<Finding>,
    /// The versions it leads to.
    pub versions: Vec<Told>,
    /// What the credentials in the file say.
    pub credentials: Option<Node>,
    #[serde(skip)]
    chain: Vec<Line>,
}

/// One thing that was looked for.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// `exact`, `credentials`, `mark` or `looks`.
    pub kind: &'static str,
    /// Whether something was found.
    pub found: bool,
    /// Whether something is wrong with it.
    pub broken: bool,
    /// What.
    pub title: String,
    /// In a sentence or two.
    pub words: String,
    /// What that proves.
    pub proves: String,
    /// What it doesn't.
    pub does_not_prove: String,
}

/// A version, as far as the asker may hear of it.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// "Edited here", "Put in here by a person".
    pub what: &'static str,
    /// When.
    pub made_at: String,
    /// Who: "Gemini gemini-x".
    pub by: Option<String>,
    /// What was done.
    pub deeds: Vec<&'static str>,
    /// Where it is, for those who may see it.
    pub href: Option<String>,
    /// How the picture lies over it, for those who may see it.
    pub laid: Option<Laid>,
    /// That in words.
    pub compared: Option<String>,
    #[serde(skip)]
    when: When,
    #[serde(skip)]
    src: Option<String>,
    #[serde(skip)]
    size: (u32, u32),
    #[serde(skip)]
    frame: Option<Frame>,
    #[serde(skip)]
    change: Option<Frame>,
}

/// A rectangle in the units of a drawing 100 wide and 100 high.
#[derive(Debug, Clone)]
struct Frame {
    x: String,
    y: String,
    width: String,
    height: String,
}

impl Frame {
    fn of(part: &Part) -> Self {
        let number = |value: f64| format!("{value:.2}");
        Self {
            x: number(part.x),
            y: number(part.y),
            width: number(part.width),
            height: number(part.height),
        }
    }
}

/// One statement in a tree, as a line.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// How deep it stands, 0 to 8.
    pub depth: usize,
    /// What the picture is called.
    pub title: String,
    /// How it was used for the one above.
    pub role: &'static str,
    /// `trusted`, `unknown`, `broken` or `bare`.
    pub belief: &'static str,
    /// That in words.
    pub standing: String,
    /// What was done, by whom.
    pub acts: Vec<String>,
    /// Where it leads, if anywhere.
    pub href: Option<String>,
}

impl Answer {
    /// What is told. `links` are those the asker may hear of; `may_see` says of each whether they may see it, and how it lies.
    #[must_use]
    pub fn new(findings: &Findings, links: &[(&Link, bool, Option<Laid>)], alike: Option<u32>) -> Self {
        let chain = findings.credentials.as_ref().map(lines).unwrap_or_default();
        let told: Vec<Finding> = vec![exact(links), credentials(findings), mark(findings), looks(alike)];
        let signed_here = findings
            .credentials
            .as_ref()
            .is_some_and(|read| read.node.standing == Belief::Trusted);
        let broken = findings
            .credentials
            .as_ref()
            .is_some_and(|read| read.node.standing == Belief::Broken);
        let made = links
            .iter()
            .any(|(link, ..)| link.making.is_some() || link.version.origin != Origin::Upload);
        let verdict = match () {
            () if !links.is_empty() || signed_here || findings.mark.is_some() => "here",
            () if findings.credentials.is_some() => "foreign",
            () if alike.is_some() => "alike",
            () => "nothing",
        };
        let summary = match verdict {
            "here" if broken => {
                "This comes from this house, and was changed since: its credentials don’t fit it any more."
            }
            "here" if made => "This picture was made or edited here.",
            "here" => "This picture comes from this house.",
            "foreign" => "This picture says where it comes from, and it isn’t from here.",
            "alike" => "This looks like a picture of this house. Nothing in it proves that it comes from here.",
            _ => "No sign of this house. That says nothing about how the picture was made.",
        };
        Self {
            verdict,
            summary: summary.to_owned(),
            findings: told,
            versions: links
                .iter()
                .map(|(link, may_see, laid)| Told::new(link, *may_see, laid.clone()))
                .collect(),
            credentials: findings.credentials.as_ref().map(|read| read.node.clone()),
            chain,
        }
    }
}

impl Told {
    fn new(link: &Link, may_see: bool, laid: Option<Laid>) -> Self {
        let version = &link.version;
        let dimensions = version.blob.dimensions;
        let href = may_see.then(|| format!("/s/{}/versions/{}/provenance", version.session, version.id));
        Self {
            what: what(version, link.from_words),
            made_at: version.created_at.rfc3339(),
            by: link.making.as_ref().map(by),
            deeds: deeds(link.making.as_ref(), link.from_words),
            src: may_see.then(|| picture::rendition(version.session, version.id, RENDITIONS[1])),
            href,
            compared: laid.as_ref().map(compared),
            frame: laid.as_ref().and_then(|laid| laid.shows.as_ref()).map(Frame::of),
            change: laid.as_ref().and_then(|laid| laid.changed.as_ref()).map(Frame::of),
            laid,
            when: version.created_at.into(),
            size: (dimensions.width, dimensions.height),
        }
    }
}

/// "Gemini gemini-x".
pub fn by(making: &Making) -> String {
    match &making.model {
        Some(model) => format!("{} · {model}", making.agent),
        None => making.agent.clone(),
    }
}

/// What was done, in words.
pub fn deeds(making: Option<&Making>, from_words: bool) -> Vec<&'static str> {
    let words = |deed: &Deed| match deed {
        Deed::Generated if from_words => "made from words by a generative model",
        _ => deed.words(),
    };
    let deeds = making.into_iter().flat_map(|making| &making.deeds);
    deeds.map(words).collect()
}

/// How a version came to be here.
const fn what(version: &Version, from_words: bool) -> &'static str {
    match version.origin {
        Origin::Upload if version.canvas => "Begun here as an empty canvas",
        Origin::Upload => "Put in here by a person",
        Origin::Turn(_) if from_words => "Made here from words",
        Origin::Turn(_) => "Edited here",
    }
}

fn compared(laid: &Laid) -> String {
    if !laid.fits {
        return "It could not be laid over the stored picture: too little of it is the same.".to_owned();
    }
    let share = |part: &Part| format!("{:.0} %", part.width * part.height / 100.0);
    let mut words = match &laid.shows {
        Some(part) => format!("Cropped: it shows {} of the stored picture.", share(part)),
        None => "It shows the whole stored picture.".to_owned(),
    };
    words += &match (&laid.changed, laid.changed_percent) {
        (Some(_), percent) if percent >= 0.5 => format!(" Changed within the marked part ({percent:.0} % of it)."),
        (None, percent) if percent >= 99.0 => " Light or colour of the whole were changed.".to_owned(),
        _ => " Nothing in it was changed that could be seen.".to_owned(),
    };
    words
}

fn exact(links: &[(&Link, bool, Option<Laid>)]) -> Finding {
    let traces = links
        .iter()
        .flat_map(|(link, ..)| &link.seen)
        .filter_map(|seen| match seen {
            Seen::Exact(trace) => Some(*trace),
            _ => None,
        });
    let traces: Vec<Trace> = traces.collect();
    let whole = traces
        .iter()
        .any(|trace| matches!(trace, Trace::Issued | Trace::Stored));
    let words = match (traces.is_empty(), whole) {
        (true, _) => "Neither this file nor its exact pixels are known here.",
        (false, true) => "This very file, bit for bit, is known here.",
        (false, false) => "These very pixels are known here, in a file that was written anew.",
    };
    Finding {
        kind: "exact",
        found: !traces.is_empty(),
        broken: false,
        title: "The exact file".to_owned(),
        words: words.to_owned(),
        proves: if traces.is_empty() {
            ""
        } else {
            "That exactly this picture was here."
        }
        .to_owned(),
        does_not_prove: if traces.is_empty() {
            "A file that was saved again or sent through a messenger has other bytes."
        } else {
            "Who has it now, or from whom."
        }
        .to_owned(),
    }
}

fn credentials(findings: &Findings) -> Finding {
    let mut finding = Finding {
        kind: "credentials",
        found: false,
        broken: false,
        title: "Content Credentials".to_owned(),
        words: "The file carries none.".to_owned(),
        proves: String::new(),
        does_not_prove: "Most programs and services throw them away when they save a picture.".to_owned(),
    };
    if let Some(why) = findings.unreadable {
        finding.broken = true;
        finding.words = format!("There are some, and they can’t be read: {why}.");
        finding.does_not_prove = "Where it comes from: what can’t be read proves nothing.".to_owned();
    }
    let Some(read) = &findings.credentials else {
        return finding;
    };
    let node = &read.node;
    let signer = node.signer.as_deref().unwrap_or("somebody without a name");
    let below = node.walk();
    let strange = below
        .iter()
        .skip(1)
        .filter(|node| node.standing == Belief::Broken)
        .count();
    finding.found = true;
    finding.broken = node.standing == Belief::Broken || strange > 0;
    (finding.words, finding.proves, finding.does_not_prove) = match node.standing {
        Belief::Trusted => (
            "Signed by this house, and not one bit was changed since.".to_owned(),
            "The history below, as far as this house made it.".to_owned(),
            "What others did before it came here: for that, each statement below stands for itself.".to_owned(),
        ),
        Belief::Broken => (
            format!(
                "Signed by “{signer}”, but the picture was changed after that, or the signature is not right ({}).",
                node.failures.join(", ")
            ),
            "That the file is no longer what was signed.".to_owned(),
            "Anything of what the statement says about this picture.".to_owned(),
        ),
        Belief::Unknown | Belief::Bare => (
            format!("Signed by “{signer}” and unchanged since. This house does not know that signer."),
            "That whoever has that key said so, and that nothing was changed since.".to_owned(),
            "Who that is: anybody can put any name on a certificate of their own.".to_owned(),
        ),
    };
    if strange > 0 {
        finding.words += &format!(
            " {strange} of the pictures it was made from had credentials that did not hold when they were used: see below."
        );
    }
    if read.cut {
        finding.words += " There is more than is shown.";
    }
    finding
}

fn mark(findings: &Findings) -> Finding {
    let (found, words, proves, not) = match findings.mark {
        Some(mark) if mark.known => (
            true,
            format!(
                "The invisible mark of this house is in the pixels (certainty {:.1} of 21; read from 12.5 up, or from about 9 among known marks).",
                mark.z
            ),
            "That the picture, or a large part of it, was made or edited here and left marked.",
            "That nothing was changed since, nor who did: a mark survives edits, and can be copied onto another picture. Compare it with the stored one.",
        ),
        Some(_) => (
            true,
            "The invisible mark of this house is in the pixels; the picture it names is no longer kept.".to_owned(),
            "That it was made or edited here.",
            "What it looked like: there is nothing left to compare it with.",
        ),
        None if findings.gave_up => (
            false,
            "Looking for a mark took too long and was given up. A smaller copy may do.".to_owned(),
            "",
            "So nothing is known about a mark.",
        ),
        None => (
            false,
            "No invisible mark of this house was found.".to_owned(),
            "",
            "Small copies, strong edits and pictures that nobody edited have none, so it may still be from here.",
        ),
    };
    Finding {
        kind: "mark",
        found,
        broken: false,
        title: "The invisible mark".to_owned(),
        words,
        proves: proves.to_owned(),
        does_not_prove: not.to_owned(),
    }
}

fn looks(alike: Option<u32>) -> Finding {
    let words = match alike {
        Some(bits) if bits <= pdq::SAME => "It looks the same as a picture of this house.",
        Some(_) => "It looks very much like a picture of this house.",
        None => "It looks like no picture of this house that you may hear of, apart from those above.",
    };
    Finding {
        kind: "looks",
        found: alike.is_some(),
        broken: false,
        title: "How it looks".to_owned(),
        words: words.to_owned(),
        proves: String::new(),
        does_not_prove: match alike {
            Some(_) => "Where it comes from: two copies of one photo look the same, whoever made them.",
            None => "Crops and strong edits look different.",
        }
        .to_owned(),
    }
}

/// A tree of statements as lines, top first.
#[must_use]
pub fn lines(read: &Credentials) -> Vec<Line> {
    let mut lines = Vec::new();
    push(&read.node, 0, &mut lines);
    lines
}

fn push(node: &Node, depth: usize, lines: &mut Vec<Line>) {
    if lines.len() >= MOST_LINES {
        return;
    }
    let signer = node.signer.as_deref().unwrap_or("somebody without a name");
    let (belief, standing) = match node.standing {
        Belief::Trusted => ("trusted", "signed by this house".to_owned()),
        Belief::Unknown => ("unknown", format!("signed by “{signer}”, whom this house doesn’t know")),
        Belief::Broken => (
            "broken",
            format!("signed by “{signer}”, broken: {}", node.failures.join(", ")),
        ),
        Belief::Bare => ("bare", "without credentials".to_owned()),
    };
    let acts = node.acts.iter().map(|act| {
        let mut words = act
            .action
            .strip_prefix("c2pa.")
            .unwrap_or(&act.action)
            .replace(['_', '.'], " ");
        for (before, what) in [(" by ", &act.agent), (" on ", &act.when), (": ", &act.source)] {
            if let Some(what) = what {
                words = words + before + what;
            }
        }
        words
    });
    lines.push(Line {
        depth: depth.min(8),
        title: node.title.clone().unwrap_or_else(|| "A picture".to_owned()),
        role: match node.relation.as_deref() {
            Some("parentOf") => "edited from",
            Some("inputTo") => "made with",
            Some("componentOf") => "with a part of",
            Some(_) => "with",
            None => "",
        },
        belief,
        standing,
        acts: acts.collect(),
        href: None,
    });
    for ingredient in &node.ingredients {
        push(ingredient, depth + 1, lines);
    }
}

/// The page that verifies.
#[derive(Debug, Template)]
#[template(path = "pages/verify.html")]
pub struct VerifyPage {
    site: Site,
    answer: Option<Answer>,
    error: Option<String>,
    max_mib: u64,
}

impl VerifyPage {
    /// The form, with an answer or with what was wrong.
    #[must_use]
    pub fn new(site: &Site, answer: Option<Answer>, error: Option<String>, max_mib: u64) -> Self {
        Self {
            site: site.clone(),
            answer,
            error,
            max_mib,
        }
    }
}

/// Where one version comes from.
#[derive(Debug, Template)]
#[template(path = "pages/provenance.html")]
pub struct ProvenancePage {
    site: Site,
    may: &'static str,
    title: String,
    session: String,
    version: String,
    number: u32,
    src: String,
    size: (u32, u32),
    when: When,
    what: &'static str,
    by: Option<String>,
    author: Option<String>,
    deeds: Vec<&'static str>,
    generative: bool,
    marked: bool,
    chain: Vec<Line>,
    came: Vec<Line>,
    evidence: String,
}

/// What a version's page is made of.
#[derive(Debug)]
pub struct Origins<'a> {
    /// The version.
    pub version: &'a Version,
    /// How it was made.
    pub making: Option<&'a Making>,
    /// Whether a model made it from words alone.
    pub from_words: bool,
    /// Who asked for it.
    pub author: Option<&'a str>,
    /// Whether it carries a mark when it leaves.
    pub marked: bool,
    /// The versions it was made from, itself first.
    pub chain: Vec<Line>,
    /// What the credentials said that its file came with.
    pub came: Option<Credentials>,
    /// All of it as JSON.
    pub evidence: String,
}

impl ProvenancePage {
    /// The page of a version for somebody who may see it.
    #[must_use]
    pub fn new(site: &Site, title: &str, may_edit: bool, told: Origins<'_>) -> Self {
        let version = told.version;
        let dimensions = version.blob.dimensions;
        Self {
            site: site.clone(),
            may: if may_edit { "edit" } else { "view" },
            title: title.to_owned(),
            session: version.session.to_string(),
            version: version.id.to_string(),
            number: version.number,
            src: picture::rendition(version.session, version.id, RENDITIONS[1]),
            size: (dimensions.width, dimensions.height),
            when: version.created_at.into(),
            what: what(version, told.from_words),
            by: told.making.map(by),
            author: told.author.map(str::to_owned),
            deeds: deeds(told.making, told.from_words),
            generative: told
                .making
                .is_some_and(|making| making.deeds.iter().any(|deed| deed.is_generative())),
            marked: told.marked,
            chain: told.chain,
            came: told.came.as_ref().map(lines).unwrap_or_default(),
            evidence: told.evidence,
        }
    }
}
