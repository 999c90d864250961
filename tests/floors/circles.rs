//! Files that use each other in a circle, and rooms that do.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::Edges;
use super::place::Place;

/// One fault for each circle of files, with the uses that make it.
pub(super) fn circle_faults(edges: &Edges) -> Vec<String> {
    let pairs: BTreeSet<_> = edges.pairs().collect();
    let told = |circle: BTreeSet<&str>| {
        let inside =
            |(user, definer): &(&str, &str)| circle.contains(user) && circle.contains(definer);
        let uses = pairs.iter().copied().filter(inside);
        fault("files", circle.iter().copied(), uses, edges)
    };
    circles(pairs.iter().copied())
        .into_iter()
        .map(told)
        .collect()
}

/// One fault for each circle of rooms. A room is a file together with the folder of its name.
pub(super) fn room_circle_faults(edges: &Edges) -> Vec<String> {
    let mut rooms: BTreeMap<(String, String), Vec<(&str, &str)>> = BTreeMap::new();
    for (user, definer) in edges.pairs() {
        if let Some((one, other)) = Place::of(user).parted_from(&Place::of(definer)) {
            rooms.entry((one, other)).or_default().push((user, definer));
        }
    }
    let pairs = rooms
        .keys()
        .map(|(one, other)| (one.as_str(), other.as_str()));
    let told = |circle: BTreeSet<&str>| {
        let inside = |(one, other): &&(String, String)| {
            circle.contains(one.as_str()) && circle.contains(other.as_str())
        };
        let uses = rooms.keys().filter(inside).flat_map(|pair| &rooms[pair]);
        fault("rooms", circle.iter().copied(), uses.copied(), edges)
    };
    circles(pairs).into_iter().map(told).collect()
}

fn fault<'a>(
    what: &str,
    circle: impl ExactSizeIterator<Item = &'a str>,
    uses: impl Iterator<Item = (&'a str, &'a str)>,
    edges: &Edges,
) -> String {
    let number = circle.len();
    let names: Vec<_> = circle.collect();
    let mut fault = format!("a circle of {number} {what}: {}", names.join(", "));
    for (user, definer) in uses {
        fault.push_str("\n    ");
        fault.push_str(&edges.told(user, definer));
    }
    fault
}

/// Each set is a circle: from every member, uses lead to every other.
fn circles<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<BTreeSet<&'a str>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (user, definer) in pairs {
        next.entry(user).or_default().push(definer);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = next
        .keys()
        .map(|one| (*one, reached_from(one, &next)))
        .collect();
    let mut circles = Vec::new();
    let mut done = BTreeSet::new();
    for (one, others) in &reached {
        if done.contains(one) || !others.contains(one) {
            continue;
        }
        let back = |other: &&str| reached.get(other).is_some_and(|set| set.contains(one));
        let circle: BTreeSet<_> = others.iter().copied().filter(back).collect();
        done.extend(circle.iter().copied());
        circles.push(circle);
    }
    circles
}

fn reached_from<'a>(one: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![one];
    while let Some(one) = ahead.pop() {
        for other in next.get(one).into_iter().flatten() {
            if reached.insert(*other) {
                ahead.push(other);
            }
        }
    }
    reached
}
