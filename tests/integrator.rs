//! The integrator's hour: observing hooks, rehearsing, policies, the template.

mod closed_pipe;
mod conformance;
mod constraints;
mod docs;
mod explain;
mod mistakes;
mod observe;
mod policy;
mod settings;
