"""Hand-made requests: one module for each kind of rule, each with a `cases()` generator."""
