//! The calls to a ComfyUI server: upload, queue, look, fetch, stop.
//!
//! Rule: names and ids come back from the server and are used as it wrote them, always as parts of an address and never
//! as an address; what it says about a fault is plain text. Called by [`super::ComfyUi`].

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    backends::{
        BackendError, Watch,
        http::{self, Answer, Body, Busy, Call, Form, HeaderMap, Outbound, StatusCode, Url, plain_text},
        wire::{BODY_BYTES, SENTENCE_CHARS, bad_answer, misconfigured, unreadable},
    },
    blobs::Outgoing,
    config::Secret,
};

/// A file as the server names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    /// Its name.
    #[serde(alias = "name")]
    pub filename: String,
    #[serde(default)]
    subfolder: String,
    #[serde(rename = "type", default)]
    folder: String,
}

/// How a run stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Run {
    /// It waits or works.
    Open,
    /// It has ended well; the files of its output node.
    Done(Vec<File>),
    /// It has ended badly; what is told to a person.
    Failed(String),
}

/// One server. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    base: Url,
    /// Where its address comes from, for the operator.
    setting: String,
    outbound: Outbound,
}

impl Server {
    pub const fn new(base: Url, setting: String, outbound: Outbound) -> Self {
        Self {
            base,
            setting,
            outbound,
        }
    }

    /// Opens its line for `client`, if it gives one.
    pub async fn listen(&self, client: &str) -> Option<http::Socket> {
        let mut url = http::below(&self.base, &["ws"]);
        url.query_pairs_mut().append_pair("clientId", client);
        self.outbound.listen(url).await
    }

    /// Uploads a picture; what the workflow calls it.
    pub async fn upload(
        &self,
        name: &str,
        picture: &Outgoing,
        until: Instant,
        watch: &Watch,
    ) -> Result<String, BackendError> {
        let form = Form::with_room(picture.bytes.len() + 1024)
            .text("type", "input")
            .text("overwrite", "true")
            .picture("image", name, picture)
            .finish();
        let answer = self.post(&["upload", "image"], form, until, watch).await?;
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, "it did not take the picture"));
        }
        let file: File = read(&answer)?;
        Ok(if file.subfolder.is_empty() {
            file.filename
        } else {
            format!("{}/{}", file.subfolder, file.filename)
        })
    }

    /// Queues a filled workflow under an id of ours; the id it got.
    pub async fn queue(
        &self,
        graph: &Value,
        client: &str,
        id: &str,
        until: Instant,
        watch: &Watch,
    ) -> Result<String, BackendError> {
        let body = json!({"prompt": graph, "client_id": client, "prompt_id": id});
        let answer = self
            .post(&["prompt"], Body::json(body.to_string()), until, watch)
            .await?;
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, "it did not take the workflow"));
        }
        let told: Value = read(&answer)?;
        Ok(told["prompt_id"].as_str().unwrap_or(id).to_owned())
    }

    /// How the run of this id stands; `output` is the node with the result.
    pub async fn look(&self, id: &str, output: &str, until: Instant, watch: &Watch) -> Result<Run, BackendError> {
        let answer = self
            .get(http::below(&self.base, &["history", id]), until, watch)
            .await?;
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, "it does not say how the run stands"));
        }
        let told: Value = read(&answer)?;
        match &told[id] {
            Value::Null => Ok(Run::Open),
            run => run_of(run, output),
        }
    }

    /// Whether the run of this id waits or works.
    pub async fn has_queued(&self, id: &str, until: Instant, watch: &Watch) -> Result<bool, BackendError> {
        let told = self.told_queue(until, watch).await?;
        let mut entries = ["queue_running", "queue_pending"]
            .into_iter()
            .flat_map(|list| told[list].as_array().into_iter().flatten());
        Ok(entries.any(|entry| entry[1] == id))
    }

    async fn told_queue(&self, until: Instant, watch: &Watch) -> Result<Value, BackendError> {
        let answer = self.get(http::below(&self.base, &["queue"]), until, watch).await?;
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, "it does not say what waits"));
        }
        read(&answer)
    }

    /// The bytes of a file.
    pub async fn fetch(&self, file: &File, until: Instant, watch: &Watch) -> Result<bytes::Bytes, BackendError> {
        let mut url = http::below(&self.base, &["view"]);
        url.query_pairs_mut()
            .append_pair("filename", &file.filename)
            .append_pair("subfolder", &file.subfolder)
            .append_pair("type", &file.folder);
        let answer = self.get(url, until, watch).await?;
        if answer.status == StatusCode::OK {
            Ok(answer.body)
        } else {
            Err(bad_answer(format!("its picture answers {}", answer.status.as_u16())))
        }
    }

    /// Takes a run off the queue and interrupts it where it works. Whether that worked nobody can do anything about.
    /// Older servers give runs ids of their own and interrupt whatever works, so ours are known by their client too, and
    /// nothing is interrupted while somebody else's run works.
    pub async fn stop(&self, id: &str, client: &str, until: Instant, watch: &Watch) {
        let Ok(told) = self.told_queue(until, watch).await else {
            return;
        };
        let waiting = ours(&told["queue_pending"], id, client);
        let waiting: Vec<&str> = waiting.into_iter().chain([id]).collect();
        let waiting = Body::json(json!({"delete": waiting}).to_string());
        let _ = self.post(&["queue"], waiting, until, watch).await;
        // Looked at again: meanwhile it may have begun, or ended and made way for somebody else's.
        let Ok(told) = self.told_queue(until, watch).await else {
            return;
        };
        if let Some(running) = ours(&told["queue_running"], id, client).first() {
            let running = Body::json(json!({"prompt_id": running}).to_string());
            let _ = self.post(&["interrupt"], running, until, watch).await;
        }
    }

    /// Forgets a finished run. (The files stay; the server has no way to delete them.)
    pub async fn forget(&self, id: &str, until: Instant, watch: &Watch) {
        let body = Body::json(json!({"delete": [id]}).to_string());
        let _ = self.post(&["history"], body, until, watch).await;
    }

    /// Whether it knows a class of nodes.
    pub async fn knows(&self, class: &str, until: Instant, watch: &Watch) -> Result<bool, BackendError> {
        let answer = self
            .get(http::below(&self.base, &["object_info", class]), until, watch)
            .await?;
        if answer.status != StatusCode::OK {
            return Err(self.refused(&answer, "it does not say what it knows"));
        }
        let told: Value = read(&answer)?;
        Ok(told.get(class).is_some())
    }

    async fn post(&self, path: &[&str], body: Body, until: Instant, watch: &Watch) -> Result<Answer, BackendError> {
        self.call(http::below(&self.base, path), Some(body), until, watch).await
    }

    async fn get(&self, url: Url, until: Instant, watch: &Watch) -> Result<Answer, BackendError> {
        self.call(url, None, until, watch).await
    }

    async fn call(&self, url: Url, body: Option<Body>, until: Instant, watch: &Watch) -> Result<Answer, BackendError> {
        let call = Call {
            url,
            headers: HeaderMap::new(),
            body,
            until,
        };
        // A server behind a proxy may be starting.
        let busy = |answer: &Answer| (answer.status == StatusCode::SERVICE_UNAVAILABLE).then_some(Busy { wait: None });
        self.outbound.send(&call, watch, busy).await
    }

    /// A refusal in words: the address is wrong, the server is down, or the workflow is.
    fn refused(&self, answer: &Answer, what: &str) -> BackendError {
        let url = &self.setting;
        let body = Some(&answer.body).filter(|body| body.len() <= BODY_BYTES);
        let told: Value = body
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_default();
        let status = answer.status.as_u16();
        match status {
            400 if !told["error"].is_null() => misconfigured(format!("{what}: {}", why(&told))),
            401 | 403 => misconfigured(format!(
                "its address answers {status}; something in front of it wants a password. Check {url}."
            )),
            413 => crate::backends::wire::declined("The picture is too large for this server."),
            408 | 504 => BackendError::TimedOut,
            500.. => BackendError::Unavailable { retry_after: None },
            _ => misconfigured(format!("its address answers {status}; check {url}.")),
        }
    }
}

/// The ids of those runs of a list that are ours: `[number, id, graph, {"client_id": …}, …]` each.
fn ours<'a>(list: &'a Value, id: &str, client: &str) -> Vec<&'a str> {
    let entries = list.as_array().into_iter().flatten();
    entries
        .filter(|entry| entry[1] == id || entry[3]["client_id"] == client)
        .filter_map(|entry| entry[1].as_str())
        .collect()
}

/// What a run's history says.
fn run_of(run: &Value, output: &str) -> Result<Run, BackendError> {
    let status = &run["status"];
    let mut messages = status["messages"].as_array().into_iter().flatten();
    let fault = messages.find_map(|message| match message[0].as_str()? {
        "execution_error" => Some(fault(&message[1])),
        "execution_interrupted" => Some("Somebody stopped it at the server.".to_owned()),
        _ => None,
    });
    if let Some(fault) = fault {
        return Ok(Run::Failed(fault));
    }
    if status["status_str"] == "error" {
        return Ok(Run::Failed("The server does not say why.".to_owned()));
    }
    let images = &run["outputs"][output]["images"];
    let files: Vec<File> = match images.as_array() {
        Some(images) => images
            .iter()
            .take(16)
            .map(File::deserialize)
            .collect::<Result<_, _>>()
            .map_err(|_| bad_answer("its output is not a list of files"))?,
        None if status["completed"] == true => Vec::new(),
        None => return Ok(Run::Open),
    };
    Ok(Run::Done(files))
}

/// Which node failed, and what it said.
pub fn fault(told: &Value) -> String {
    let text = |name: &str| told[name].as_str().unwrap_or_default().trim();
    plain(&format!("{}: {}", text("node_type"), text("exception_message")))
}

/// The server's words about a workflow: the first node's complaint, else the error itself.
fn why(told: &Value) -> String {
    let nodes = told["node_errors"].as_object().into_iter().flatten();
    let complaint = nodes
        .map(|(id, node)| {
            let error = &node["errors"][0];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            format!(
                "node {id} ({}): {} {}",
                text(&node["class_type"]),
                text(&error["message"]),
                text(&error["details"])
            )
        })
        .next();
    let own = || {
        let error = &told["error"];
        error["message"]
            .as_str()
            .or_else(|| error.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    plain(&complaint.unwrap_or_else(own))
}

fn plain(text: &str) -> String {
    plain_text(text, &Secret::new(String::new()), SENTENCE_CHARS).unwrap_or_default()
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, BackendError> {
    serde_json::from_slice(&answer.body).map_err(|error| unreadable(&error, &answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_ours_by_its_id_or_by_its_client() {
        let list = json!([
            [0, "theirs", {}, {"client_id": "them"}, ["9"]],
            [1, "an-id-of-the-servers", {}, {"client_id": "us"}, ["9"]],
            [2, "ours", {}, {}, ["9"]],
            "odd",
        ]);
        assert_eq!(ours(&list, "ours", "us"), ["an-id-of-the-servers", "ours"]);
        assert!(ours(&Value::Null, "ours", "us").is_empty());
    }
}
