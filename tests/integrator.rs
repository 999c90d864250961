//! The integrator's hour: observing hooks, rehearsing, policies, the template.

mod conformance;
mod constraints;
mod explain;
mod observe;
mod policy;
mod settings;
