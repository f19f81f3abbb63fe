use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error while a long input runs. It is silent where standard error is no terminal.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    size: Option<u64>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// From this line on an input is long.
    const LONG: u64 = 2_000;
    const EVERY: u64 = 512;

    pub(crate) fn begin(&mut self, size: Option<u64>) {
        self.size = size;
    }

    pub(crate) fn moved_to(&mut self, line: u64, bytes: u64) {
        if line < Self::LONG || !line.is_multiple_of(Self::EVERY) {
            return;
        }
        let size = self.size;
        let bar = self.bar.get_or_insert_with(|| start(size));
        bar.set_position(bytes);
        bar.set_message(format!("{line} lines"));
    }

    /// Prints above the bar.
    pub(crate) fn above(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn start(size: Option<u64>) -> ProgressBar {
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{wide_bar} {percent}%  {msg}  {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {bytes}  {msg}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
