//! Awards, for those who make them. A token that is limited to some badges sees and changes the awards of those alone.

use actix_web::http::header::{CONTENT_DISPOSITION, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde_json::{Value, json};

use crate::access::Grant;
use crate::app::App;
use crate::award::{Awarded, DC_SD_JWT, Draws, ECDSA_SD_2023, JSON, JWT, SD_JWT, StatusEntry, Subject};
use crate::body::Body;
use crate::draft::{Draft, Format};
use crate::erasure::Ground;
use crate::file::selective;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::recipient::Recipient;
use crate::refusal::{Refusal, status_name};
use crate::routes::blocking;
use crate::status::ChangeRequest;
use crate::store::{Award, AwardPage, AwardQuery, AwardStatus, Digest, Idempotency, MAX_PAGE, Store};

/// Longest idempotency key, in characters.
const MAX_KEY: usize = 200;

/// Awards that are read for one page at most: what a token for one badge may make the service read of those of all others.
const MAX_LOOKED_AT: usize = 5 * MAX_PAGE;

/// Awards on a page when nobody says how many.
const DEFAULT_PAGE: usize = 100;

/// `POST /api/badges/{id}/awards`: awards a badge, once for each idempotency key.
pub(super) async fn award(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    badge: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    grant.require_badge(&badge)?;
    let grant = grant.into_inner();
    let key = grant.key(&idempotency_key(request.headers())?);
    let digest = Digest::of(&[badge.as_bytes(), b"\n", body.0.bytes()]);
    let draft = Draft::parse(body.0)?;
    let format = draft.format;
    let awarded = blocking(&app, move |app| {
        let (version, template) = app.issuer.find_badge(&badge, None)?;
        let subject = Subject { badge: version.badge, version: version.version, template };
        let idempotency = Some(Idempotency { key, digest });
        app.issuer.award(&subject, draft, StatusEntry::Kept, idempotency, Draws::fresh()?, app.act(&grant))
    })
    .await?;
    let mut response = if awarded.fresh { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(answer(&awarded, format)?))
}

/// `GET /api/awards?badge=&recipient=&status=&after=&limit=`: a page of awards, oldest first.
pub(super) async fn list(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let query = query(&request)?;
    if let Some(badge) = &query.badge {
        grant.require_badge(badge)?;
    }
    let grant = grant.into_inner();
    let covered = move |award: &Award| grant.covers(&award.badge);
    let page =
        blocking(&app, move |app| issued(app.issuer.store.as_ref(), query, MAX_LOOKED_AT, covered)).await?;
    let awards: Vec<Value> = page.awards.iter().map(line).collect();
    let mut answer = json!({ "awards": awards });
    if let Some(next) = page.next {
        answer["next"] = json!(next.to_string());
    }
    Ok(HttpResponse::Ok().json(answer))
}

/// A page of the awards that are covered, without those that were interrupted before they were signed, unless it is they that were
/// asked for. Where few are, the page ends after `left` awards, however many of them are on it.
fn issued(
    store: &dyn Store,
    mut query: AwardQuery,
    mut left: usize,
    covered: impl Fn(&Award) -> bool,
) -> Result<AwardPage, Refusal> {
    let wanted = query.limit;
    let interrupted = query.status == Some(AwardStatus::Intended);
    let mut found = AwardPage { awards: Vec::new(), next: None };
    query.limit = wanted.min(left);
    loop {
        let page = store.awards(&query)?;
        left = left.saturating_sub(page.awards.len());
        let last = page.awards.last().map(|award| award.sequence);
        for award in page.awards {
            let sequence = award.sequence;
            if (interrupted || award.status != AwardStatus::Intended) && covered(&award) {
                found.awards.push(award);
            }
            if found.awards.len() >= wanted {
                found.next = page.next.or_else(|| last.filter(|last| *last > sequence)).map(|_| sequence);
                return Ok(found);
            }
        }
        query.after = page.next;
        if page.next.is_none() || left == 0 {
            found.next = page.next;
            return Ok(found);
        }
        query.limit = MAX_PAGE.min(left);
    }
}

/// `GET /api/awards/{id}`: one award with its changes of status.
pub(super) async fn show(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let grant = grant.into_inner();
    let answer = blocking(&app, move |app| whole(app, &find(app, &grant, &id)?)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// `GET /api/awards/{id}/file?format=`: the badge as a file.
pub(super) async fn file(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let format = parameters.format()?;
    parameters.finish()?;
    let grant = grant.into_inner();
    let (id, format, bytes) = blocking(&app, move |app| {
        let award = find(app, &grant, &id)?;
        let (format, bytes) = app.issuer.file(&award, format)?;
        Ok((award.id, format, bytes))
    })
    .await?;
    let name = format!("attachment; filename=\"badge-{id}.{}\"", format.extension());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((CONTENT_DISPOSITION, name))
        .body(bytes))
}

/// `POST /api/awards/{id}/status`: revokes, suspends, or activates again.
pub(super) async fn change_status(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let change = ChangeRequest::parse(body.0)?;
    let grant = grant.into_inner();
    let answer = blocking(&app, move |app| {
        find(app, &grant, &id)?;
        whole(app, &app.issuer.change_status(&id, change, app.act(&grant))?)
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// `DELETE /api/awards/{id}/personal-data?ground=`: erases what is personal about an award, and gives a receipt.
pub(super) async fn erase(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let wanted = "it is holder-request, retention-ended, legal-order or issued-in-error";
    let ground = parameters.read("ground", wanted, Ground::parse)?.unwrap_or_default();
    parameters.finish()?;
    let grant = grant.into_inner();
    let answer = blocking(&app, move |app| {
        find(app, &grant, &id)?;
        let erased = app.issuer.erase(&id, ground, app.act(&grant))?;
        let mut answer = whole(app, &erased.award)?;
        answer["receipt"] = json!(erased.receipt);
        Ok(answer)
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// An award that this token may see.
pub(super) fn find(app: &App, grant: &Grant, id: &str) -> Result<Award, Refusal> {
    let award = app.issuer.find_award(id)?;
    grant.require_badge(&award.badge)?;
    Ok(award)
}

fn answer(awarded: &Awarded, format: Format) -> Result<Value, HttpProblem> {
    let form = |name: &str| {
        let missing = || Refusal::Failure(format!("award {}: no {name} form", awarded.award.id));
        awarded.forms.get(name).ok_or_else(missing)
    };
    let json = |text: &str| serde_json::from_str(text).map_err(|error| Refusal::Failure(error.to_string()));
    let credential = match format {
        Format::Jwt => json!(form(JWT)?),
        Format::EcdsaSd2023 => json(form(ECDSA_SD_2023)?)?,
        Format::SdJwt => json!(selective(&awarded.forms, SD_JWT).map_err(Refusal::from)?),
        Format::DcSdJwt => json!(selective(&awarded.forms, DC_SD_JWT).map_err(Refusal::from)?),
        Format::Json | Format::Png | Format::Svg => json(form(JSON)?)?,
    };
    let mut answer = json!({
        "id": awarded.award.id,
        "credentialId": awarded.award.credential_id,
        "status": status_name(awarded.award.status),
        "credential": credential,
    });
    if !awarded.warnings.is_empty() {
        answer["warnings"] = json!(awarded.warnings);
    }
    Ok(answer)
}

/// An award as a line of a page.
fn line(award: &Award) -> Value {
    let recipient = award.recipient.as_deref().map(Recipient::recorded);
    json!({
        "id": award.id,
        "badge": award.badge,
        "recipient": recipient.map(|recipient| recipient.to_json()),
        "status": status_name(award.status),
        "awardedAt": DateTimeStamp::from(award.intended_at),
    })
}

/// An award with everything that is recorded of it, reasons included.
fn whole(app: &App, award: &Award) -> Result<Value, Refusal> {
    let changes = award
        .changes
        .iter()
        .map(|change| {
            let reason = if award.erased_at.is_some() {
                None
            } else {
                app.issuer.store.reason(&award.id, change.sequence)?
            };
            Ok(json!({
                "from": status_name(change.from),
                "to": status_name(change.to),
                "at": DateTimeStamp::from(change.at),
                "actor": change.actor,
                "reason": reason,
            }))
        })
        .collect::<Result<Vec<Value>, Refusal>>()?;
    let mut answer = line(award);
    answer["credentialId"] = json!(award.credential_id);
    answer["badgeVersion"] = json!(award.badge_version);
    answer["changes"] = json!(changes);
    if let Some(panel) = app.issuer.standing_panel(award)? {
        answer["panel"] = panel.to_json();
    }
    if let Some(at) = award.erased_at {
        answer["erasedAt"] = json!(DateTimeStamp::from(at));
    }
    Ok(answer)
}

fn query(request: &HttpRequest) -> Result<AwardQuery, Problem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let query = AwardQuery {
        badge: parameters.text("badge"),
        recipient: parameters.read("recipient", "it is a DID or an e-mail address", |text| {
            let known = Recipient::from_text(text).map(|recipient| recipient.as_str().to_owned());
            // A DID or an address that nobody can have is nobody's: a page without awards, not a mistake.
            known.ok().or_else(|| (text.starts_with("did:") || text.contains('@')).then(|| text.to_owned()))
        })?,
        status: parameters.read("status", "it is active, suspended, revoked or intended", |text| {
            [AwardStatus::Active, AwardStatus::Suspended, AwardStatus::Revoked, AwardStatus::Intended]
                .into_iter()
                .find(|status| status_name(*status) == text)
        })?,
        after: parameters.place("after")?,
        limit: parameters.count("limit", MAX_PAGE)?.unwrap_or(DEFAULT_PAGE),
    };
    parameters.finish()?;
    Ok(query)
}

/// The `Idempotency-Key` header, after the [IETF draft](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let refuse = |reason: &str| Problem::new(Code::IdempotencyKeyRequired).with("reason", reason);
    let mut values = headers.get_all("idempotency-key");
    let value = values.next().ok_or_else(|| refuse("there is none"))?;
    if values.next().is_some() {
        return Err(refuse("it is given twice"));
    }
    let bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_KEY || !bytes.iter().all(u8::is_ascii_graphic) {
        return Err(refuse("it is empty, too long, or holds other characters"));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use jiff::Timestamp;

    use super::*;
    use crate::data_directory;
    use crate::randomness;
    use crate::settings::{Options, Settings};
    use crate::store::{Forms, Intent, NewBadge};

    #[test]
    fn awards_that_were_interrupted_are_listed_only_when_asked_for_and_have_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let data = Some(directory.path().join("d"));
        let settings = Settings::resolve(Options { data, ..Options::default() }).unwrap();
        let issuer = data_directory::open(&settings, None).unwrap().issuer;
        let badge = NewBadge {
            badge: "b".to_owned(),
            replaces: 0,
            definition: json!({}),
            actor: "a".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        issuer.store.put_badge(badge, randomness::entropy().unwrap()).unwrap();
        // Signed and interrupted ones in turn, the last one interrupted.
        for number in 0..8 {
            let intent = Intent {
                award: format!("award-{number}"),
                credential_id: format!("urn:{number}"),
                badge: "b".to_owned(),
                badge_version: 1,
                purpose: None,
                recipient: "ana@exemple.fr".to_owned(),
                request: "{}".to_owned(),
                idempotency: None,
                actor: "a".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            };
            let id = intent.award.clone();
            issuer.store.record_intent(intent, randomness::entropy().unwrap()).unwrap();
            if number % 2 == 0 {
                let forms = Forms::from([(JSON.to_owned(), "{}".to_owned())]);
                let entropy = randomness::entropy().unwrap();
                issuer.store.record_issued(&id, forms, None, Timestamp::UNIX_EPOCH, entropy).unwrap();
            }
        }
        let store = issuer.store.as_ref();
        let mut query = AwardQuery { limit: 3, ..AwardQuery::default() };
        let ids = |page: &AwardPage| page.awards.iter().map(|award| award.id.clone()).collect::<Vec<_>>();
        let first = issued(store, query.clone(), 100, |_| true).unwrap();
        assert_eq!(ids(&first), ["award-0", "award-2", "award-4"], "a page is as full as it can be");
        query.after = first.next;
        assert_eq!(ids(&issued(store, query.clone(), 100, |_| true).unwrap()), ["award-6"]);
        let none = issued(store, AwardQuery { limit: 3, ..AwardQuery::default() }, 100, |_| false).unwrap();
        assert!(none.awards.is_empty() && none.next.is_none(), "what is not covered is not listed");
        // What is read for one page is bounded, whatever is found; the cursor misses nothing.
        let (mut asked, mut found, mut pages) =
            (AwardQuery { limit: 3, ..AwardQuery::default() }, Vec::new(), 0);
        loop {
            let page = issued(store, asked.clone(), 2, |award| award.id == "award-6").unwrap();
            pages += 1;
            found.extend(ids(&page));
            match page.next {
                Some(next) => asked.after = Some(next),
                None => break,
            }
        }
        assert_eq!((found, pages), (vec!["award-6".to_owned()], 4));
        query = AwardQuery { status: Some(AwardStatus::Intended), limit: 9, ..AwardQuery::default() };
        let interrupted = issued(store, query, 100, |_| true).unwrap();
        assert_eq!(interrupted.awards.len(), 4);
        let Refusal::Request(problems) = issuer.file(&interrupted.awards[0], None).unwrap_err() else {
            unreachable!("it is a finding about the request");
        };
        assert_eq!(problems[0].code, Code::AwardNotIssued);
    }
}
