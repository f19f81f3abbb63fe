use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error, by bytes of the file. It is silent where standard error is no terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        Self(match ProgressStyle::with_template("{wide_bar} {percent}%  {msg}  {eta} left") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    pub(crate) fn moved_to(&self, bytes: u64, rows: u64) {
        self.0.set_position(bytes);
        self.0.set_message(format!("{rows} rows"));
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
