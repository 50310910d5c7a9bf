//! Whether a database file is still the one that was opened.
//!
//! A file that is deleted or replaced while it is open goes on without a name: what is written
//! to it is lost with the process.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The file that was opened.
#[derive(Debug)]
pub struct OpenFile {
    path: PathBuf,
    /// What tells it from every other file; `None` where the system does not say.
    identity: Option<Identity>,
}

/// The device and the number of a file on it.
type Identity = (u64, u64);

impl OpenFile {
    /// Remembers the file at a path, which must have been opened.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: identity(path).ok().flatten() }
    }

    /// Says so by an error where the file is no longer at its path.
    pub fn check(&self) -> io::Result<()> {
        let found = identity(&self.path);
        match (self.identity, found) {
            (Some(opened), Ok(Some(found))) if opened != found => Err(Moved::Replaced.into()),
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(Moved::Deleted.into())
            }
            _ => Ok(()),
        }
    }
}

/// What has become of a file that is no longer at its path.
#[derive(Debug, thiserror::Error)]
enum Moved {
    #[error("the database file was replaced while it was open; restart the server")]
    Replaced,
    #[error("the database file was deleted; put it back and restart the server")]
    Deleted,
}

impl From<Moved> for io::Error {
    fn from(moved: Moved) -> Self {
        Self::new(io::ErrorKind::NotFound, moved)
    }
}

/// Whether an error is that of [`OpenFile::check`], and not one of a socket.
pub fn is_moved(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Moved>())
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path)?;
    Ok(Some((metadata.dev(), metadata.ino())))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Option<Identity>> {
    fs::metadata(path).map(|_| None)
}
