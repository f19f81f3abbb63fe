use core::fmt;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// Colours, or none: only a terminal gets them, and only if `NO_COLOR` does not forbid it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    coloured: bool,
}

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        Self { coloured: AutoStream::choice(&io::stdout()) != ColorChoice::Never }
    }

    pub(crate) fn for_stderr() -> Self {
        Self { coloured: AutoStream::choice(&io::stderr()) != ColorChoice::Never }
    }

    const fn style(self, style: Style) -> Style {
        if self.coloured { style } else { Style::new() }
    }

    pub(crate) const fn bold(self) -> Style {
        self.style(Style::new().bold())
    }

    pub(crate) const fn dim(self) -> Style {
        self.style(Style::new().dimmed())
    }

    pub(crate) const fn good(self) -> Style {
        self.style(AnsiColor::Green.on_default().bold())
    }

    pub(crate) const fn wait(self) -> Style {
        self.style(AnsiColor::Yellow.on_default().bold())
    }

    pub(crate) const fn bad(self) -> Style {
        self.style(AnsiColor::Red.on_default().bold())
    }
}

/// Tells an error on standard error.
pub(crate) fn complain(problem: impl fmt::Display) {
    let bad = Paint::for_stderr().bad();
    let _ = writeln!(io::stderr(), "{bad}error{bad:#}: {problem}");
}
