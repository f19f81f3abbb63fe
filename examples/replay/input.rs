use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use crate::fault::Fault;

/// The longest line, in bytes. It is checked before a line is parsed.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// What some editors put before the first line; a reader may skip it (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Lines of a file or of standard input, none longer than [`MAX_LINE`] in memory.
pub(crate) struct Input {
    /// What errors call it.
    pub(crate) name: String,
    /// Its size in bytes, if known.
    pub(crate) size: Option<u64>,
    reader: Box<dyn BufRead>,
    buffer: Vec<u8>,
    number: u64,
}

/// One line with its number, from 1; or what is wrong with it.
pub(crate) struct RawLine<'a> {
    pub(crate) number: u64,
    /// How many bytes were read for it.
    pub(crate) bytes: u64,
    /// What is held of it.
    pub(crate) held: &'a [u8],
    pub(crate) text: Result<&'a str, &'static str>,
}

impl Input {
    pub(crate) fn open(path: &str, name: String) -> Result<Self, Fault> {
        if path == "-" {
            let reader = Box::new(BufReader::new(io::stdin()));
            return Ok(Self::new(String::from("-"), None, reader));
        }
        let file = File::open(path).map_err(|error| Fault::File { file: name.clone(), error })?;
        let size = file.metadata().ok().map(|data| data.len());
        Ok(Self::new(name, size, Box::new(BufReader::new(file))))
    }

    fn new(name: String, size: Option<u64>, reader: Box<dyn BufRead>) -> Self {
        Self { name, size, reader, buffer: Vec::new(), number: 0 }
    }

    /// The next line, without its end; [`None`] at the end of the input.
    pub(crate) fn next(&mut self) -> Result<Option<RawLine<'_>>, Fault> {
        // With the mark before it and the two bytes of its end.
        const LIMIT: u64 = MAX_LINE as u64 + 5;
        self.buffer.clear();
        let read = self.reader.by_ref().take(LIMIT).read_until(b'\n', &mut self.buffer);
        let mut bytes = read.map_err(|error| self.fault(error))? as u64;
        if bytes == 0 {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        let ended = self.buffer.last() == Some(&b'\n');
        if !ended && bytes == LIMIT {
            let skipped = self.reader.skip_until(b'\n').map_err(|error| self.fault(error))?;
            bytes = bytes.saturating_add(skipped as u64);
        }
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let first = self.number == 1;
        let line = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| first).unwrap_or(line);
        let text = if line.len() > MAX_LINE {
            Err("the line is longer than 1 MiB: split it into several steps")
        } else {
            core::str::from_utf8(line).map_err(|_| "the line is not UTF-8: save the file in that encoding")
        };
        Ok(Some(RawLine { number: self.number, bytes, held: line, text }))
    }

    fn fault(&self, error: io::Error) -> Fault {
        Fault::File { file: self.name.clone(), error }
    }
}
