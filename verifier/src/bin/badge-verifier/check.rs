//! `check`: the verdict about one badge or presentation.

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::net::{Budget, Fetcher, Kind, Reach};
use badge_verifier::online::{fetch_problem, verify_offline, verify_online};
use badge_verifier::render::{report_json, report_text};
use badge_verifier::{Expectations, Report, Snapshot};
use jiff::Timestamp;

use crate::args::{CheckRequest, Form, Network, Source};
use crate::files::{self, Trust};
use crate::{say, style};

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
    let report = match (request.network, &request.source) {
        (Network::Off, Source::Url(_)) => return Err(offline_url(lang)),
        (Network::Off, source) => {
            let input = local(source, lang)?;
            verify_offline(&input, &expect, &trust.policy, Timestamp::now(), &trust.snapshot, request.refresh)
        }
        (Network::On(reach), _) => online(request, reach, &expect, &mut trust, lang)?,
    };
    show(&report, request, lang)?;
    if let Some(path) = &request.save_snapshot {
        trust.snapshot.remember(&report);
        files::save(path, &trust.snapshot, lang)?;
    }
    Ok(request.strictness.verdict(&report).exit_code())
}

fn online(
    request: &CheckRequest,
    reach: Reach,
    expect: &Expectations,
    trust: &mut Trust,
    lang: Lang,
) -> Result<Report, Problem> {
    let no_network = |reason: String| {
        Problem::new(Code::FetchFailed).with("url", source_name(&request.source)).with("reason", reason)
    };
    let fetcher = Fetcher::new(reach).map_err(|error| no_network(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| no_network(files::reason(&error, lang)))?;
    let Trust { policy, snapshot } = trust;
    let snapshot: &mut Snapshot = snapshot;
    runtime.block_on(async {
        let input = match &request.source {
            Source::Url(url) => {
                let answer = fetcher.fetch(url, Kind::Credential, &mut Budget::credential()).await;
                answer.map_err(|error| fetch_problem(url, &error))?.bytes
            }
            source => local(source, lang)?,
        };
        Ok(verify_online(&input, expect, policy, Timestamp::now, snapshot, &fetcher, request.refresh).await)
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
            "une URL ne peut être téléchargée sans connexion ; donnez un fichier",
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

fn show(report: &Report, request: &CheckRequest, lang: Lang) -> Result<(), Problem> {
    let text = match request.form {
        Form::Json => report_json(report, request.strictness) + "\n",
        Form::Text => report_text(report, request.strictness, lang, style()),
    };
    say(&text).map_err(|error| {
        Problem::new(Code::FileUnwritable).with("path", "-").with("reason", files::reason(&error, lang))
    })
}
