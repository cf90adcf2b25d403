//! The TypeScript types of what the commands take and answer: written by `cargo xtask bindings`, held by a test.

use std::collections::BTreeMap;
use std::path::Path;

use ts_rs::{Config, ExportError, TS};

use crate::commands::app_info::AppInfo;
use crate::view::deadlines::{
    BoundView, DatedView, DayView, DeadlineView, EnteredView, MarginView, MissingView, OutcomeView, StandingView,
};
use crate::view::diagnostics::{DiagnosticsView, DiskView};
use crate::view::draft::{
    AnswerView, Assessment, CaptionView, ChangeView, DraftView, EntryView, FoldedView, NoticeView, ProblemView,
    QuoteLineView, QuoteView, SavedAnswer, SavedRows, SeverityView,
};
use crate::view::files::{FileStateView, FileView, ShellEvent};
use crate::view::form::{
    ChoiceStyleView, FieldView, FormView, KindView, OptionView, RepeatsView, SectionView, ServiceView, WidthView,
};
use crate::view::history::{HistoryAnswer, VersionChangeView, VersionView};
use crate::view::moving::{ExportedView, ImportView, ImportedView, PickedView};
use crate::view::orders::{
    CountsView, OrderColumnView, OrderListView, OrderPageView, OrderQueryView, OrderRow, OrderStateView,
};
use crate::view::outbox::{ConnectionView, OutboxItemView, OutboxPartView, TransferView, WaitView};
use crate::view::policy::{PolicyView, SettingView};
use crate::view::received::{
    PaymentStateView, PaymentView, ReceivedView, ReturnedView, TimelineEventView, TimelineItemView, WorkStatusView,
};
use crate::view::review::{Fact, ReviewSection, ReviewView};
use crate::view::vault::{KitView, LockSettingsView, LockStateView, RotatedView, VaultStateView, VaultView, WayView};
use crate::{Mode, UiError, UiErrorCode};

/// Says `write` where the files are to be written and not compared.
const BINDINGS: &str = "SATCHEL_BINDINGS";

const STALE: &str = "ui/src/lib/bindings is not what the Rust types say; run `cargo xtask bindings`";

/// Returns the file name and text of each type.
#[expect(clippy::too_many_lines, reason = "a list, one type on each line")]
fn generated() -> Result<BTreeMap<String, String>, ExportError> {
    fn file<T: TS + 'static>(config: &Config) -> Result<(String, String), ExportError> {
        Ok((format!("{}.ts", T::name(config)), T::export_to_string(config)?))
    }
    macro_rules! files {
        ($($type:ty),* $(,)?) => {{
            let config = Config::new().with_large_int("number");
            [$(file::<$type>(&config)),*].into_iter().collect()
        }};
    }
    files![
        AnswerView,
        AppInfo,
        Assessment,
        BoundView,
        CaptionView,
        ChangeView,
        ChoiceStyleView,
        ConnectionView,
        CountsView,
        DatedView,
        DayView,
        DeadlineView,
        DiagnosticsView,
        DiskView,
        DraftView,
        EnteredView,
        EntryView,
        ExportedView,
        Fact,
        FieldView,
        FileStateView,
        FileView,
        FoldedView,
        FormView,
        HistoryAnswer,
        ImportView,
        ImportedView,
        KindView,
        KitView,
        LockSettingsView,
        LockStateView,
        MarginView,
        MissingView,
        Mode,
        NoticeView,
        OptionView,
        OrderColumnView,
        OrderListView,
        OrderPageView,
        OrderQueryView,
        OrderRow,
        OrderStateView,
        OutboxItemView,
        OutboxPartView,
        OutcomeView,
        PaymentStateView,
        PaymentView,
        PickedView,
        PolicyView,
        ProblemView,
        QuoteLineView,
        QuoteView,
        ReceivedView,
        RepeatsView,
        ReturnedView,
        ReviewSection,
        ReviewView,
        RotatedView,
        SavedAnswer,
        SavedRows,
        SectionView,
        ServiceView,
        SettingView,
        SeverityView,
        ShellEvent,
        StandingView,
        TimelineEventView,
        TimelineItemView,
        TransferView,
        UiError,
        UiErrorCode,
        VaultStateView,
        VaultView,
        VersionChangeView,
        VersionView,
        WaitView,
        WayView,
        WidthView,
        WorkStatusView,
    ]
}

fn on_disk(folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(entry.path())?);
    }
    Ok(files)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer's switch of this test, not a setting of the app")]
fn bindings_are_what_the_types_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/lib/bindings");
    let generated = generated().expect("the types can be exported");
    if std::env::var(BINDINGS).is_ok_and(|value| value == "write") {
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, text) in &generated {
            std::fs::write(folder.join(name), text).expect("the file can be written");
        }
    }
    assert_eq!(on_disk(&folder).expect("the folder can be read"), generated, "{STALE}");
}
