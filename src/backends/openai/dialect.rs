//! What each server that speaks OpenAI's images interface really takes: one row each.
//!
//! Rule: a field that a server ignores or refuses is not sent to it; what is unknown is left out. Read by
//! [`super::OpenAi`] and `request`.

use std::time::Duration;

use crate::backends::shape::Sizes;

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// OpenAI itself, or a proxy that takes all it takes.
    #[value(name = "openai")]
    OpenAi,
    /// The server of stable-diffusion.cpp.
    SdServer,
    /// vLLM-Omni.
    VllmOmni,
    /// SGLang diffusion.
    Sglang,
    /// LocalAI, which edits at its generations endpoint.
    #[value(name = "localai")]
    LocalAi,
    /// Any other: only what all of them take.
    Compatible,
}

/// Where and as what an edit is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `images/edits`, multipart.
    Edits,
    /// `images/generations`, JSON with the pictures in `ref_images`.
    Generations,
}

/// One server's manners.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manners {
    /// What people read.
    pub title: &'static str,
    /// Where an edit goes.
    pub form: Form,
    /// Whether a model must be named.
    pub needs_model: bool,
    /// Whether a key is needed.
    pub needs_key: bool,
    /// Whether quality, format and the like are understood.
    pub extras: bool,
    /// Whether it streams partial pictures.
    pub streams: bool,
    /// Whether the model understands sentences about "image 2" and what was done before; else it gets the bare words.
    pub sentences: bool,
    /// Whether it takes a mask: the field `mask`, see-through and white where to edit.
    pub masks: bool,
    /// Whether a size is named as the nearest to the base's, or as the model's rules want it.
    pub sizes: Option<Sizes>,
    /// Whether a picture may be answered as an address on the same server.
    pub addresses: bool,
    /// How many further pictures it takes.
    pub references: u32,
    /// Bytes of all pictures of one request.
    pub all_pictures: usize,
    /// How many turns it works on at a time.
    pub at_once: usize,
    /// The longest a turn may take, unless a setting says otherwise.
    pub deadline: Duration,
}

/// What a local diffusion model is asked for: about a megapixel, which is what they are trained on and what fits.
const LOCAL_SIZES: Sizes = Sizes {
    pixels: (256 * 256, 1024 * 1024),
    side: 2048,
    ratio: 8.0,
};

/// A server on somebody's own machine.
const LOCAL: Manners = Manners {
    title: "Local server",
    form: Form::Edits,
    needs_model: false,
    needs_key: false,
    extras: false,
    streams: false,
    sentences: false,
    masks: false,
    sizes: Some(LOCAL_SIZES),
    addresses: false,
    references: 3,
    all_pictures: 30_000_000,
    at_once: 1,
    deadline: Duration::from_secs(1800),
};

impl Dialect {
    /// Its row.
    #[must_use]
    pub const fn manners(self) -> Manners {
        match self {
            Self::OpenAi => Manners {
                title: "OpenAI",
                form: Form::Edits,
                needs_model: true,
                needs_key: true,
                extras: true,
                streams: true,
                sentences: true,
                masks: true,
                // By model: `request::size`.
                sizes: None,
                addresses: false,
                references: 15,
                all_pictures: 40_000_000,
                at_once: 4,
                deadline: Duration::from_secs(600),
            },
            Self::SdServer => Manners {
                title: "stable-diffusion.cpp",
                masks: true,
                ..LOCAL
            },
            Self::VllmOmni => Manners {
                title: "vLLM-Omni",
                ..LOCAL
            },
            Self::Sglang => Manners {
                title: "SGLang",
                addresses: true,
                ..LOCAL
            },
            Self::LocalAi => Manners {
                title: "LocalAI",
                form: Form::Generations,
                needs_model: true,
                addresses: true,
                ..LOCAL
            },
            Self::Compatible => Manners {
                title: "Image server",
                addresses: true,
                ..LOCAL
            },
        }
    }
}
