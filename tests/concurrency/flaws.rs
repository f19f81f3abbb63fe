//! Stores, machines and drivers that are wrong: the model must tell.
