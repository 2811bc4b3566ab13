//! Content Credentials (C2PA): the certificates of a house, statements signed into picture files, and reading what others signed.
//!
//! ```
//! use plantain_credentials::{Act, Identity, Ingredient, Notary, Relation, Standing, Statement};
//!
//! let now = 1_790_000_000;
//! # let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
//! let root = Identity::new_root("Example House", now)?;
//! let leaf = root.new_leaf("Example House", now)?;
//! let notary = Notary::new(&leaf.chain, &leaf.key, &[root.chain.clone()])?;
//! # let mut png = std::io::Cursor::new(Vec::new());
//! # image::RgbImage::new(8, 8).write_to(&mut png, image::ImageFormat::Png).unwrap();
//! # let png = png.into_inner();
//! let parent = Ingredient { title: "Photo", relation: Relation::Parent, mime: "image/png", bytes: &png };
//! let said = Statement { title: "Photo, cropped", acts: &[Act::new("c2pa.cropped")], ingredients: &[parent], ..Statement::by("Plantain", "1") };
//! let signed = notary.sign("image/png", &png, &said)?;
//! let read = notary.read("image/png", &signed.bytes)?.expect("credentials");
//! assert_eq!(read.node.standing, Standing::Trusted);
//! # Ok::<(), plantain_credentials::Error>(())
//! ```
//!
//! The one rule: nothing here opens a file or a connection, and nothing else in the house names the `c2pa` crate, which is young
//! and pinned. What a file claims is untrusted: [`Notary::read`] works on a thread of its own with a large stack and
//! a deadline, and hands back a tree of bounded size. Called by the server's `provenance`.
//!
//! Read `certificates` (who signs), `sign` (what is said), `read` (what others said).

mod certificates;
mod read;
mod sign;

pub use certificates::{Identity, LEAF_DAYS, is_due};
pub use read::{ActSeen, Credentials, Node, Standing};
pub use sign::{Act, Agent, Ingredient, Relation, Signed, SoftBinding, Statement};

use std::{sync::Arc, time::Duration};

use c2pa::{BoxedSigner, Context, Settings, SigningAlg, create_signer};

/// Media types that carry credentials here.
pub const MIMES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/// Why something could not be signed or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The certificate could not be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The chain and key don't fit together, or are not of a kind that signs pictures.
    #[error("the certificate chain and the key can't sign pictures: {0}")]
    Unfit(String),
    /// The library refused.
    #[error("credentials: {0}")]
    Library(String),
    /// The file holds more than is looked at.
    #[error("its credentials are larger than is looked at")]
    TooLarge,
    /// Reading took too long.
    #[error("its credentials take too long to read")]
    TooSlow,
}

impl From<c2pa::Error> for Error {
    fn from(error: c2pa::Error) -> Self {
        Self::Library(error.to_string())
    }
}

/// Who signs for a house and knows its roots. Cheap to share; blocks while it works.
pub struct Notary {
    signer: sign::Small,
    settings: Settings,
    context: Arc<Context>,
    deadline: Duration,
}

impl Notary {
    /// Signs with this chain (leaf first, PEM) and key (PKCS #8, PEM); takes signatures under `roots` (PEM) for the house's own.
    ///
    /// # Errors
    /// [`Error::Unfit`] when the two don't sign.
    pub fn new(chain: &str, key: &str, roots: &[String]) -> Result<Self, Error> {
        let signer = sign::Small::new(fitting(chain, key)?)?;
        let mut settings = Settings::new();
        settings.trust.user_anchors = (!roots.is_empty()).then(|| roots.join("\n"));
        settings.trust.trust_anchors = None;
        settings.core.max_decompressed_manifest_size_in_mb = 8;
        settings.core.allowed_network_hosts = Some(Vec::new());
        settings.core.decode_identity_assertions = false;
        settings.core.backing_store_memory_threshold_in_mb = 64;
        settings.verify.ocsp_fetch = false;
        settings.verify.remote_manifest_fetch = false;
        let context = Context::new().with_settings(settings.clone())?.into_shared();
        Ok(Self {
            signer,
            settings,
            context,
            deadline: Duration::from_secs(8),
        })
    }

    /// Gives reading another deadline than 8 s.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

/// The signer for a key of any kind that may sign pictures.
fn fitting(chain: &str, key: &str) -> Result<BoxedSigner, Error> {
    let kinds = [
        SigningAlg::Es256,
        SigningAlg::Es384,
        SigningAlg::Es512,
        SigningAlg::Ed25519,
        SigningAlg::Ps256,
    ];
    let mut why = String::from("no kind of key fits");
    for kind in kinds {
        match create_signer::from_keys(chain.as_bytes(), key.as_bytes(), kind, None) {
            Ok(signer) => match signer.sign(b"a trial") {
                Ok(_) => return Ok(signer),
                Err(error) => why = error.to_string(),
            },
            Err(error) => why = error.to_string(),
        }
    }
    Err(Error::Unfit(why))
}
