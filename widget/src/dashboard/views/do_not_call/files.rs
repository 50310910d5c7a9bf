//! Files of numbers: importing one, and the latest imports.

use super::import_form::ImportForm;
use super::imports::ImportList;
use super::register_age::{registers_of, render_warnings};
use crate::dashboard::access::Access;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::Note;
use crate::dashboard::views::settings::call_rules::pack::CallRules;
use call_ribbon_shared::wire::SuppressionImports;
use leptos::prelude::*;

/// The tab.
#[component]
pub fn Files() -> impl IntoView {
    let access = Access::from_context();
    let imports: Loaded<SuppressionImports> =
        load_json(move || Some(access.settings_path("suppressions/imports")));
    let rules: Loaded<CallRules> = load_json(move || Some(access.settings_path("call-rules")));
    let registers =
        Memo::new(move |_| rules.answer().map(|rules| registers_of(&rules)).unwrap_or_default());
    let warnings = move || {
        let imports = imports.answer()?.imports;
        rules.answer()?;
        Some(render_warnings(&registers.read(), &imports))
    };
    let form = move || {
        if access.may_change() {
            view! { <ImportForm registers=registers imports=imports /> }.into_any()
        } else {
            view! { <Note>"You can see which files were imported. Only an admin of this client can import and export."</Note> }
                .into_any()
        }
    };
    view! {
        {warnings}
        {form}
        <ImportList imports=imports />
    }
}
