//! Threads on the store in memory.
