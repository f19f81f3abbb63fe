use alloc::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// The rows of a file as bytes, with never more than one row of it in memory.
pub(crate) struct Lines<R> {
    input: R,
    /// A row of CSV may have line breaks between quotes.
    quoted: bool,
    ahead: VecDeque<Line>,
    read: u64,
    bytes: u64,
}

/// A row as it stands in the file.
#[derive(Debug)]
pub(crate) struct Line {
    /// The number of its first line, from 1.
    pub(crate) number: u64,
    pub(crate) text: Vec<u8>,
    /// It is longer than a row may be; the text is its beginning.
    pub(crate) cut: bool,
}

impl<R: BufRead> Lines<R> {
    /// The longest row, in bytes.
    pub(crate) const MAX_BYTES: usize = 64 * 1_024;
    /// So many lines may be one row.
    const MAX_LINES: usize = 64;

    pub(crate) fn new(input: R, quoted: bool) -> Self {
        Self { input, quoted, ahead: VecDeque::new(), read: 0, bytes: 0 }
    }

    /// How many bytes of the file were read.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next row that is not empty.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.row()? {
                Some(line) if line.text.iter().all(u8::is_ascii_whitespace) && !line.cut => {}
                other => return Ok(other),
            }
        }
    }

    fn row(&mut self) -> io::Result<Option<Line>> {
        let Some(mut line) = self.line()? else { return Ok(None) };
        let (mut taken, mut open) = (0, self.quoted && has_open_quote(&line.text));
        let mut rest = Vec::new();
        while open && !line.cut && taken < Self::MAX_LINES {
            if self.ahead.len() <= taken {
                let Some(next) = self.read_line()? else { break };
                self.ahead.push_back(next);
            }
            let Some(next) = self.ahead.get(taken) else { break };
            if next.cut
                || line.text.len().saturating_add(rest.len()).saturating_add(next.text.len())
                    > Self::MAX_BYTES
            {
                break;
            }
            rest.extend_from_slice(&next.text);
            open ^= has_open_quote(&next.text);
            taken = taken.saturating_add(1);
        }
        // A quote that nobody closes is a fault of its own line; the lines behind it are read again.
        if open {
            line.cut = true;
        } else {
            line.text.append(&mut rest);
            self.ahead.drain(..taken);
        }
        Ok(Some(line))
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read_line(),
        }
    }

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut text = Vec::new();
        let most = u64::try_from(Self::MAX_BYTES).unwrap_or(u64::MAX);
        let found = self.input.by_ref().take(most).read_until(b'\n', &mut text)?;
        if found == 0 {
            return Ok(None);
        }
        self.advance(found);
        let cut = text.last() != Some(&b'\n') && found == Self::MAX_BYTES;
        if cut {
            self.skip_line()?;
        }
        self.read = self.read.saturating_add(1);
        Ok(Some(Line { number: self.read, text, cut }))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let skipped = end.map_or(buffer.len(), |end| end.saturating_add(1));
            self.input.consume(skipped);
            self.advance(skipped);
            if skipped == 0 || end.is_some() {
                return Ok(());
            }
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

fn has_open_quote(text: &[u8]) -> bool {
    text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}
