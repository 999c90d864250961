//! The integrator's hour: observing hooks, rehearsing, policies, the template.

mod conformance;
mod constraints;
mod docs;
mod explain;
mod mistakes;
mod observe;
mod policy;
mod settings;
