//! JPEG: taking the container apart, writing a clean one around the same compressed pixels, decoding.
//!
//! Rule: what is decoded is the clean container, byte for byte what is stored (but for its end, see `decode`), so that
//! no difference between our parser and a decoder's can matter. The container keeps tables, frame and scans and nothing else. Called by `inspect` and
//! `pixels`.

use std::ops::Range;

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    PictureError, colour,
    raster::{Channels, Raster, Turn},
};
use crate::domain::picture::{Dimensions, Limits};

/// How the samples of a JPEG are meant, by the rules browsers follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Grey,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
}

/// A JPEG that has been taken apart.
#[derive(Debug)]
pub(super) struct Jpeg {
    pub(super) dimensions: Dimensions,
    pub(super) model: Model,
    pub(super) turn: Turn,
    pub(super) profile: Option<Vec<u8>>,
    /// Bytes of memory a decode takes.
    pub(super) cost: u64,
    /// Whether one scan holds all there is.
    one_scan: bool,
    /// The same picture in a container written by us.
    pub(super) clean: Vec<u8>,
}

const CUT: PictureError = PictureError::damaged("JPEG ends early");
const BROKEN: PictureError = PictureError::damaged("JPEG structure");
const END: [u8; 2] = [0xff, 0xd9];
const READ_AHEAD: usize = 16;
/// More scans than any encoder writes are a way to make decoders work forever.
const MOST_SCANS: usize = 100;

impl Jpeg {
    /// Takes a file apart up to its end marker; what follows it is not looked at.
    pub(super) fn parse(file: &[u8], limits: &Limits) -> Result<Self, PictureError> {
        let mut parts = Parts::default();
        let mut at = 2;
        loop {
            let (marker, body) = next_marker(file, at)?;
            match marker {
                0xd9 => return parts.finish(file),
                0x01 | 0xd0..=0xd7 => at = body,
                0xd8 | 0xdc | 0xde | 0xdf => return Err(BROKEN),
                _ => {
                    let segment = segment(file, body)?;
                    at = segment.end;
                    parts.take(marker, file, segment, limits)?;
                    if marker == 0xda {
                        let data = at..end_of_scan(file, at)?;
                        at = data.end;
                        parts.pieces.push(Piece::Copied(data));
                    }
                }
            }
        }
    }

    /// Decodes every scan, strictly: grey as grey, colour as RGB, four inks as inverted CMYK.
    ///
    /// The decoder makes up for data that is missing before an end marker, but not before the end of the file. So a
    /// single scan is shown to it without the marker, with as many zeros behind it as it may read ahead.
    pub(super) fn decode(&mut self) -> Result<Raster, PictureError> {
        if !self.one_scan {
            return self.decode_as_it_is();
        }
        self.clean.truncate(self.clean.len() - END.len());
        let data = self.clean.len();
        self.clean.resize(data + READ_AHEAD, 0);
        let raster = self.decode_as_it_is();
        self.clean.truncate(data);
        self.clean.extend_from_slice(&END);
        raster
    }

    fn decode_as_it_is(&self) -> Result<Raster, PictureError> {
        let (wanted, channels) = match self.model {
            Model::Grey => (ColorSpace::Luma, Channels::Grey),
            Model::YCbCr | Model::Rgb => (ColorSpace::RGB, Channels::Rgb),
            Model::Cmyk => (ColorSpace::CMYK, Channels::Inks),
            Model::Ycck => (ColorSpace::YCCK, Channels::Inks),
        };
        let options = DecoderOptions::default()
            .set_strict_mode(true)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX))
            .jpeg_set_max_scans(MOST_SCANS)
            .jpeg_set_out_colorspace(wanted);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&self.clean), options);
        let mut samples = decoder.decode().map_err(|_| PictureError::damaged("JPEG data"))?;
        let expected = self.dimensions.pixels() * channels.count() as u64;
        if samples.len() as u64 != expected {
            return Err(PictureError::damaged("JPEG size"));
        }
        if self.model == Model::Ycck {
            colour::ycck_to_inks(&mut samples);
        }
        Ok(Raster {
            dimensions: self.dimensions,
            channels,
            depth: 1,
            samples,
        })
    }
}

/// The code of the marker at or after `at`, and where its body starts.
fn next_marker(file: &[u8], at: usize) -> Result<(u8, usize), PictureError> {
    let mut rest = file.get(at..).ok_or(CUT)?.iter().enumerate();
    while rest.find(|(_, byte)| **byte == 0xff).is_some() {
        let (offset, &code) = rest.find(|(_, byte)| **byte != 0xff).ok_or(CUT)?;
        if code != 0 {
            return Ok((code, at + offset + 1));
        }
    }
    Err(CUT)
}

/// The content of the segment whose length field is at `body`.
fn segment(file: &[u8], body: usize) -> Result<Range<usize>, PictureError> {
    let length = file.get(body..body + 2).ok_or(CUT)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    if length < 2 {
        return Err(BROKEN);
    }
    if body + length > file.len() {
        return Err(CUT);
    }
    Ok(body + 2..body + length)
}

/// Where the compressed data that starts at `at` is followed by a marker.
fn end_of_scan(file: &[u8], mut at: usize) -> Result<usize, PictureError> {
    loop {
        at += file[at..].iter().position(|&byte| byte == 0xff).ok_or(CUT)?;
        let fill = file[at..].iter().position(|&byte| byte != 0xff).ok_or(CUT)?;
        match file[at + fill] {
            0 | 0xd0..=0xd7 => at += fill + 1,
            _ => return Ok(at),
        }
    }
}

/// A part of the clean container.
#[derive(Debug)]
enum Piece {
    Copied(Range<usize>),
    Written(Vec<u8>),
}

/// What was gathered so far.
#[derive(Debug, Default)]
struct Parts {
    frame: Option<Frame>,
    jfif: bool,
    adobe: Option<u8>,
    turn: Option<Turn>,
    profile: Vec<(u8, u8, Range<usize>)>,
    scans: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Frame {
    marker: u8,
    dimensions: Dimensions,
    /// Identifier, sampling factors and table of each component.
    components: Vec<[u8; 3]>,
}

impl Parts {
    fn take(&mut self, marker: u8, file: &[u8], segment: Range<usize>, limits: &Limits) -> Result<(), PictureError> {
        let body = &file[segment.clone()];
        match marker {
            0xc0..=0xc2 => self.take_frame(marker, body, limits)?,
            0xc3 | 0xc5..=0xcf if marker != 0xc8 => {
                return Err(PictureError::Unsupported {
                    kind: "This rare sort of JPEG (lossless or arithmetic)",
                });
            }
            0xc4 if is_huffman_tables(body) => self.write(marker, body),
            0xdb if is_quantisation_tables(body) => self.write(marker, body),
            0xdd if body.len() == 2 => self.write(marker, body),
            0xc4 | 0xdb | 0xdd => return Err(BROKEN),
            0xda => self.take_scan(body)?,
            0xe0 => self.jfif |= body.starts_with(b"JFIF\0"),
            0xe1 if self.turn.is_none() && body.starts_with(b"Exif\0\0") => {
                self.turn = Some(Turn::from_exif(body));
            }
            0xe2 if body.starts_with(b"ICC_PROFILE\0") && body.len() > 14 => {
                self.profile.push((body[12], body[13], segment.start + 14..segment.end));
            }
            0xee if body.starts_with(b"Adobe") && body.len() >= 12 => self.adobe = Some(body[11]),
            _ => {}
        }
        Ok(())
    }

    fn write(&mut self, marker: u8, body: &[u8]) {
        self.pieces.push(Piece::Written(written(marker, body)));
    }

    fn take_frame(&mut self, marker: u8, body: &[u8], limits: &Limits) -> Result<(), PictureError> {
        if self.frame.is_some() || body.len() < 6 || body.len() != 6 + 3 * usize::from(body[5]) {
            return Err(BROKEN);
        }
        let dimensions = Dimensions {
            width: u16::from_be_bytes([body[3], body[4]]).into(),
            height: u16::from_be_bytes([body[1], body[2]]).into(),
        };
        super::inspect::check_dimensions(dimensions, limits)?;
        if body[0] != 8 {
            return Err(PictureError::Unsupported {
                kind: "A JPEG with more than 8 bits a sample",
            });
        }
        let mut components: Vec<[u8; 3]> = body[6..].as_chunks().0.to_vec();
        if !matches!(components.len(), 1 | 3 | 4) {
            return Err(PictureError::Unsupported {
                kind: "A JPEG with this number of channels",
            });
        }
        if components.len() == 1 {
            // A lone component is never interleaved, so its sampling factors mean nothing.
            components[0][1] = 0x11;
        }
        for (index, [id, sampling, _]) in components.iter().enumerate() {
            let twice = components[..index].iter().any(|other| other[0] == *id);
            let in_range = (1..=4).contains(&(sampling >> 4)) && (1..=4).contains(&(sampling & 15));
            if twice || !in_range {
                return Err(BROKEN);
            }
        }
        // Its place is kept; it is written when the colour model is known.
        self.pieces.push(Piece::Written(Vec::new()));
        self.frame = Some(Frame {
            marker,
            dimensions,
            components,
        });
        Ok(())
    }

    fn take_scan(&mut self, body: &[u8]) -> Result<(), PictureError> {
        let frame = self.frame.as_ref().ok_or(BROKEN)?;
        self.scans += 1;
        let most = if frame.marker == 0xc2 {
            MOST_SCANS
        } else {
            frame.components.len()
        };
        let count = usize::from(*body.first().ok_or(BROKEN)?);
        if self.scans > most || count == 0 || body.len() != 4 + 2 * count {
            return Err(BROKEN);
        }
        let ids = body[1..=2 * count].iter().step_by(2);
        if ids
            .into_iter()
            .any(|id| frame.components.iter().all(|component| component[0] != *id))
        {
            return Err(BROKEN);
        }
        self.write(0xda, body);
        Ok(())
    }

    fn finish(mut self, file: &[u8]) -> Result<Jpeg, PictureError> {
        let frame = self.frame.take().ok_or(CUT)?;
        if self.scans == 0 {
            return Err(CUT);
        }
        let model = model(&frame, self.jfif, self.adobe);
        let cost = cost(&frame, self.scans);
        Ok(Jpeg {
            dimensions: frame.dimensions,
            model,
            turn: self.turn.unwrap_or(Turn::NONE),
            profile: self.profile(file),
            cost,
            one_scan: self.scans == 1 && frame.marker != 0xc2,
            clean: self.assemble(file, &frame, model),
        })
    }

    /// The profile that is spread over numbered segments, when they are all there and it isn't too large.
    fn profile(&self, file: &[u8]) -> Option<Vec<u8>> {
        let mut pieces = self.profile.clone();
        pieces.sort_by_key(|(number, ..)| *number);
        let mut profile = Vec::new();
        for (index, (number, count, range)) in pieces.iter().enumerate() {
            if usize::from(*number) != index + 1 || usize::from(*count) != pieces.len() {
                return None;
            }
            profile.extend_from_slice(&file[range.clone()]);
        }
        (!profile.is_empty() && profile.len() <= colour::LARGEST_PROFILE).then_some(profile)
    }

    fn assemble(self, file: &[u8], frame: &Frame, model: Model) -> Vec<u8> {
        let names = new_names(frame, model);
        let mut clean = Vec::with_capacity(file.len() + 64);
        clean.extend_from_slice(&[0xff, 0xd8]);
        clean.extend(header(model));
        for piece in self.pieces {
            match piece {
                Piece::Copied(range) => clean.extend_from_slice(&file[range]),
                Piece::Written(segment) if segment.is_empty() => clean.extend(frame_segment(frame, &names)),
                Piece::Written(segment) if segment[1] == 0xda => clean.extend(scan_segment(&segment, frame, &names)),
                Piece::Written(segment) => clean.extend(segment),
            }
        }
        clean.extend_from_slice(&END);
        clean
    }
}

fn written(marker: u8, body: &[u8]) -> Vec<u8> {
    // A segment's body was read out of a segment, so its length fits.
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    let mut segment = vec![0xff, marker];
    segment.extend_from_slice(&length.to_be_bytes());
    segment.extend_from_slice(body);
    segment
}

/// The rules of libjpeg, which browsers follow.
fn model(frame: &Frame, jfif: bool, adobe: Option<u8>) -> Model {
    let ids: Vec<u8> = frame.components.iter().map(|component| component[0]).collect();
    match (frame.components.len(), adobe) {
        (1, _) => Model::Grey,
        (4, Some(2)) => Model::Ycck,
        (4, _) => Model::Cmyk,
        (_, Some(0)) if !jfif => Model::Rgb,
        (_, None) if !jfif && ids == *b"RGB" => Model::Rgb,
        _ => Model::YCbCr,
    }
}

/// Output, and the coefficients when they must all be kept until the last scan.
fn cost(frame: &Frame, scans: usize) -> u64 {
    let pixels = frame.dimensions.pixels();
    let output = pixels * frame.components.len() as u64;
    if scans == 1 {
        return output;
    }
    let area = |component: &[u8; 3]| u64::from(component[1] >> 4) * u64::from(component[1] & 15);
    let largest = frame.components.iter().map(area).max().unwrap_or(1);
    let all: u64 = frame.components.iter().map(area).sum();
    output + pixels * 2 * all / largest
}

/// Component names that leave no decoder in doubt about the colour model.
fn new_names(frame: &Frame, model: Model) -> Vec<(u8, u8)> {
    let old = frame.components.iter().map(|component| component[0]);
    if model == Model::Rgb {
        return old.zip(*b"RGB").collect();
    }
    old.zip(1..).collect()
}

fn renamed(names: &[(u8, u8)], old: u8) -> u8 {
    names.iter().find(|(name, _)| *name == old).map_or(old, |(_, new)| *new)
}

/// What tells decoders the colour model: JFIF means YCbCr or grey, Adobe's segment the others.
fn header(model: Model) -> Vec<u8> {
    let transform = match model {
        Model::Grey | Model::YCbCr => return written(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        Model::Rgb | Model::Cmyk => 0,
        Model::Ycck => 2,
    };
    let mut body = b"Adobe\0\x64\0\0\0\0".to_vec();
    body.push(transform);
    written(0xee, &body)
}

fn frame_segment(frame: &Frame, names: &[(u8, u8)]) -> Vec<u8> {
    let [_, _, width @ ..] = frame.dimensions.width.to_be_bytes();
    let [_, _, height @ ..] = frame.dimensions.height.to_be_bytes();
    let mut body = vec![8, height[0], height[1], width[0], width[1]];
    body.push(u8::try_from(frame.components.len()).unwrap_or(u8::MAX));
    for [id, sampling, table] in &frame.components {
        body.extend_from_slice(&[renamed(names, *id), *sampling, *table]);
    }
    written(frame.marker, &body)
}

fn scan_segment(segment: &[u8], frame: &Frame, names: &[(u8, u8)]) -> Vec<u8> {
    let mut segment = segment.to_vec();
    let count = usize::from(segment[4]);
    for index in 0..count {
        segment[5 + 2 * index] = renamed(names, segment[5 + 2 * index]);
    }
    if frame.marker != 0xc2 {
        // Sequential scans always cover the whole block; some encoders write nonsense here.
        let end = segment.len();
        segment[end - 3..].copy_from_slice(&[0, 63, 0]);
    }
    segment
}

/// Whether a segment is Huffman tables from end to end.
fn is_huffman_tables(mut body: &[u8]) -> bool {
    while let [kind, rest @ ..] = body {
        let Some((counts, values)) = rest.split_at_checked(16) else {
            return false;
        };
        let count: usize = counts.iter().map(|&count| usize::from(count)).sum();
        if kind >> 4 > 1 || kind & 15 > 3 || count > 256 || count > values.len() {
            return false;
        }
        body = &values[count..];
    }
    true
}

/// Whether a segment is quantisation tables from end to end.
fn is_quantisation_tables(mut body: &[u8]) -> bool {
    while let [kind, rest @ ..] = body {
        let size = 64 * (1 + usize::from(kind >> 4));
        if kind >> 4 > 1 || kind & 15 > 3 || size > rest.len() {
            return false;
        }
        body = &rest[size..];
    }
    true
}
