//! The addresses of the service. The table below is the whole of them; `openapi.json` says the same with every shape, and a test
//! holds the two together.

mod audit;
mod awards;
mod badges;
mod batches;
mod evaluations;
mod issuer;
mod log;
pub(crate) mod operation;
mod published;
mod tokens;

use actix_web::body::BoxBody;
use actix_web::dev::{ResourceDef, ServiceRequest};
use actix_web::middleware::{Next, from_fn};
use actix_web::{HttpRequest, guard, web};
use badge_schemas::problem::{Code, Problem};

use crate::access::Role;
use crate::app::{App, Process, admit, count};
use crate::problem::HttpProblem;

/// Who may use an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever holds a token with one of these roles.
    Roles(&'static [Role]),
    /// Everyone.
    Everyone,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET` (which stands for `HEAD` too), `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub audience: Audience,
}

macro_rules! audience {
    (Everyone) => { Audience::Everyone };
    ($($role:ident)+) => { Audience::Roles(&[$(Role::$role),+]) };
}

/// A line that does not say for whom it is, or names a role that there is not, does not compile.
macro_rules! routes {
    ($([$($audience:ident)+] $method:ident $path:literal => $handler:path;)*) => {
        /// Every address of the service.
        pub const TABLE: &[Route] = &[$(
            Route { method: stringify!($method), path: $path, audience: audience!($($audience)+) },
        )*];

        /// Puts every line of the table into the service.
        pub fn configure(service: &mut web::ServiceConfig) {
            $(
                let route = method(stringify!($method)).to($handler);
                let route = match audience!($($audience)+) {
                    Audience::Roles(roles) => route.wrap(from_fn(
                        move |request: ServiceRequest, next: Next<BoxBody>| admit(roles, request, next),
                    )),
                    Audience::Everyone => route.wrap(from_fn(count)),
                };
                service.route($path, route);
            )*
            service.default_service(web::to(nowhere));
        }
    };
}

routes! {
    // Badges and awards, for those who make them.
    [Administrator BadgeDesigner]                 POST   "/api/badges"                     => badges::define;
    [Administrator BadgeDesigner Awarder Auditor] GET    "/api/badges"                     => badges::list;
    [Administrator BadgeDesigner]                 PUT    "/api/badges/{id}"                => badges::replace;
    [Administrator Awarder]                       POST   "/api/badges/{id}/awards"         => awards::award;
    [Administrator Awarder Auditor]               GET    "/api/awards"                     => awards::list;
    [Administrator Awarder Auditor]               GET    "/api/awards/{id}"                => awards::show;
    [Administrator Awarder Auditor]               GET    "/api/awards/{id}/file"           => awards::file;
    [Administrator Awarder Auditor]               GET    "/api/awards/{id}/receipt"        => log::receipt;
    [Administrator Awarder]                       POST   "/api/awards/{id}/status"         => awards::change_status;
    [Administrator]                               DELETE "/api/awards/{id}/personal-data"  => awards::erase;
    [Administrator Auditor]                       POST   "/api/awards/{id}/evaluations/reveal" => evaluations::reveal;
    [Administrator Awarder]                       POST   "/api/awards/{id}/endorsements"   => evaluations::fold;

    // Many awards at once, after the answer.
    [Administrator Awarder]                       POST   "/api/badges/{id}/batches"        => batches::begin;
    [Administrator Awarder Auditor]               GET    "/api/batches"                    => batches::list;
    [Administrator Awarder Auditor]               GET    "/api/batches/{id}"               => batches::show;
    [Administrator Awarder Auditor]               GET    "/api/batches/{id}/results"       => batches::results;
    [Administrator Awarder Auditor]               GET    "/api/batches/{id}/errors"        => batches::errors;
    [Administrator Awarder]                       DELETE "/api/batches/{id}"               => batches::end;

    // Who may act.
    [Administrator]                               POST   "/api/tokens"                     => tokens::create;
    [Administrator]                               GET    "/api/tokens"                     => tokens::list;
    [Administrator]                               DELETE "/api/tokens/{id}"                => tokens::revoke;

    // Who did what.
    [Administrator Auditor]                       GET    "/api/audit"                      => audit::log;

    // What badges refer to, for everyone.
    [Everyone]                                    GET    "/badges/{id}"                    => published::badge;
    [Everyone]                                    GET    "/credentials/{id}"               => published::credential;
    [Everyone]                                    GET    "/status/{list}"                  => published::status_list;
    [Everyone]                                    GET    "/status-tokens/{list}"           => published::status_token;

    // Status entries for evaluations by peers, for whoever holds the signed thread.
    [Everyone]                                    POST   "/evaluations/entries"            => evaluations::entries;
    [Everyone]                                    POST   "/evaluations/withdrawals"        => evaluations::withdrawals;

    // Who did what, for everyone, where the issuer wants it.
    [Everyone]                                    GET    "/log/checkpoint"                 => log::checkpoint;
    [Everyone]                                    GET    "/log/tile/{path:.*}"             => log::file;

    // The issuer itself, for everyone.
    [Everyone]                                    GET    "/.well-known/did.json"           => issuer::did_document;
    [Everyone]                                    GET    "/did.json"                       => issuer::did_document;
    [Everyone]                                    GET    "/.well-known/jwks.json"          => issuer::jwks;
    [Everyone]                                    GET    "/issuer"                         => issuer::profile;
    [Everyone]                                    GET    "/openapi.json"                   => issuer::openapi;
    [Everyone]                                    GET    "/healthz"                        => operation::health;
    [Everyone]                                    GET    "/readyz"                         => operation::ready;

    // The process, for its operator.
    [Administrator Auditor]                       GET    "/metrics"                        => operation::metrics;
}

/// The description of the service ([OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0)).
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The line of the table with this path; its audience is that of every line with the same path, or stricter.
pub(crate) fn known(path: Option<&str>) -> Option<&'static Route> {
    TABLE.iter().find(|route| Some(route.path) == path)
}

/// A method by its name, where it is one that the table or HTTP itself knows: what a stranger invents is not logged or counted.
pub(crate) fn known_method(name: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("other")
}

fn method(name: &str) -> actix_web::Route {
    match name {
        "GET" => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        "POST" => web::post(),
        "PUT" => web::put(),
        "DELETE" => web::delete(),
        _ => web::route().guard(guard::fn_guard(|_| false)),
    }
}

/// Says whether the address or only the method is unknown.
async fn nowhere(
    app: web::Data<App>,
    process: web::Data<Process>,
    request: HttpRequest,
) -> Result<String, HttpProblem> {
    process.limits.address(request.peer_addr().map(|peer| peer.ip()), request.headers())?;
    let path = request.path().strip_prefix(&app.prefix()).unwrap_or_default();
    let allowed: Vec<&str> = TABLE
        .iter()
        .filter(|route| ResourceDef::new(route.path).is_match(path))
        .flat_map(|route| {
            if route.method == "GET" { &["GET", "HEAD"][..] } else { std::slice::from_ref(&route.method) }
        })
        .copied()
        .collect();
    Err(if allowed.is_empty() {
        Problem::new(Code::NotFound).with("resource", "address")
    } else {
        Problem::new(Code::MethodNotAllowed)
            .with("method", request.method())
            .with("allowed", allowed.join(", "))
    }
    .into())
}

/// Runs what reads the record or signs on a thread where it may wait.
async fn blocking<T: Send + 'static>(
    app: &web::Data<App>,
    work: impl FnOnce(&App) -> Result<T, crate::refusal::Refusal> + Send + 'static,
) -> Result<T, HttpProblem> {
    let app = app.clone();
    web::block(move || work(&app))
        .await
        .map_err(|error| crate::refusal::Refusal::Failure(error.to_string()))?
        .map_err(HttpProblem)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_description_and_the_table_name_the_same_routes_and_the_same_access() {
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let mut described = BTreeSet::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for method in ["get", "post", "put", "delete", "patch"] {
                if let Some(operation) = item.get(method) {
                    let roles: Vec<Role> = operation
                        .get("x-roles")
                        .map(|roles| serde_json::from_value(roles.clone()).unwrap())
                        .unwrap_or_default();
                    assert_eq!(operation.get("security").is_some(), !roles.is_empty(), "{method} {path}");
                    let takes_json = operation.pointer("/requestBody/content/application~1json").is_some();
                    // Of the right shape, and no value of it: a number beyond what programs agree on is one in any body.
                    assert!(
                        !takes_json || operation["responses"].get("422").is_some(),
                        "{method} {path}: 422"
                    );
                    for status in if roles.is_empty() { &[][..] } else { &["401", "403"][..] } {
                        assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
                    }
                    described.insert((method.to_uppercase(), path.clone(), roles));
                }
            }
        }
        let table: BTreeSet<_> = TABLE
            .iter()
            .map(|route| {
                let roles = match route.audience {
                    Audience::Roles(roles) => roles.to_vec(),
                    Audience::Everyone => Vec::new(),
                };
                // A parameter that holds slashes says so to the router alone: OpenAPI has no word for it.
                (route.method.to_owned(), route.path.replace(":.*}", "}"), roles)
            })
            .collect();
        assert_eq!(table, described);
        for route in TABLE {
            let private = |route: &Route| matches!(route.audience, Audience::Roles(_));
            let all_alike =
                TABLE.iter().all(|other| other.path != route.path || private(other) == private(route));
            assert!(all_alike, "{}: one path is for everyone or for nobody without a token", route.path);
        }
        assert_eq!(table.len(), TABLE.len(), "no route stands twice");
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let mut open = vec![&description];
        while let Some(value) = open.pop() {
            if let Some(reference) = value.get("$ref").and_then(serde_json::Value::as_str) {
                assert!(description.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
            }
            match value {
                serde_json::Value::Object(members) => open.extend(members.values()),
                serde_json::Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
}
