//! The integrator's hour: observing hooks, rehearsing, policies, the template.

mod constraints;
mod explain;
mod observe;
mod settings;
