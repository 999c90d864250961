//! sapi
