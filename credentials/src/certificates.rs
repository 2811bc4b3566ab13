//! The certificates of a house: a private root, and under it a leaf that signs.
//!
//! The one rule: what is made here is what readers of Content Credentials ask of a signer (X.509 v3, no CA, digital
//! signatures, e-mail protection, the issuer's key named), so that a file is "valid" everywhere and "trusted" where the
//! root is known. Called by the server at its start.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use crate::Error;

/// Days a leaf is good for.
pub const LEAF_DAYS: i64 = 398;
/// Days before its end at which it is replaced.
const RENEW_DAYS: i64 = 30;
const ROOT_DAYS: i64 = 3653;
const DAY_S: i64 = 86_400;

/// A certificate chain and its key, both PEM.
#[derive(Clone)]
pub struct Identity {
    /// The certificate; for a leaf without its root.
    pub chain: String,
    /// The key, PKCS #8.
    pub key: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// A root for ten years from `now` (seconds since 1970).
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub fn new_root(organisation: &str, now: i64) -> Result<Self, Error> {
        let mut params = params(&format!("{organisation} root"), organisation, now, ROOT_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        Ok(Self {
            chain: params.self_signed(&key)?.pem(),
            key: key.serialize_pem(),
        })
    }

    /// A leaf under this root, good for [`LEAF_DAYS`] from `now`.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub fn new_leaf(&self, organisation: &str, now: i64) -> Result<Self, Error> {
        let mut params = params(organisation, organisation, now, LEAF_DAYS);
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        let key = KeyPair::generate()?;
        // The issuer is the root's own file: only its name and key are read from these parameters.
        let root_key = KeyPair::from_pem(&self.key)?;
        let mut root = self::params(&format!("{organisation} root"), organisation, now, ROOT_DAYS);
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let leaf = params.signed_by(&key, &Issuer::new(root, root_key))?;
        Ok(Self {
            chain: leaf.pem(),
            key: key.serialize_pem(),
        })
    }
}

/// Whether a leaf made at `made` is to be replaced at `now`; both in seconds since 1970.
#[must_use]
pub const fn is_due(made: i64, now: i64) -> bool {
    now >= made + (LEAF_DAYS - RENEW_DAYS) * DAY_S
}

/// In force from an hour before `now`, for clocks that are a little behind.
fn params(name: &str, organisation: &str, now: i64, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    subject.push(DnType::OrganizationName, organisation);
    params.distinguished_name = subject;
    let now = OffsetDateTime::from_unix_timestamp(now).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    params.not_before = now.saturating_sub(Duration::hours(1));
    params.not_after = now.saturating_add(Duration::days(days));
    params
}
