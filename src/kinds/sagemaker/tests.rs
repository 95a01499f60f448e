//! Converters and tables.
