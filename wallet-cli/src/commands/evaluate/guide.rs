//! The guide through a request: one question at a time, on any input and output.

use std::io::{BufRead, Write};

use badge_schemas::evaluation::{ConflictOfInterest, Finding, Reason, Relation, SkillLevel};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};

use super::{clean, whole};
use crate::evaluate::moves::SkillFinding;
use crate::evaluate::sheet::{Role, Sheet, SoughtLine};
use crate::evaluate::words;

/// Longest line that is read as an answer, in bytes: a page of text in any script.
const MAX_LINE: u64 = 16 << 10;

/// Where it asks and listens.
pub(super) struct Guide<'g> {
    /// What the evaluator types.
    pub(super) input: &'g mut dyn BufRead,
    /// What they read.
    pub(super) output: &'g mut dyn Write,
    /// Their language.
    pub(super) lang: Lang,
}

impl Guide<'_> {
    /// Says who asks for what.
    pub(super) fn introduce(&mut self, sheet: &Sheet) -> Result<(), Problem> {
        for line in words::introduction(sheet, self.lang) {
            self.say(&whole(&line))?;
        }
        Ok(())
    }

    /// Asks the candidate or the evaluator what ties them to the other.
    pub(super) fn ties(&mut self, own: Role) -> Result<ConflictOfInterest, Problem> {
        let lang = self.lang;
        self.say("")?;
        self.say(words::ties_question(own, lang))?;
        let choices: Vec<String> =
            Relation::ALL.into_iter().map(|one| words::own_tie(one, lang).to_owned()).collect();
        let relation = Relation::ALL[self.choose(&choices)?];
        let statement = match relation {
            Relation::None => None,
            Relation::Other => self.text(words::other_tie(lang), true)?,
            _ => self.text(words::ties_statement(lang), false)?,
        };
        Ok(ConflictOfInterest::declared(vec![relation], statement))
    }

    /// Asks what was found of each skill; what was answered stays in `found` where the input ends.
    pub(super) fn lead(
        &mut self,
        sheet: &Sheet,
        skills: &[&SoughtLine],
        found: &mut Vec<SkillFinding>,
    ) -> Result<(), Problem> {
        for (index, line) in skills.iter().enumerate() {
            self.say("")?;
            let name = clean(&line.skill.target_name);
            self.say(&format!("{}/{}  {name} <{}>", index + 1, skills.len(), clean(&line.skill.target_url)))?;
            found.push(self.skill(sheet, line)?);
        }
        Ok(())
    }

    fn skill(&mut self, sheet: &Sheet, line: &SoughtLine) -> Result<SkillFinding, Problem> {
        let lang = self.lang;
        self.say(&clean(&words::level_in_question(&line.target, lang)))?;
        let rungs = sheet.rungs(line, lang);
        for rung in &rungs {
            let mark = if rung.is_target { "→" } else { " " };
            let name = rung.level.name.as_deref().unwrap_or_default();
            self.say(&clean(&format!("  {mark} {} {name}", rung.level.code)))?;
            if let Some(meaning) = &rung.meaning {
                self.say(&whole(&format!("      {meaning}")))?;
            }
        }
        let choices = Finding::ALL.map(|one| words::finding_choice(one, lang));
        let finding = Finding::ALL[self.choose(&choices)?];
        let lower: Vec<SkillLevel> = rungs
            .into_iter()
            .map(|rung| rung.level)
            .filter(|level| level.reaches(&line.target) == Some(false))
            .collect();
        let reached = match finding {
            Finding::PartiallyMet | Finding::NotMet if !lower.is_empty() => {
                self.say(words::reached_question(lang))?;
                // The lowest level first: where a scale counts from 1, the number that is typed is the level.
                let levels = lower.iter().map(|level| words::level(level, lang));
                let choices: Vec<_> = levels.chain([words::no_level(lang).to_owned()]).collect();
                lower.get(self.choose(&choices)?).cloned()
            }
            _ => None,
        };
        let reason = if finding == Finding::Met {
            None
        } else {
            self.say(words::reason_question(lang))?;
            let choices = Reason::OF_FINDING.map(|one| words::own_reason(one, lang).to_owned());
            Some(Reason::OF_FINDING[self.choose(&choices)?])
        };
        let statement = match reason {
            None => None,
            Some(reason) => self.text(words::statement_question(lang), reason == Reason::Other)?,
        };
        let comment = self.text(words::comment_question(lang), false)?;
        let skill = line.skill.target_url.clone();
        Ok(SkillFinding { skill, finding, reached, reason, statement, comment, status: None })
    }

    /// The place of the choice that was made; asked again until it is one.
    fn choose(&mut self, choices: &[String]) -> Result<usize, Problem> {
        for (index, choice) in choices.iter().enumerate() {
            self.say(&clean(&format!("  {}. {choice}", index + 1)))?;
        }
        loop {
            let line = self.ask(&format!("[1-{}] ", choices.len()))?;
            match line.parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(number - 1),
                _ => self.say(words::type_a_number(self.lang))?,
            }
        }
    }

    /// A text; an empty line is none, unless one is needed.
    fn text(&mut self, question: &str, needed: bool) -> Result<Option<String>, Problem> {
        loop {
            let line = self.ask(&format!("{question} "))?;
            if !line.is_empty() {
                return Ok(Some(line));
            }
            if !needed {
                return Ok(None);
            }
        }
    }

    fn ask(&mut self, prompt: &str) -> Result<String, Problem> {
        use std::io::Read as _;
        let gone = |_| Problem::new(Code::AnswersNeeded);
        write!(self.output, "{prompt}").and_then(|()| self.output.flush()).map_err(gone)?;
        let mut line = String::new();
        let read = (&mut *self.input).take(MAX_LINE).read_line(&mut line).map_err(gone)?;
        // The end of the input is no answer.
        if read == 0 {
            // The prompt that nobody answered stays on a line of its own.
            self.say("")?;
            return Err(Problem::new(Code::InputEnded));
        }
        Ok(line.trim().to_owned())
    }

    fn say(&mut self, text: &str) -> Result<(), Problem> {
        writeln!(self.output, "{text}").map_err(|_| Problem::new(Code::AnswersNeeded))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use badge_verifier::{Snapshot, TrustPolicy};

    use super::*;

    /// A thread of the vectors: one skill, DigComp level 5, accepted.
    fn sheet() -> Sheet {
        let vector = include_str!("../../../../test-vectors/vectors/evaluate/accepted.json");
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let now = vector["now"].as_str().unwrap().parse().unwrap();
        let thread = vector["thread"].to_string();
        Sheet::read(thread.as_bytes(), now, &TrustPolicy::default(), &Snapshot::default()).unwrap()
    }

    fn led(typed: &str, lang: Lang) -> (Result<SkillFinding, Problem>, String) {
        let sheet = sheet();
        let mut said = Vec::new();
        let mut input = typed.as_bytes();
        let mut guide = Guide { input: &mut input, output: &mut said, lang };
        guide.introduce(&sheet).unwrap();
        let lines: Vec<_> = sheet.skills.iter().collect();
        let mut found = Vec::new();
        let led = guide.lead(&sheet, &lines, &mut found);
        let found = led.map(|()| found.into_iter().next().unwrap());
        (found, String::from_utf8(said).unwrap())
    }

    #[test]
    fn what_is_met_takes_one_choice_and_a_comment() {
        let (found, said) = led("1\nCordons réguliers.\n", Lang::Fr);
        let found = found.unwrap();
        assert_eq!((found.finding, found.reason, found.reached), (Finding::Met, None, None));
        assert_eq!(found.comment.as_deref(), Some("Cordons réguliers."));
        for words in [
            "soudage TIG",
            "Niveau visé",
            "→ 5 Avancé",
            "8 Hautement spécialisé",
            "acquis\u{a0}: le candidat",
            "cordon.jpg",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn what_is_not_met_is_asked_about_until_it_can_be_signed() {
        // Slips are asked again; level 4 is the fourth choice, "none" the last; "other" needs words.
        let (found, said) = led("zéro\n9\n2\n4\n7\n\nIl manque la radio.\n\n", Lang::En);
        let found = found.unwrap();
        assert_eq!((found.finding, found.reason), (Finding::PartiallyMet, Some(Reason::Other)));
        assert_eq!(found.reached.map(|level| level.code).as_deref(), Some("4"));
        assert_eq!((found.statement.as_deref(), found.comment), (Some("Il manque la radio."), None));
        assert_eq!(said.matches("Type one of the numbers.").count(), 2, "{said}");
        assert!(said.contains("It is signed into the evaluation"), "{said}");
        assert!(said.contains("Which level is reached?") && !said.contains("5. DigComp"), "{said}");
        assert!(
            said.contains("4. DigComp 2.2, level 4") || said.contains("4. DigComp 3.0, level 4"),
            "{said}"
        );
        let (found, _) = led("2\n5\n1\n\n\n", Lang::En);
        assert_eq!(found.unwrap().reached, None, "the choice after the last level names none");
    }

    #[test]
    fn the_end_of_the_input_is_no_answer() {
        for typed in ["", "1", "2\n5\n"] {
            let (found, _) = led(typed, Lang::Fr);
            assert!(found.is_err_and(|problem| problem.code == Code::InputEnded), "{typed:?}");
        }
    }
}
