//! The settings of provenance: credentials, the mark, the page that verifies.
//!
//! Rule: each part can be switched off by itself, and its sentence says what that costs. Read through `Config`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Whether a part works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It does.
    On,
    /// It doesn't.
    Off,
}

/// Who may ask where a picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// Everybody who reaches the server.
    Public,
    /// In password mode, those who signed in.
    Members,
    /// Nobody: the page isn't there.
    Off,
}

/// Provenance, as the command line has it.
#[derive(Debug, Clone, Args)]
pub struct ProvenanceArgs {
    /// Content Credentials in pictures that leave; off: what leaves says nothing about how it was made
    #[arg(long, env = "PLANTAIN_CREDENTIALS", value_name = "WHEN", default_value = "on")]
    pub credentials: Switch,

    /// The invisible mark in edited pictures that leave; off: once its credentials are stripped, a picture is recognised by its looks at best
    #[arg(long, env = "PLANTAIN_MARK", value_name = "WHEN", default_value = "on")]
    pub mark: Switch,

    /// The organisation on the certificate that is made at the first start
    #[arg(
        long,
        env = "PLANTAIN_CREDENTIALS_NAME",
        value_name = "NAME",
        default_value = "Plantain (self-hosted)"
    )]
    pub credentials_name: String,

    /// Your own certificate chain to sign with, leaf first, PEM; else a private root is made
    #[arg(
        long,
        env = "PLANTAIN_CREDENTIALS_CHAIN",
        value_name = "FILE",
        requires = "credentials_key"
    )]
    pub credentials_chain: Option<PathBuf>,

    /// The key of that chain's leaf, PKCS #8 PEM; nobody but its owner may read it
    #[arg(
        long,
        env = "PLANTAIN_CREDENTIALS_KEY",
        value_name = "FILE",
        requires = "credentials_chain"
    )]
    pub credentials_key: Option<PathBuf>,

    /// Put the instruction of each turn into the credentials too; everybody who gets the picture can read it then
    #[arg(long, env = "PLANTAIN_CREDENTIALS_INSTRUCTION")]
    pub credentials_instruction: bool,

    /// Who may ask on /verify where a picture comes from
    #[arg(long, env = "PLANTAIN_VERIFY", value_name = "WHO", default_value = "public")]
    pub verify: Audience,
}
