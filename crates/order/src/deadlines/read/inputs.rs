//! Reads what a rule takes, and what stands in for a date that is not known.

use toml::Spanned;

use super::written::WrittenInput;
use super::{File, RulebookError};
use crate::deadlines::rule::{Bound, Input, InputKind, MANNER, Otherwise, Rule, Rulebook};

/// The most inputs of a rule.
const INPUTS_MAX: usize = 12;

impl File<'_> {
    /// Reads the inputs of a rule. Which of them are needed, its counts say.
    pub(super) fn inputs(
        &self,
        written: &[WrittenInput],
        rule: &Rule,
        book: &Rulebook,
    ) -> Result<Vec<Input>, RulebookError> {
        let mut inputs: Vec<Input> = Vec::new();
        for written in written {
            let (span, id) = (written.id.span(), written.id.get_ref());
            if inputs.len() >= INPUTS_MAX {
                return Err(self.refuse(&span, format!("a rule takes at most {INPUTS_MAX} inputs")));
            }
            if !crate::document::is_part(id) {
                return Err(self.refuse(&span, format!("`{id}` is no id: a-z, 0-9 and _, starting with a letter")));
            }
            if inputs.iter().any(|input| input.id == *id) {
                return Err(self.refuse(&span, format!("the id `{id}` is there already")));
            }
            self.shown(&span, &[&written.label])?;
            let kind = match (written.kind.get_ref().as_str(), id.as_str()) {
                ("manner", MANNER) => InputKind::Manner,
                ("date", other) if other != MANNER => InputKind::Date,
                (other, _) => {
                    let reason =
                        format!("`{id}` cannot be of kind `{other}`: `{MANNER}` is a manner, all others dates");
                    return Err(self.refuse(&written.kind.span(), reason));
                }
            };
            let otherwise =
                written.otherwise.as_ref().map(|otherwise| self.otherwise(otherwise, kind, &inputs)).transpose()?;
            inputs.push(Input { id: id.clone(), label: written.label.clone(), kind, needed: false, otherwise });
        }
        for (written, input) in written.iter().zip(&inputs) {
            if let (Some(otherwise), Some(Otherwise::Rule(other))) = (&written.otherwise, &input.otherwise) {
                self.check_other(otherwise, other, rule, &inputs, book)?;
            }
        }
        Ok(inputs)
    }

    fn otherwise(
        &self,
        written: &Spanned<String>,
        kind: InputKind,
        before: &[Input],
    ) -> Result<Otherwise, RulebookError> {
        let (span, text) = (written.span(), written.get_ref());
        if kind != InputKind::Date {
            return Err(self.refuse(&span, "only for a date something stands in"));
        }
        match text.split_once(' ') {
            None if text == "today" => Ok(Otherwise::Today),
            Some(("rule", id)) => Ok(Otherwise::Rule(id.to_owned())),
            Some(("input", id)) => {
                if before.iter().any(|input| input.id == id && input.kind == InputKind::Date) {
                    Ok(Otherwise::Input(id.to_owned()))
                } else {
                    Err(self.refuse(&span, format!("there is no date `{id}` before this")))
                }
            }
            _ => Err(self.refuse(&span, "what stands in is `today`, `input …` or `rule …`")),
        }
    }

    /// Checks a rule whose result stands in: it stands before, leads to no further rule, and takes no more than this one.
    fn check_other(
        &self,
        written: &Spanned<String>,
        other: &str,
        rule: &Rule,
        inputs: &[Input],
        book: &Rulebook,
    ) -> Result<(), RulebookError> {
        let span = written.span();
        let found = book.rule(other).filter(|found| found.bound != Bound::Reminder && found.calendar == rule.calendar);
        let Some(found) = found else {
            return Err(self.refuse(&span, format!("there is no rule `{other}` before this that sets a date")));
        };
        if found.inputs.iter().any(|input| matches!(input.otherwise, Some(Otherwise::Rule(_)))) {
            return Err(self.refuse(&span, format!("`{other}` leads to a further rule")));
        }
        let takes = |needed: &&Input| inputs.iter().any(|input| input.id == needed.id && input.kind == needed.kind);
        match found.inputs.iter().filter(|input| input.needed).find(|needed| !takes(needed)) {
            None => Ok(()),
            Some(needed) => {
                Err(self.refuse(&span, format!("`{other}` needs `{}`, which this does not take", needed.id)))
            }
        }
    }
}
