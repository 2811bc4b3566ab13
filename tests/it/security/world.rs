//! A session and everybody who could come to it: the owner, those with links, those whose links ended, strangers.

use reqwest::{
    Method, RequestBuilder, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use super::kit::cookie_of;
use crate::house::{House, Person, fresh_id, photo};

/// Who comes, in the order of the table's columns.
pub const PEOPLE: [&str; 7] = ["owner", "edit", "view", "other", "revoked", "expired", "none"];

/// How they say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Cookie,
    Bearer,
}

/// A session, what is in it, and the people.
pub struct World {
    pub session: String,
    pub version: String,
    /// A turn that failed, so that it can be cancelled and tried again.
    pub turn: String,
    /// A drawn region.
    pub region: String,
    /// A comment of the owner's.
    pub comment: String,
    /// A link that nobody uses.
    pub spare: String,
    /// The owner's own token.
    pub edit_token: String,
    /// In the order of [`PEOPLE`], each with the token of their link.
    pub people: Vec<(Person, String)>,
}

impl World {
    pub async fn new(house: &House, by: By) -> Self {
        let (owner, session, version, edit_token) = begin(house).await;
        let (other, _, _, other_token) = begin(house).await;
        let own = house.bearer(&edit_token);
        let view = Link::make(house, &own, &session, "view", 30).await;
        let edit = Link::make(house, &own, &session, "edit", 30).await;
        let revoked = Link::make(house, &own, &session, "edit", 30).await;
        let expired = Link::make(house, &own, &session, "edit", 1).await;
        let spare = Link::make(house, &own, &session, "view", 30).await;
        let gone = own
            .ask(
                Method::DELETE,
                &format!("/api/v1/sessions/{session}/shares/{}", revoked.id),
            )
            .send()
            .await;
        assert_eq!(gone.expect("an answer").status(), StatusCode::NO_CONTENT);
        let failed = own.turn(&session, "put a rabbit on its head").await;
        assert_eq!(failed["state"], "failed");
        let mask = Form::new().part("mask", Part::bytes(photo(12, 8)).file_name("mask.png"));
        let drawn = own
            .ask(Method::POST, &format!("/api/v1/sessions/{session}/regions"))
            .multipart(mask);
        let drawn: Value = drawn.send().await.expect("an answer").json().await.expect("JSON");
        let comments = format!("/api/v1/sessions/{session}/versions/{version}/comments");
        let said = own.post(&comments, &json!({"text": "Lovely."})).await;
        let said: Value = said.json().await.expect("JSON");
        house.app.clock.advance(25 * 60 * 60 * 1000);

        let bearer = |token: &str| house.bearer(token);
        let mut people = match by {
            By::Cookie => vec![owner, edit.guest, view.guest, other, revoked.guest, expired.guest],
            By::Bearer => vec![
                bearer(&edit_token),
                bearer(&edit.token),
                bearer(&view.token),
                bearer(&other_token),
                bearer(&revoked.token),
                bearer(&expired.token),
            ],
        };
        people.push(house.visitor());
        if by == By::Cookie {
            // A visit is noted once an hour: here, so that a test sees only what it does itself.
            for person in &people {
                person.get("/").await;
            }
        }
        let links = [
            &view.token,
            &edit.token,
            &view.token,
            &view.token,
            &revoked.token,
            &expired.token,
            &view.token,
        ];
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Self {
            session,
            version,
            turn: text(&failed["id"]),
            region: text(&drawn["id"]),
            comment: text(&said["comment"]["id"]),
            spare: spare.id,
            edit_token,
            people: people.into_iter().zip(links.map(Clone::clone)).collect(),
        }
    }

    /// The route's path with this world's ids in it.
    pub fn path(&self, route: &str, link: &str) -> String {
        let stylesheet = format!("{}/css/app.css", plantain::web::assets::base());
        let hash = stylesheet.split('/').nth(2).expect("a hash").to_owned();
        route
            .replace("{session}", &self.session)
            .replace("{version}", &self.version)
            .replace("{turn}", &self.turn)
            .replace("{share}", &self.spare)
            .replace("{region}", &self.region)
            .replace("{comment}", &self.comment)
            .replace("{preset}", &self.spare)
            .replace("{token}", link)
            .replace("{size}", "320")
            .replace("{name}", "harbour.webp")
            .replace("{hash}", &hash)
            .replace("{*path}", "css/app.css")
    }

    /// A request to the route with a body that the route takes.
    pub fn request(&self, person: &Person, method: &Method, route: &str, link: &str) -> RequestBuilder {
        let request = person.ask(method.clone(), &self.path(route, link));
        if *method == Method::GET || *method == Method::HEAD {
            return request;
        }
        match self.body(route, method) {
            Body::Nothing => request,
            Body::Json(body) => request.json(&body),
            Body::Fields(fields) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(fields),
            Body::Picture => {
                let part = Part::bytes(photo(8, 6)).file_name("photo.png");
                request.multipart(Form::new().part("picture", part))
            }
            Body::Mask => {
                let part = Part::bytes(photo(12, 8)).file_name("mask.png");
                request.multipart(Form::new().part("mask", part))
            }
        }
    }

    fn body(&self, route: &str, method: &Method) -> Body {
        let turn = || format!("instruction=make+it+warmer&client_id={}", fresh_id());
        if route.ends_with("/regions") || route.ends_with("/refine") {
            return Body::Mask;
        }
        match route.strip_prefix("/api/v1") {
            Some("/sessions" | "/sessions/{session}/pictures" | "/verify") => Body::Picture,
            Some("/sessions/{session}/turns") => {
                Body::Json(json!({"instruction": "make it warmer", "client_id": fresh_id()}))
            }
            Some("/sessions/{session}/versions/{version}/comments") => Body::Json(json!({"text": "Lovely."})),
            Some("/sessions/{session}/shares") => Body::Json(json!({"access": "view"})),
            Some("/sessions/{session}/versions/{version}") => Body::Json(json!({"starred": true})),
            Some("/sessions/{session}") if *method == Method::PATCH => Body::Json(json!({"head": self.version})),
            Some(_) => Body::Nothing,
            None => match route {
                "/name" => Body::Fields("name=Ana".into()),
                "/sign-in" => Body::Fields("password=none".into()),
                "/sessions" | "/s/{session}/pictures" | "/verify" => Body::Picture,
                "/sessions/example" => Body::Fields("example=harbour".into()),
                "/sessions/canvas" => Body::Fields("ratio=4:3".into()),
                "/gallery/zip" => Body::Fields(format!("pick={}.{}", self.session, self.version)),
                "/gallery/reference" => Body::Fields(format!("to={0}&pick={0}.{1}", self.session, self.version)),
                "/gallery/delete" => Body::Fields(format!("sure=1&session={}", self.session)),
                "/presets" => Body::Fields("name=Ours&text=make+it+warmer".into()),
                "/presets/import" => Body::Fields("json={\"kind\":\"plantain+presets+1\",\"presets\":[]}".into()),
                "/s/{session}/head" => Body::Fields(format!("version={}", self.version)),
                "/s/{session}/squash" => Body::Fields(format!("version={}&client_id={}", self.version, fresh_id())),
                "/s/{session}/rename" => Body::Fields("title=Dusk".into()),
                "/s/{session}/turns" => Body::Fields(turn()),
                "/s/{session}/versions/{version}/comments" => Body::Fields("text=Lovely.".into()),
                "/s/{session}/shares" => Body::Fields("access=view".into()),
                _ => Body::Fields(String::new()),
            },
        }
    }
}

enum Body {
    Nothing,
    Json(Value),
    Fields(String),
    Picture,
    /// In the shape of the world's picture.
    Mask,
}

/// A browser that begins a session: it, the session, its version, its token.
async fn begin(house: &House) -> (Person, String, String, String) {
    let mut person = house.visitor();
    let answer = person.send_picture("/api/v1/sessions", "photo.png", photo(12, 8)).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    person.cookie = cookie_of(&answer);
    assert!(person.cookie.is_some());
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (
        person,
        text(&body["session"]["id"]),
        text(&body["session"]["head"]),
        text(&body["edit_token"]),
    )
}

/// A link, and a browser that followed it.
pub struct Link {
    pub id: String,
    pub token: String,
    pub url: String,
    pub guest: Person,
}

impl Link {
    pub async fn make(house: &House, owner: &Person, session: &str, access: &str, days: u8) -> Self {
        let path = format!("/api/v1/sessions/{session}/shares");
        let answer = owner
            .post(&path, &json!({"access": access, "expires_in_days": days}))
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let body: Value = answer.json().await.expect("JSON");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let url = text(&body["url"]);
        let mut guest = house.visitor();
        let (status, _) = guest.follow(&url).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        Self {
            id: text(&body["share"]["id"]),
            token: text(&body["token"]),
            url,
            guest,
        }
    }
}
