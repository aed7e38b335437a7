//! `check`: the verdict about one badge, one presentation, or one thread of an evaluation.

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::thread::{ThreadReport, is_thread, judge};
use badge_verifier::net::{Budget, Fetcher, Kind, Reach};
use badge_verifier::online::{Refresh, fetch_problem, judge_online, verify_offline, verify_online};
use badge_verifier::render::{report_json, report_text, thread_json, thread_text};
use badge_verifier::{Expectations, Report, Snapshot};
use jiff::Timestamp;

use crate::args::{CheckRequest, Form, Network, Source};
use crate::files::{self, Trust};
use crate::{say, style};

/// What was found of the input, by what it is.
enum Found {
    Document(Box<Report>),
    Thread(Box<ThreadReport>),
}

/// Checks, reports on standard output, and gives the exit code of the verdict.
pub(crate) fn run(request: &CheckRequest, lang: Lang) -> Result<u8, Problem> {
    let at = request.at.as_deref().map(time).transpose()?;
    let mut snapshot =
        request.snapshot.as_deref().map(|path| files::snapshot(path, lang)).transpose()?.unwrap_or_default();
    if request.network != Network::Off {
        // What could not be had last time may be there now.
        snapshot.forget_failures();
    }
    let mut trust =
        files::trust(request.policy.as_deref(), &request.registries, snapshot, Timestamp::now(), lang)?;
    let expect = Expectations {
        challenge: request.challenge.clone(),
        domain: request.domain.clone(),
        recipient: request.recipient.clone(),
        at: at.map(|at| at.instant()),
        ..Expectations::default()
    };
    let found = match (request.network, &request.source) {
        (Network::Off, Source::Url(_)) => return Err(offline_url(lang)),
        (Network::Off, source) => {
            let input = local(source, lang)?;
            let (policy, snapshot, now) = (&trust.policy, &trust.snapshot, Timestamp::now());
            if is_thread(&input) {
                fits_a_thread(request, lang)?;
                Found::Thread(Box::new(judge(&input, policy, now, snapshot)))
            } else {
                let report = verify_offline(&input, &expect, policy, now, snapshot, request.refresh);
                Found::Document(Box::new(report))
            }
        }
        (Network::On(reach), _) => online(request, reach, &expect, &mut trust, lang)?,
    };
    show(&found, request, lang)?;
    if let Some(path) = &request.save_snapshot {
        match &found {
            Found::Document(report) => trust.snapshot.remember(report),
            Found::Thread(report) => trust.snapshot.remember_thread(report),
        }
        files::save(path, &trust.snapshot, lang)?;
    }
    let verdict = match &found {
        Found::Document(report) => request.strictness.verdict(report),
        Found::Thread(report) => request.strictness.thread_verdict(report),
    };
    Ok(verdict.exit_code())
}

/// Refuses what asks something of a thread that it cannot answer: it is nobody's presentation, was given to nobody, and has no newer version.
fn fits_a_thread(request: &CheckRequest, lang: Lang) -> Result<(), Problem> {
    let asked = [
        ("--challenge", request.challenge.is_some()),
        ("--domain", request.domain.is_some()),
        ("--recipient", request.recipient.is_some()),
        ("--at", request.at.is_some()),
        ("--refresh", request.refresh == Refresh::Once),
    ];
    match asked.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Problem::new(Code::OptionInvalid).with("option", option).with(
            "reason",
            lang.pick(
                "the input is a thread of an evaluation: nobody presents it, and it is judged as of now",
                "l’entrée est un dossier d’évaluation\u{a0}: personne ne le présente, et il se juge à ce jour",
            ),
        )),
        None => Ok(()),
    }
}

fn online(
    request: &CheckRequest,
    reach: Reach,
    expect: &Expectations,
    trust: &mut Trust,
    lang: Lang,
) -> Result<Found, Problem> {
    let no_network = |reason: String| {
        Problem::new(Code::FetchFailed).with("url", source_name(&request.source)).with("reason", reason)
    };
    let fetcher = Fetcher::new(reach).map_err(|error| no_network(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| no_network(files::reason(&error, lang)))?;
    let Trust { policy, snapshot } = trust;
    let (snapshot, now): (&mut Snapshot, _) = (snapshot, Timestamp::now);
    runtime.block_on(async {
        let input = match &request.source {
            Source::Url(url) => {
                let answer = fetcher.fetch(url, Kind::Credential, &mut Budget::credential()).await;
                answer.map_err(|error| fetch_problem(url, &error))?.bytes
            }
            source => local(source, lang)?,
        };
        if is_thread(&input) {
            fits_a_thread(request, lang)?;
            return Ok(Found::Thread(Box::new(judge_online(&input, policy, now, snapshot, &fetcher).await)));
        }
        let report = verify_online(&input, expect, policy, now, snapshot, &fetcher, request.refresh).await;
        Ok(Found::Document(Box::new(report)))
    })
}

/// Reads an input that needs no network.
pub(crate) fn local(source: &Source, lang: Lang) -> Result<Vec<u8>, Problem> {
    match source {
        Source::Stdin => files::stdin(lang),
        Source::File(path) => files::input(path, lang),
        Source::Url(_) => Err(offline_url(lang)),
    }
}

fn offline_url(lang: Lang) -> Problem {
    Problem::new(Code::OptionInvalid).with("option", "--offline").with(
        "reason",
        lang.pick(
            "a URL cannot be fetched without a connection; give a file",
            "une URL ne peut être téléchargée sans connexion\u{a0}; donnez un fichier",
        ),
    )
}

fn source_name(source: &Source) -> String {
    match source {
        Source::Stdin => "-".to_owned(),
        Source::File(path) => path.display().to_string(),
        Source::Url(url) => url.clone(),
    }
}

fn time(text: &str) -> Result<DateTimeStamp, Problem> {
    DateTimeStamp::parse(text).map_err(|_| Problem::new(Code::TimeInvalid).with("value", text))
}

fn show(found: &Found, request: &CheckRequest, lang: Lang) -> Result<(), Problem> {
    let strictness = request.strictness;
    let text = match (request.form, found) {
        (Form::Json, Found::Document(report)) => report_json(report, strictness) + "\n",
        (Form::Json, Found::Thread(report)) => thread_json(report, strictness) + "\n",
        (Form::Text, Found::Document(report)) => report_text(report, strictness, lang, style()),
        (Form::Text, Found::Thread(report)) => thread_text(report, strictness, lang, style()),
    };
    say(&text).map_err(|error| {
        Problem::new(Code::FileUnwritable).with("path", "-").with("reason", files::reason(&error, lang))
    })
}
