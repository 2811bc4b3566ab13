//! Who asks, and what they may do.
//!
//! Rule: every handler that touches a session goes through [`Visit::enter`], which asks the one `authorize`. A bearer
//! token stands alone: the cookie beside it counts for nothing.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};

use super::{
    error::{RequestId, WebError},
    languages::told,
    views::{Mode, NetsLine, Site},
};
use crate::{
    app::App,
    domain::{
        access::{Action, Standing, authorize},
        ids::{SessionId, VisitorId},
        session::{Owner, Session},
        token::{Token, TokenHash},
        turn::Author,
        visitor::Visitor,
    },
    random,
};

/// A visitor is noted as seen at most this often.
const BETWEEN_NOTES_MS: i64 = 60 * 60 * 1000;
/// How long a browser keeps the cookie: 400 days, the most that browsers allow.
const COOKIE_AGE_S: u32 = 400 * 24 * 60 * 60;

/// Who asks.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The browser, by its cookie.
    pub visitor: Option<Visitor>,
    /// The token in the `Authorization` header, hashed.
    pub bearer: Option<TokenHash>,
    /// Where the request comes from.
    pub address: IpAddr,
    /// What the request is called in logs.
    pub request_id: String,
}

/// A session that the visitor may use as they asked.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The session.
    pub session: Session,
    /// What the visitor is to it.
    pub standing: Standing,
}

impl FromRequestParts<App> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
        let address = app
            .config
            .trusted_proxies
            .as_ref()
            .map_or(peer, |proxies| proxies.visitor(peer, &parts.headers));
        let request_id = parts
            .extensions
            .get::<RequestId>()
            .map_or_else(String::new, |id| id.0.clone());
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("Bearer "))
                .and_then(|text| Token::parse(text.trim()));
            // What can't be a token opens nothing, like any wrong one.
            let bearer = Some(token.map_or_else(|| Token::from_bits([0; 32]).hash(), |token| token.hash()));
            return Ok(Self {
                visitor: None,
                bearer,
                address,
                request_id,
            });
        }
        let visitor = match cookie(app, &parts.headers) {
            Some(token) => app.store.visitor(token.hash(), app.clock.now()).await?,
            None => None,
        };
        if let Some(visitor) = &visitor
            && app.clock.now().millis_since(visitor.last_seen_at) > BETWEEN_NOTES_MS
        {
            // A disk that is full must not keep anybody from looking.
            if let Err(error) = app.store.touch_visitor(visitor.id, app.clock.now()).await {
                tracing::warn!(%error, "a visit could not be noted");
            }
        }
        Ok(Self {
            visitor,
            bearer: None,
            address,
            request_id,
        })
    }
}

impl Visit {
    /// The session, if they may do `action` with it.
    ///
    /// # Errors
    /// Not found for strangers and for sessions in the trash, forbidden for those who may only look.
    pub async fn enter(&self, app: &App, session: &str, action: Action) -> Result<Entered, WebError> {
        let entered = self.enter_anywhere(app, session, action).await?;
        if entered.session.deleted_at.is_some() {
            Err(WebError::not_found())
        } else {
            Ok(entered)
        }
    }

    /// The same for a session that may be in the trash.
    ///
    /// # Errors
    /// As [`Visit::enter`].
    pub async fn enter_anywhere(&self, app: &App, session: &str, action: Action) -> Result<Entered, WebError> {
        let id: SessionId = parse(session)?;
        let standing = self.standing(app, id).await?;
        if standing == Standing::Stranger && self.bearer.is_some() {
            app.throttle.miss(self.address, app.clock.now())?;
        }
        authorize(standing, action)?;
        let session = app.store.session(id).await?.ok_or_else(WebError::not_found)?;
        Ok(Entered { session, standing })
    }

    /// What they are to a session.
    ///
    /// # Errors
    /// When guessing is throttled or the store fails.
    pub async fn standing(&self, app: &App, session: SessionId) -> Result<Standing, WebError> {
        let now = app.clock.now();
        match (&self.bearer, &self.visitor) {
            (Some(token), _) => {
                app.throttle.check(self.address, now)?;
                Ok(app.store.standing_of_token(session, *token, now).await?)
            }
            (None, Some(visitor)) => Ok(app
                .store
                .standing_of_visitor(session, visitor.id, visitor.member, now)
                .await?),
            (None, None) => Ok(Standing::Stranger),
        }
    }

    /// Whether they may begin sessions: everybody in open mode, the team in password mode. Asked before a picture is read.
    ///
    /// # Errors
    /// Sign in first.
    pub fn may_begin(&self, app: &App) -> Result<(), WebError> {
        let is_member = self.visitor.as_ref().is_some_and(|visitor| visitor.member);
        if app.password.is_none() || is_member {
            Ok(())
        } else {
            Err(WebError::sign_in())
        }
    }

    /// Who owns what they begin. In open mode a browser that comes for the first time becomes a visitor; the cookie for
    /// it is returned. Asked when the picture is accepted, so that a refusal leaves no visitor behind.
    ///
    /// # Errors
    /// Sign in first, in password mode.
    pub async fn as_owner(&mut self, app: &App) -> Result<(Owner, Option<HeaderValue>), WebError> {
        self.may_begin(app)?;
        if app.password.is_some() {
            return Ok((Owner::Team, None));
        }
        let (visitor, cookie) = self.as_visitor(app).await?;
        Ok((Owner::Visitor(visitor), cookie))
    }

    /// Their visitor; a new one with its cookie when they come for the first time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn as_visitor(&mut self, app: &App) -> Result<(VisitorId, Option<HeaderValue>), WebError> {
        if let Some(visitor) = &self.visitor {
            return Ok((visitor.id, None));
        }
        let (visitor, cookie) = new_visitor(app, false).await?;
        let id = visitor.id;
        self.visitor = Some(visitor);
        Ok((id, Some(cookie)))
    }

    /// Their name for what they do in a session: chosen, "Guest 2", or "API" for a bare token.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn author(&self, app: &App, session: SessionId) -> Result<Author, WebError> {
        let Some(visitor) = &self.visitor else {
            return Ok(Author {
                visitor: None,
                name: "API".to_owned(),
            });
        };
        let name = match &visitor.name {
            Some(name) => name.to_string(),
            None => format!("Guest {}", app.store.guest_number(session, visitor.id).await?),
        };
        Ok(Author {
            visitor: Some(visitor.id),
            name,
        })
    }

    /// What the event streams of one client are counted by.
    #[must_use]
    pub fn client(&self) -> String {
        self.visitor
            .as_ref()
            .map_or_else(|| self.address.to_string(), |visitor| visitor.id.to_string())
    }

    /// What every page says about the server and who looks at it.
    #[must_use]
    pub fn site(&self, app: &App) -> Site {
        Site {
            visitor_name: self
                .visitor
                .as_ref()
                .and_then(|visitor| visitor.name.as_ref())
                .map(ToString::to_string),
            signed_in: self.visitor.as_ref().is_some_and(|visitor| visitor.member),
            ..site_for_errors(app)
        }
    }
}

/// The frame of a page about nobody in particular.
#[must_use]
pub fn site_for_errors(app: &App) -> Site {
    Site {
        visitor_name: None,
        mode: if app.password.is_some() {
            Mode::Password
        } else {
            Mode::Open
        },
        signed_in: false,
        exposed_open: app.config.is_exposed(),
        now: app.clock.now(),
        engine_only: app.registry.infos().len() == 1,
        nets: nets_line(app),
    }
}

/// What is to be said of the built-in engine's nets right now.
#[must_use]
pub fn nets_line(app: &App) -> NetsLine {
    let line = app.models.line();
    line.map_or_else(NetsLine::default, |line| NetsLine {
        is_going: line.is_going,
        words: told(&line.words).into_owned(),
        more: line.more,
    })
}

/// A new visitor and the cookie that makes a browser them.
///
/// # Errors
/// When the store fails.
pub async fn new_visitor(app: &App, member: bool) -> Result<(Visitor, HeaderValue), WebError> {
    let now = app.clock.now();
    let visitor = Visitor {
        id: VisitorId::new(random::uuid(now)),
        name: None,
        member,
        created_at: now,
        last_seen_at: now,
    };
    let token = random::token();
    app.store.insert_visitor(&visitor, token.hash()).await?;
    Ok((visitor, set_cookie(app, token.expose(), COOKIE_AGE_S)?))
}

/// The header that takes the cookie away.
///
/// # Errors
/// Never in practice.
pub fn clear_cookie(app: &App) -> Result<HeaderValue, WebError> {
    set_cookie(app, "", 0)
}

fn set_cookie(app: &App, value: &str, age_s: u32) -> Result<HeaderValue, WebError> {
    let secure = if is_https(app) { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}",
        cookie_name(app)
    );
    let mut header = HeaderValue::from_str(&cookie).map_err(WebError::internal)?;
    header.set_sensitive(true);
    Ok(header)
}

fn cookie_name(app: &App) -> &'static str {
    if is_https(app) { "__Host-plantain" } else { "plantain" }
}

fn is_https(app: &App) -> bool {
    app.config.public_url.as_ref().is_some_and(|url| url.is_https())
}

fn cookie(app: &App, headers: &HeaderMap) -> Option<Token> {
    let name = cookie_name(app);
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| Token::parse(value))?
    })
}

/// An id from a path; what isn't one names nothing.
///
/// # Errors
/// Not found.
pub fn parse<T: FromStr>(text: &str) -> Result<T, WebError> {
    text.parse().map_err(|_| WebError::not_found())
}

/// A `Set-Cookie` header, if there is a cookie to set.
#[must_use]
pub fn cookie_header(cookie: Option<HeaderValue>) -> [(HeaderName, HeaderValue); 1] {
    cookie.map_or_else(
        || [(HeaderName::from_static("vary"), HeaderValue::from_static("cookie"))],
        |cookie| [(header::SET_COOKIE, cookie)],
    )
}
