//! Identity tools.
