//! The outcomes that an agent chooses from after a call.

use super::{Model, RibbonCall};
use crate::ribbon::wrap_up::{AskedField, Disposition, WrapUp};

impl Model {
    /// Returns the disposition that was chosen.
    #[must_use]
    pub fn chosen_outcome(&self) -> Option<&Disposition> {
        let code = self.wrap_up.as_ref()?.disposition.as_ref()?;
        self.dispositions.iter().find(|one| one.code == *code)
    }

    /// Returns the field of the chosen disposition that has to be filled in or corrected first.
    #[must_use]
    pub fn lacking_field(&self) -> Option<&AskedField> {
        let wrap = self.wrap_up.as_ref().filter(|wrap| wrap.touched.disposition)?;
        let asked = &self.chosen_outcome()?.requires;
        asked.iter().find(|field| !field.accepts(wrap.field_text(&field.name)))
    }

    /// Returns whether a disposition is only the heading of others.
    #[must_use]
    pub fn is_group(&self, code: &str) -> bool {
        !code.is_empty() && self.dispositions.iter().any(|one| one.parent == code)
    }

    /// Returns the dispositions that fit the purpose of the call that the notes are on, and the one
    /// that was chosen: all if none fits. After a call without a conversation, those that say so come
    /// first. If a heading is open, these are the heading and the dispositions below it.
    #[must_use]
    pub fn offered_outcomes(&self) -> Vec<&Disposition> {
        let purpose = self.noted_purpose();
        let chosen = self.wrap_up.as_ref().and_then(|wrap| wrap.disposition.as_ref());
        let fits = |one: &&Disposition| {
            one.call_types.is_empty()
                || purpose.is_empty()
                || one.call_types.iter().any(|fit| fit == purpose)
        };
        let none = !self.dispositions.iter().any(|one| fits(&one));
        let group =
            self.wrap_up.as_ref().and_then(|wrap| wrap.group.as_deref()).unwrap_or_default();
        let shown =
            |one: &Disposition| one.parent == group || (!group.is_empty() && one.code == group);
        let offered = |one: &&Disposition| {
            shown(one) && (none || fits(one) || chosen == Some(&one.code) || one.code == group)
        };
        let first = group.is_empty() && self.is_noted_unanswered();
        let list = self.dispositions.iter().filter(offered);
        let (mut list, rest): (Vec<_>, Vec<_>) = list.partition(|one| first && one.no_contact);
        list.extend(rest);
        list
    }

    /// Returns whether the call that the notes are on is over without a conversation.
    fn is_noted_unanswered(&self) -> bool {
        let noted = |line: &&RibbonCall| {
            self.wrap_up.as_ref().is_some_and(|wrap| wrap.session_id == line.session_id)
        };
        let noted = self.line.iter().chain(&self.aside).find(noted);
        noted.is_some_and(|line| !line.is_live() && !line.call.was_connected())
    }

    /// Returns the purpose of the call that the notes are on, which may not be the one that rings;
    /// empty if unknown.
    fn noted_purpose(&self) -> &str {
        let other = |wrap: &&WrapUp| {
            wrap.open && self.line.as_ref().is_none_or(|line| line.session_id != wrap.session_id)
        };
        if let Some(wrap) = self.wrap_up.as_ref().filter(other) {
            return &wrap.call_type;
        }
        let customer = self.line.as_ref().and_then(|line| line.customer.as_ref());
        customer.map_or("", |customer| &customer.call_type)
    }

    /// Returns the label of a disposition; the code itself if the client's list lacks it.
    #[must_use]
    pub fn outcome_label<'text>(&'text self, code: &'text str) -> &'text str {
        let found = self.dispositions.iter().find(|one| one.code == code);
        found.map_or(code, |one| self.words.translate(&one.label))
    }
}
