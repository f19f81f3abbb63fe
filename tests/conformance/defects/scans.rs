//! Scans are out of order, cut short or without end.

use std::sync::Mutex;

use consent_engine::store::{Page, Scan};

use crate::broken::{Broken, get, page};
use crate::defects::Defect;

pub(crate) const SCANS: &[Defect] = &[
    ("a scan returns the last key first", "scan_is_in_byte_order", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.records.reverse();
            page
        })
    }),
    ("a scan returns the key that it goes on after", "scan_after_is_exclusive", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            let after = scan.after.and_then(|after| Some((after, get(db, after)?)));
            page.records.splice(0..0, after);
            page
        })
    }),
    ("a scan stops half-way and says it is the last page", "last_page_says_so", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.records.truncate(page.records.len().div_ceil(2));
            page.more = false;
            page
        })
    }),
    ("a scan that fails on its second page returns an empty list", "pages_join_without_gap", || {
        Broken::sound().scans(|db, scan| match scan.after {
            Some(_) => Page::default(),
            None => page(db, scan),
        })
    }),
    ("a scan that finds nothing says that there is more", "scan_after_the_last_is_empty", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.more |= page.records.is_empty();
            page
        })
    }),
    ("a scan ignores its limit", "page_ends_at_its_limit", || {
        Broken::sound().scans(|db, scan| page(db, Scan { limit: Scan::MAX_LIMIT, ..scan }))
    }),
    ("a page is cut to its limit and says it is the last", "page_ends_at_its_limit", || {
        Broken::sound().scans(|db, scan| Page { more: false, ..page(db, scan) })
    }),
    ("a scan begins at its offset, not after its key", "paging_survives_changes", || {
        let offset = Mutex::new(0_usize);
        Broken::sound().scans(move |db, scan| {
            let mut offset = offset.lock().unwrap();
            if scan.after.is_none() {
                *offset = 0;
            }
            let all = page(db, Scan::new(scan.prefix, Scan::MAX_LIMIT)).records;
            let records: Vec<_> = all.iter().skip(*offset).take(scan.limit.into()).cloned().collect();
            *offset += records.len();
            Page { more: *offset < all.len(), records }
        })
    }),
];
