//! Checks whether a database file is still the one that was opened.
//!
//! A file that is deleted or replaced while open continues to exist without a name: data written to
//! it is lost when the process ends.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// An open database file.
#[derive(Debug)]
pub struct OpenFile {
    path: PathBuf,
    /// The file's identity; `None` if the system does not provide one.
    identity: Option<Identity>,
}

/// The device and inode numbers of a file.
type Identity = (u64, u64);

impl OpenFile {
    /// Remembers the identity of the file at a path, which must be open.
    pub fn from_path(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: identity(path).ok().flatten() }
    }

    /// Fails if the file is no longer at its path.
    pub fn check_path(&self) -> io::Result<()> {
        let found = identity(&self.path);
        match (self.identity, found) {
            (Some(opened), Ok(Some(found))) if opened != found => Err(MovedFile::Replaced.into()),
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(MovedFile::Deleted.into())
            }
            _ => Ok(()),
        }
    }
}

/// What happened to a file that is no longer at its path.
#[derive(Debug, thiserror::Error)]
enum MovedFile {
    #[error("the database file was replaced while it was open; restart the server")]
    Replaced,
    #[error("the database file was deleted; put it back and restart the server")]
    Deleted,
}

impl From<MovedFile> for io::Error {
    fn from(moved: MovedFile) -> Self {
        Self::new(io::ErrorKind::NotFound, moved)
    }
}

/// Returns whether an error comes from [`OpenFile::check`], and not from a socket.
pub fn is_moved(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<MovedFile>)
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
