//! The rules behind the cases, one by one.

mod project;
mod read;
mod respond;
mod row;
mod write;
