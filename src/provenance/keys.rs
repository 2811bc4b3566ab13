//! The keys of the house: a private root and its leaf, and the keys of the mark, in `keys` in the data folder.
//!
//! Rule: made once, readable by their owner alone, and never removed: what an old key signed or marked stays readable.
//! Read at the start, and every hour to renew the leaf in time.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use lattice_mark::Key;
use plantain_credentials::{Identity, is_due};

use super::ProvenanceError;
use crate::random;

/// The folder beside the database.
pub const FOLDER: &str = "keys";

/// What there is to read with, when nothing is to be made: see [`Keys::look`].
pub(super) struct Found {
    /// Roots whose signatures are the house's own, the current one first; none where there never was a start.
    pub(super) roots: Vec<String>,
    /// The keys of the mark.
    pub(super) marks: Vec<Arc<Key>>,
}

/// What there is to sign and mark with.
pub(super) struct Keys {
    /// Roots whose signatures are the house's own, the current one first.
    pub(super) roots: Vec<String>,
    /// What signs; the leaf under the first root.
    pub(super) leaf: Identity,
    /// The keys of the mark; the last one marks, all read.
    pub(super) marks: Vec<Arc<Key>>,
}

impl Keys {
    /// Reads the keys under `data`, making those that aren't there; `now` in seconds since 1970.
    pub(super) fn open(data: &Path, organisation: &str, now: i64) -> Result<Self, ProvenanceError> {
        let folder = data.join(FOLDER);
        let unusable = |source| ProvenanceError::Folder {
            path: folder.display().to_string(),
            source,
        };
        private_folder(&folder).map_err(unusable)?;
        let files = Files(folder.clone());
        let root = match files.identity("root").map_err(unusable)? {
            Some(root) => root,
            // Whoever holds pictures it signed knows the house by it: it is never written over.
            None if folder.join("root.pem").exists() => return Err(unusable(no_key())),
            None => {
                let root = Identity::new_root(organisation, now)?;
                write(&folder.join("root.name"), organisation.as_bytes()).map_err(unusable)?;
                files.keep("root", &root, now).map_err(unusable)?;
                root
            }
        };
        let made = files.made("leaf").map_err(unusable)?;
        let leaf = match files.identity("leaf").map_err(unusable)? {
            Some(leaf) if made.is_some_and(|made| !is_due(made, now)) => leaf,
            _ => {
                let name = found(fs::read_to_string(folder.join("root.name"))).map_err(unusable)?;
                // A leaf names its root, so it keeps the name the root was made with.
                let leaf = root.new_leaf(name.as_deref().unwrap_or(organisation), now)?;
                files.keep("leaf", &leaf, now).map_err(unusable)?;
                leaf
            }
        };
        let mut roots = vec![root.chain];
        roots.extend(files.old_roots().map_err(unusable)?);
        let marks = files.marks_or_first().map_err(unusable)?;
        Ok(Self { roots, leaf, marks })
    }

    /// Reads what is in the folder under `data`; makes, renews and changes nothing.
    pub(super) fn look(data: &Path) -> Result<Found, ProvenanceError> {
        let folder = data.join(FOLDER);
        let unusable = |source| ProvenanceError::Folder {
            path: folder.display().to_string(),
            source,
        };
        if !folder.is_dir() {
            return Ok(Found {
                roots: Vec::new(),
                marks: Vec::new(),
            });
        }
        let files = Files(folder.clone());
        let root = found(fs::read_to_string(folder.join("root.pem"))).map_err(unusable)?;
        let mut roots: Vec<String> = root.into_iter().collect();
        roots.extend(files.old_roots().map_err(unusable)?);
        let marks = files.marks().map_err(unusable)?;
        Ok(Found { roots, marks })
    }
}

fn no_key() -> io::Error {
    let words =
        "root.pem is there and root.key isn't: bring the key back, or put root.pem aside as root-1.pem for a new root";
    io::Error::new(io::ErrorKind::NotFound, words)
}

/// Makes a new key of the mark, which a running server marks with within the hour; the old ones go on reading. Its number.
///
/// # Errors
/// [`ProvenanceError::Folder`].
pub fn new_mark_key(data: &Path) -> Result<u32, ProvenanceError> {
    let folder = data.join(FOLDER);
    let unusable = |source| ProvenanceError::Folder {
        path: folder.display().to_string(),
        source,
    };
    private_folder(&folder).map_err(unusable)?;
    let files = Files(folder.clone());
    let number = files.numbers().map_err(unusable)?.last().map_or(1, |last| last + 1);
    files.new_mark(number).map_err(unusable)?;
    Ok(number)
}

/// The key that marks now; made when there is none.
///
/// # Errors
/// [`ProvenanceError::Folder`].
pub fn current_mark_key(data: &Path) -> Result<Arc<Key>, ProvenanceError> {
    let folder = data.join(FOLDER);
    let unusable = |source| ProvenanceError::Folder {
        path: folder.display().to_string(),
        source,
    };
    private_folder(&folder).map_err(unusable)?;
    let marks = Files(folder.clone()).marks_or_first().map_err(unusable)?;
    marks
        .last()
        .cloned()
        .ok_or_else(|| unusable(io::ErrorKind::NotFound.into()))
}

struct Files(PathBuf);

impl Files {
    fn identity(&self, name: &str) -> io::Result<Option<Identity>> {
        let read = |ending: &str| found(fs::read_to_string(self.0.join(format!("{name}.{ending}"))));
        Ok(read("pem")?
            .zip(read("key")?)
            .map(|(chain, key)| Identity { chain, key }))
    }

    /// The key first: who finds the certificate finds its key, too. When it was made comes last: a leaf whose two files don't
    /// fit, because the power went in between, is still due, and made again.
    fn keep(&self, name: &str, identity: &Identity, now: i64) -> io::Result<()> {
        write(&self.0.join(format!("{name}.key")), identity.key.as_bytes())?;
        write(&self.0.join(format!("{name}.pem")), identity.chain.as_bytes())?;
        write(&self.0.join(format!("{name}.made")), now.to_string().as_bytes())
    }

    fn made(&self, name: &str) -> io::Result<Option<i64>> {
        let text = found(fs::read_to_string(self.0.join(format!("{name}.made"))))?;
        Ok(text.and_then(|text| text.trim().parse().ok()))
    }

    /// Certificates called `root-….pem`: roots that were replaced.
    fn old_roots(&self) -> io::Result<Vec<String>> {
        let mut names = self.names()?;
        names.retain(|name| name.starts_with("root-") && name.ends_with(".pem"));
        names.iter().map(|name| fs::read_to_string(self.0.join(name))).collect()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names: Vec<String> = entries.collect::<io::Result<_>>()?;
        names.sort();
        Ok(names)
    }

    /// The numbers of the mark's keys, smallest first.
    fn numbers(&self) -> io::Result<Vec<u32>> {
        let names = self.names()?;
        let number = |name: &String| name.strip_prefix("mark-")?.strip_suffix(".key")?.parse().ok();
        let mut numbers: Vec<u32> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn marks_or_first(&self) -> io::Result<Vec<Arc<Key>>> {
        if self.numbers()?.is_empty() {
            self.new_mark(1)?;
        }
        self.marks()
    }

    fn marks(&self) -> io::Result<Vec<Arc<Key>>> {
        let read = |number: u32| {
            let text = fs::read_to_string(self.0.join(format!("mark-{number}.key")))?;
            let mut secret = [0; 32];
            hex::decode_to_slice(text.trim(), &mut secret).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("mark-{number}.key is not 64 hex digits"),
                )
            })?;
            Ok(Arc::new(Key::new(number, secret)))
        };
        self.numbers()?.into_iter().map(read).collect()
    }

    fn new_mark(&self, number: u32) -> io::Result<()> {
        let mut secret = [0; 32];
        random::fill(&mut secret);
        write(
            &self.0.join(format!("mark-{number}.key")),
            hex::encode(secret).as_bytes(),
        )
    }
}

fn found<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Whole or not at all, and for its owner alone: temporary files are made so.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|refused| refused.error)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const DAY: i64 = 86_400;

    #[test]
    fn keys_are_made_once_for_their_owner_alone_and_the_leaf_is_renewed_under_the_same_root() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Keys::open(data.path(), "House", NOW).expect("made");
        let again = Keys::open(data.path(), "Renamed", NOW + DAY).expect("read");
        assert_eq!((&first.roots, &first.leaf.chain), (&again.roots, &again.leaf.chain));
        let later = Keys::open(data.path(), "Renamed", NOW + 380 * DAY).expect("renewed");
        assert_eq!(first.roots, later.roots);
        assert_ne!(first.leaf.chain, later.leaf.chain);
        #[cfg(unix)]
        for entry in fs::read_dir(data.path().join(FOLDER)).expect("a folder") {
            use std::os::unix::fs::PermissionsExt as _;
            let entry = entry.expect("a file");
            let mode = entry.metadata().expect("data").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
        }
    }

    #[test]
    fn a_new_mark_key_marks_and_the_old_one_goes_on_reading() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Keys::open(data.path(), "House", NOW).expect("made");
        assert_eq!(first.marks.iter().map(|key| key.number()).collect::<Vec<_>>(), [1]);
        assert_eq!(new_mark_key(data.path()).expect("made"), 2);
        let again = Keys::open(data.path(), "House", NOW).expect("read");
        assert_eq!(again.marks.iter().map(|key| key.number()).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_leaf_that_was_cut_off_while_it_was_renewed_is_made_again() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Keys::open(data.path(), "House", NOW).expect("made");
        let folder = data.path().join(FOLDER);
        let later = NOW + 380 * DAY;
        // The new key is there, the new certificate isn't; nor then is a new date, or the two would pass for a pair.
        let other = Identity::new_root("House", later).expect("made");
        fs::create_dir(folder.join("cut.pem")).expect("in the way");
        assert!(Files(folder.clone()).keep("cut", &other, later).is_err());
        assert!(folder.join("cut.key").exists() && !folder.join("cut.made").exists());
        fs::write(folder.join("leaf.key"), &other.key).expect("written");
        let again = Keys::open(data.path(), "House", later).expect("renewed");
        assert_ne!(again.leaf.chain, first.leaf.chain);
        plantain_credentials::Notary::new(&again.leaf.chain, &again.leaf.key, &again.roots).expect("they fit");
    }

    #[test]
    fn a_root_without_its_key_is_refused_and_never_written_over() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Keys::open(data.path(), "House", NOW).expect("made");
        let folder = data.path().join(FOLDER);
        fs::remove_file(folder.join("root.key")).expect("removed");
        let Err(refused) = Keys::open(data.path(), "House", NOW) else {
            panic!("a root without a key was taken");
        };
        assert!(refused.to_string().contains("root.key"), "{refused}");
        assert_eq!(
            fs::read_to_string(folder.join("root.pem")).expect("there"),
            first.roots[0]
        );
    }

    #[test]
    fn looking_makes_and_renews_nothing() {
        let data = tempfile::tempdir().expect("a folder");
        assert!(Keys::look(data.path()).expect("nothing").roots.is_empty());
        assert!(!data.path().join(FOLDER).exists());
        let keys = Keys::open(data.path(), "House", NOW).expect("made");
        let folder = data.path().join(FOLDER);
        let list = || {
            let files = fs::read_dir(&folder)
                .expect("a folder")
                .map(|entry| entry.expect("a file"));
            let mut files: Vec<_> = files
                .map(|file| (file.path(), fs::read(file.path()).expect("read")))
                .collect();
            files.sort();
            files
        };
        let before = list();
        let seen = Keys::look(data.path()).expect("read");
        assert_eq!((seen.roots, seen.marks.len()), (keys.roots, 1));
        assert_eq!(list(), before);
    }

    #[test]
    fn a_replaced_root_is_still_known() {
        let data = tempfile::tempdir().expect("a folder");
        let first = Keys::open(data.path(), "House", NOW).expect("made");
        let folder = data.path().join(FOLDER);
        fs::rename(folder.join("root.pem"), folder.join("root-1.pem")).expect("put aside");
        for name in ["root.key", "root.name", "leaf.pem", "leaf.key"] {
            fs::remove_file(folder.join(name)).expect("removed");
        }
        let second = Keys::open(data.path(), "House", NOW).expect("made");
        assert_eq!(second.roots.len(), 2);
        assert_eq!(second.roots[1], first.roots[0]);
    }
}
