//! The floors of `sapi`: which there are, and who looks up.

use super::edges::Edges;
use super::place::Place;
use super::rooms::Declared;

/// The floors, lowest first. A module uses its own floor and those below.
///
/// `internals` is highest: benches and fuzzing reach every floor through it, and no floor needs it.
const FLOORS: [&str; 12] = [
    "encoding",
    "request",
    "certificate",
    "identity",
    "hooks",
    "policy",
    "pipeline",
    "testing",
    "settings",
    "server",
    "command",
    "internals",
];

/// Crates, each with the lowest floor that may use it.
const ONLY_ABOVE: [(&str, &str); 2] = [("actix_web", "server"), ("config", "settings")];

/// Files that look up, are on no floor, or go around the floors.
pub(super) fn floor_faults<'a>(edges: &Edges, files: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let Some(top) = Place::of(file).top() else {
            continue;
        };
        let Some(own) = floor_of(top) else {
            faults.push(format!("{file}: is on no floor"));
            continue;
        };
        for (name, lowest) in ONLY_ABOVE {
            if Some(own) < floor_of(lowest) && edges.uses_crate(file, name) {
                faults.push(format!("{file}: uses {name}, which is for {lowest}"));
            }
        }
    }
    for (user, definer) in edges.pairs() {
        let floor = |file| Place::of(file).top().and_then(floor_of);
        if let (Some(own), Some(other)) = (floor(user), floor(definer))
            && other > own
        {
            let told = edges.told(user, definer);
            faults.push(format!("{told}: looks up to {}", FLOORS[other]));
        }
    }
    for (file, name) in edges.taken_from_root() {
        let fault = format!("{file}: takes {name} from the crate root, not from its floor");
        faults.push(fault);
    }
    faults
}

/// Whether `lib.rs` declares the floors in the order of this list.
pub(super) fn order_faults(lib: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut highest = 0;
    for declared in Declared::all(lib) {
        let name = declared.name;
        match floor_of(name) {
            None => faults.push(format!("lib.rs: {name} is on no floor")),
            Some(floor) if floor < highest => {
                faults.push(format!("lib.rs: {name} is declared above its floor"));
            }
            Some(floor) => highest = floor,
        }
    }
    faults
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| *floor == module)
}
