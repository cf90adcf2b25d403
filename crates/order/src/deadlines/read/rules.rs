//! Reads rules: their counts, and what manners of service add.

use toml::Spanned;

use super::written::{WrittenDays, WrittenExtension, WrittenRule, WrittenRules, WrittenStep};
use super::{File, RulebookError};
use crate::deadlines::count::{DAYS_MAX, Days, Roll, Unit, Way};
use crate::deadlines::manner::Manner;
use crate::deadlines::rule::{
    Bound, Extension, Ground, Input, InputKind, MANNER, Otherwise, Purpose, Rule, Rulebook, Step,
};

/// The most rules.
const RULES_MAX: usize = 500;
/// The most counts of a rule.
const STEPS_MAX: usize = 8;

impl File<'_> {
    /// Reads the rules of a jurisdiction behind those that are there.
    pub(super) fn rules(&self, written: WrittenRules, book: &mut Rulebook) -> Result<(), RulebookError> {
        let (span, jurisdiction) = (written.jurisdiction.span(), written.jurisdiction.into_inner());
        self.shown(&span, &[&jurisdiction])?;
        if let Some(calendar) = written.calendar.as_ref().filter(|id| book.calendar(id.get_ref()).is_none()) {
            return Err(self.refuse(&calendar.span(), format!("there is no calendar `{}`", calendar.get_ref())));
        }
        let calendar = written.calendar.map(Spanned::into_inner);
        for extension in written.extension {
            let extension = self.extension(extension, calendar.is_some(), book)?;
            book.extensions.push(extension);
        }
        for rule in written.rule {
            if book.rules.len() >= RULES_MAX {
                return Err(self.refuse(&rule.id.span(), format!("at most {RULES_MAX} rules")));
            }
            let rule = self.rule(rule, &jurisdiction, calendar.as_deref(), book)?;
            book.rules.push(rule);
        }
        Ok(())
    }

    fn extension(
        &self,
        written: WrittenExtension,
        has_calendar: bool,
        book: &Rulebook,
    ) -> Result<Extension, RulebookError> {
        let span = written.id.span();
        let id = self.id(&written.id, book.extension(written.id.get_ref()).is_some())?;
        let mut added = Vec::new();
        for (name, days) in written.added {
            let (at, name) = (name.span(), name.into_inner());
            let manner = Manner::named(&name);
            let manner = manner.ok_or_else(|| self.refuse(&at, format!("`{name}` is no manner of service")))?;
            let days = self.days(&at, days)?;
            if days.unit == Unit::Court && !has_calendar {
                return Err(self.refuse(&at, "court days need a calendar"));
            }
            added.push((manner, days));
        }
        let extension = Extension { id, after_roll: written.after_roll, added };
        match Manner::ALL.into_iter().find(|manner| extension.days(*manner).is_none()) {
            None => Ok(extension),
            Some(manner) => Err(self.refuse(&span, format!("nothing is said of `{}`", manner.as_str()))),
        }
    }

    fn rule(
        &self,
        written: WrittenRule,
        jurisdiction: &str,
        calendar: Option<&str>,
        book: &Rulebook,
    ) -> Result<Rule, RulebookError> {
        let span = written.id.span();
        let mut rule = Rule {
            id: self.id(&written.id, book.rule(written.id.get_ref()).is_some())?,
            jurisdiction: jurisdiction.to_owned(),
            bound: self.bound(&written.bound)?,
            reviewed: self.date(&written.reviewed)?,
            notes: self.notes(&span, written.notes)?,
            label: written.label,
            citation: written.citation,
            source: written.source,
            inputs: Vec::new(),
            checked: None,
            calendar: calendar.map(str::to_owned),
            steps: Vec::new(),
        };
        self.shown(&span, &[&rule.label, &rule.citation, &rule.source])?;
        rule.inputs = self.inputs(&written.inputs, &rule, book)?;
        if let Some(checked) = written.checked {
            if rule.input(checked.get_ref()).is_none_or(|input| input.kind != InputKind::Date) {
                return Err(self.refuse(&checked.span(), format!("there is no date `{}`", checked.get_ref())));
            }
            rule.checked = Some(checked.into_inner());
        }
        let steps = match rule.bound {
            Bound::Reminder => 0..=0,
            Bound::Earliest | Bound::Latest => 1..=STEPS_MAX,
        };
        if !steps.contains(&written.step.len()) {
            let reason = format!("a rule that sets a date has 1 to {STEPS_MAX} steps, and a reminder none");
            return Err(self.refuse(&span, reason));
        }
        for step in written.step {
            let step = self.step(step, &rule, book)?;
            rule.steps.push(step);
        }
        mark_needed(&mut rule, book);
        match rule.inputs.iter().find(|input| !is_used(&rule, input)) {
            None => Ok(rule),
            Some(input) => Err(self.refuse(&span, format!("nothing is done with `{}`", input.id))),
        }
    }

    fn bound(&self, written: &Spanned<String>) -> Result<Bound, RulebookError> {
        let bounds = [Bound::Earliest, Bound::Latest, Bound::Reminder];
        let bound = bounds.into_iter().find(|bound| bound.as_str() == written.get_ref());
        bound.ok_or_else(|| self.refuse(&written.span(), "a bound is `earliest`, `latest` or `reminder`"))
    }

    fn days(&self, span: &std::ops::Range<usize>, written: WrittenDays) -> Result<Days, RulebookError> {
        let (count, unit) = match (written.days, written.court_days) {
            (Some(count), None) => (count, Unit::Calendar),
            (None, Some(count)) => (count, Unit::Court),
            _ => return Err(self.refuse(span, "a count is of `days` or of `court-days`")),
        };
        if count > DAYS_MAX {
            return Err(self.refuse(span, format!("a count is of at most {DAYS_MAX} days")));
        }
        Ok(Days { count, unit })
    }

    fn step(&self, written: WrittenStep, rule: &Rule, book: &Rulebook) -> Result<Step, RulebookError> {
        let (span, from) = (written.from.span(), written.from.into_inner());
        if rule.input(&from).is_none_or(|input| input.kind != InputKind::Date) {
            return Err(self.refuse(&span, format!("there is no date `{from}`")));
        }
        self.shown(&span, &[&written.words])?;
        let (way, days) = match (written.after, written.before) {
            (Some(days), None) => (Way::After, self.days(&span, days)?),
            (None, Some(days)) => (Way::Before, self.days(&span, days)?),
            _ => return Err(self.refuse(&span, "a step counts days `after` or `before`")),
        };
        let roll = self.roll(&written.roll, way, rule)?;
        if rule.calendar.is_none() && (days.unit == Unit::Court || roll != Roll::Stay) {
            return Err(self.refuse(&span, "court days need a calendar"));
        }
        if rule.bound == Bound::Earliest && way == Way::Before {
            return Err(self.refuse(&span, "an earliest date is counted forward"));
        }
        if let Some(extend) = &written.extend {
            if book.extension(extend.get_ref()).is_none() {
                return Err(self.refuse(&extend.span(), format!("there is no extension `{}`", extend.get_ref())));
            }
            let after_roll = book.extension(extend.get_ref()).is_some_and(|extension| extension.after_roll);
            if written.undo && after_roll {
                return Err(self.refuse(&extend.span(), "what is added after a move cannot be undone"));
            }
            if rule.input(MANNER).is_none() {
                return Err(self.refuse(&extend.span(), format!("the rule does not take `{MANNER}`")));
            }
        }
        if written.undo && (way == Way::After || days.unit == Unit::Court) {
            return Err(self.refuse(&span, "what is undone is a count of `days`, and `before`"));
        }
        let ground = if written.cautious { Ground::Caution } else { Ground::Law };
        let purpose = if written.undo { Purpose::Undo } else { Purpose::Count };
        let extension = written.extend.map(Spanned::into_inner);
        Ok(Step { from, words: written.words, way, days, extension, purpose, roll, ground })
    }

    /// Reads where a count goes that ends on no court day: on in its direction or nowhere, never back over what was counted.
    fn roll(&self, written: &Spanned<String>, way: Way, rule: &Rule) -> Result<Roll, RulebookError> {
        let roll = match written.get_ref().as_str() {
            "none" => Roll::Stay,
            "forward" => Roll::Forward,
            "backward" => Roll::Backward,
            other => {
                let reason = format!("a step rolls `forward`, `backward` or `none`, not `{other}`");
                return Err(self.refuse(&written.span(), reason));
            }
        };
        if roll.way().is_some_and(|to| to != way) {
            return Err(self.refuse(&written.span(), format!("`{}` rolls against its count", rule.id)));
        }
        Ok(roll)
    }
}

/// Marks the inputs without which there is no result.
fn mark_needed(rule: &mut Rule, book: &Rulebook) {
    let counted: Vec<String> = rule.steps.iter().map(|step| step.from.clone()).collect();
    let extended = rule.steps.iter().any(|step| step.extension.is_some());
    let others = rule.inputs.iter().filter_map(|input| match &input.otherwise {
        Some(Otherwise::Rule(id)) => book.rule(id),
        Some(Otherwise::Input(_) | Otherwise::Today) | None => None,
    });
    let by_others: Vec<String> = others
        .flat_map(|other| other.inputs.iter().filter(|input| input.needed).map(|input| input.id.clone()))
        .collect();
    for input in &mut rule.inputs {
        let counts = counted.contains(&input.id) || (extended && input.kind == InputKind::Manner);
        input.needed = input.otherwise.is_none() && (counts || by_others.contains(&input.id));
    }
}

/// Tells whether an input is counted from, compared, or stands in for another.
fn is_used(rule: &Rule, input: &Input) -> bool {
    let stands_in = |other: &Input| matches!(&other.otherwise, Some(Otherwise::Input(id)) if *id == input.id);
    input.needed
        || rule.checked.as_ref() == Some(&input.id)
        || rule.steps.iter().any(|step| step.from == input.id)
        || rule.inputs.iter().any(stands_in)
}
