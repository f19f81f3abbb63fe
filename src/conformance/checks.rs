//! The checks, one function each.
//!
//! [`run`](super::run) runs all; [`conformance_tests!`](crate::conformance_tests) makes a test of each.

mod absence;
mod atomicity;
mod bucket;
mod conflict;
mod durable;
mod group;
mod isolation;
mod key;
mod limit;
mod order;
mod paging;
mod race;
mod repetition;
mod tenant;
mod unknown;
mod value;
mod version;

use crate::conformance::check::Check;
use crate::conformance::table::define;
use crate::conformance::{Factory, Outcome};

crate::__conformance_table! { [define] }
