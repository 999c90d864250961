//! The shipped texts agree with each other.

use std::collections::BTreeSet;

use super::deployed;

#[test]
fn every_problem_of_nginx_has_a_text_and_every_text_a_use() {
    let conf = deployed("nginx/sapi.conf");
    let named = |start: &str| -> BTreeSet<String> {
        let lines = conf
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with(start));
        let words = lines.flat_map(|line| line.split([' ', ';']));
        words
            .filter(|word| word.starts_with("/.sapi-problem/"))
            .map(str::to_owned)
            .collect()
    };
    let mut used = named("error_page");
    // 500 is the map's default.
    assert!(used.remove("/.sapi-problem/500"));
    let mut written = BTreeSet::new();
    for line in conf
        .lines()
        .filter(|line| line.contains("urn:sapi:problem:"))
    {
        written.insert(line.split_whitespace().next().unwrap().to_owned());
    }
    assert!(written.remove("default"));
    assert_eq!(used, written);
}

#[test]
fn every_problem_of_nginx_is_in_openapi() {
    let openapi = deployed("openapi.yaml");
    let listed: BTreeSet<&str> = openapi
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- urn:sapi:problem:"))
        .map(|rest| rest.split_whitespace().next().unwrap())
        .collect();
    let conf = deployed("nginx/sapi.conf");
    let mut count = 0;
    for piece in conf.split("urn:sapi:problem:").skip(1) {
        let slug = piece.split('"').next().unwrap();
        assert!(
            listed.contains(slug),
            "{slug} of sapi.conf is not in openapi.yaml"
        );
        count += 1;
    }
    assert!(count >= 15, "{count}");
}
