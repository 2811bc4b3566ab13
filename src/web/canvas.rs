//! An empty canvas: how a session begins with words instead of a picture.
//!
//! Rule: it is white, about a megapixel, in a shape that was chosen, and passes the gate like any picture. Used by `home` and
//! the JSON interface.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};

use super::{
    error::WebError,
    fields::Fields,
    home,
    visit::{Visit, cookie_header},
};
use crate::{
    app::App,
    blobs::{Layout, Pixels, SPACE_FLOOR, Samples, VerifiedImage},
    domain::{
        ids::{ClientId, SessionId, VisitorId},
        instruction::Instruction,
        options::{Options, Ratio},
        picture::Dimensions,
        session::{Title, one_line},
    },
    random,
    turns::Submission,
};

/// The shapes that the page offers.
pub const RATIOS: [&str; 7] = ["1:1", "4:3", "3:2", "16:9", "3:4", "2:3", "9:16"];

/// About so many pixels.
const PIXELS: f64 = 1024.0 * 1024.0;
/// No canvas is longer, as a multiple of its shorter side.
const LONGEST: f64 = 8.0;
/// The most characters of the words that a session is called after.
const TITLE_CHARS: usize = 60;

/// A white canvas of this shape.
///
/// # Errors
/// When the shape is too long, the disk full or the gate busy.
pub async fn draw(app: &App, ratio: Ratio) -> Result<VerifiedImage, WebError> {
    if !app.blobs.check_space(SPACE_FLOOR)? {
        return Err(WebError::no_space());
    }
    let value = ratio.value();
    if !(1.0 / LONGEST..=LONGEST).contains(&value) {
        return Err(WebError::invalid(
            "canvas",
            "A canvas is at most eight times as long as it is wide.",
        ));
    }
    let dimensions = Dimensions {
        width: sixteens((PIXELS * value).sqrt()),
        height: sixteens((PIXELS / value).sqrt()),
    };
    let samples = usize::try_from(dimensions.pixels() * 3).map_err(WebError::internal)?;
    let white = Pixels {
        dimensions,
        layout: Layout::Rgb,
        samples: Samples::Eight(vec![255; samples]),
    };
    let raw = app.blobs.encode_png(white).await?;
    Ok(app.blobs.inspect(raw).await?)
}

/// `POST /sessions/canvas`: a canvas begins a session, and the words, if there are any, its first turn. The same form sent
/// twice by one visitor begins one session.
///
/// # Errors
/// In words about the shape or the instruction.
pub async fn begin(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    visit.may_begin(&app)?;
    let ratio = fields.get("ratio").unwrap_or_default().parse::<Ratio>();
    let ratio = ratio.map_err(|error| WebError::invalid("ratio", error.to_string()))?;
    let words = fields.get("instruction").filter(|words| !words.trim().is_empty());
    let instruction = words
        .map(Instruction::parse)
        .transpose()
        .map_err(|error| WebError::invalid("instruction", error.to_string()))?;
    let canvas = draw(&app, ratio).await?;
    let title = title(words.unwrap_or_default())?;
    let (owner, cookie) = visit.as_owner(&app).await?;
    let visitor = visit.visitor.as_ref().map(|visitor| visitor.id);
    let client_id = match fields.get("client_id").filter(|id| !id.is_empty()) {
        Some(id) => id
            .parse()
            .map_err(|_| WebError::invalid("client_id", "That is not an id."))?,
        None => ClientId::new(random::uuid(app.clock.now())),
    };
    let mut id = session_of(visitor, client_id, [fields.get("ratio"), words]);
    match app.store.session(id).await? {
        Some(there) if there.deleted_at.is_none() => return Ok(home::begun_answer(id, &headers, cookie)),
        // They threw it away and want it again.
        Some(_) => id = SessionId::new(random::uuid(app.clock.now())),
        None => {}
    }
    let begun = match app.turns.begin_on_canvas(id, owner, visitor, title, canvas).await {
        Ok(begun) => begun,
        // The same form at the same moment was faster.
        Err(_) if app.store.session(id).await?.is_some() => return Ok(home::begun_answer(id, &headers, cookie)),
        Err(error) => return Err(error.into()),
    };
    if let Some(instruction) = instruction {
        let session = begun.session.id;
        let submission = Submission {
            session,
            client_id,
            base: begun.version.id,
            references: Vec::new(),
            instruction,
            region: None,
            options: Options::default(),
            backend: maker(&app),
            author: visit.author(&app, session).await?,
        };
        if let Err(error) = app.turns.submit(submission).await {
            // The canvas is there, and so is the composer: it says the same when the words are sent again.
            let error = WebError::from(error);
            return Ok((error.status, cookie_header(cookie), error).into_response());
        }
    }
    Ok(home::begun_answer(id, &headers, cookie))
}

/// The session that a form begins: the same for the same form of the same visitor, and another one for other words.
fn session_of(visitor: Option<VisitorId>, client_id: ClientId, said: [Option<&str>; 2]) -> SessionId {
    let mut hash = Sha256::new_with_prefix("canvas");
    hash.update(visitor.map(|visitor| visitor.to_string()).unwrap_or_default());
    hash.update(client_id.to_string());
    for text in said {
        hash.update(text.unwrap_or_default());
        hash.update([0]);
    }
    let bits: [u8; 32] = hash.finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&bits[..16]);
    SessionId::new(uuid::Builder::from_custom_bytes(first).into_uuid())
}

/// The first backend that makes pictures of words; none of them: the default, which says why not.
fn maker(app: &App) -> Option<String> {
    let infos = app.registry.infos();
    let maker = infos.iter().find(|info| info.offers.from_words);
    maker.map(|info| info.name.clone())
}

/// What a session is called after its first words.
///
/// # Errors
/// None that can happen: the words were made one line.
pub fn title(words: &str) -> Result<Title, WebError> {
    let line: String = one_line(words).chars().take(TITLE_CHARS).collect();
    Title::parse(&line)
        .or_else(|_| Title::parse("New picture"))
        .map_err(WebError::internal)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most eight times as long as wide"
)]
fn sixteens(length: f64) -> u32 {
    ((length / 16.0).round() as u32).max(1) * 16
}
