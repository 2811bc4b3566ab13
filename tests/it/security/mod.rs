//! The promises of the threat model, each over real HTTP and by its name.
//!
//! Read `routes` first: the table of every route and who may use it, which `headers` and `cross_site` walk over too.

mod cookies;
mod cross_site;
mod fuzz;
mod headers;
pub mod kit;
mod limits;
mod links;
mod markup;
mod routes;
mod secrets;
mod sign_in;
mod slow;
pub mod world;
