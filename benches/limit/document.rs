//! Writes results into docs/performance.md, between marks.

use std::fs;
use std::path::PathBuf;

pub(crate) fn write_section(name: &str, text: &str) {
    let path = docs("performance.md");
    let old = fs::read_to_string(&path).unwrap();
    let (begin, end) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let from = old.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
    let to = old.find(&end).unwrap_or_else(|| panic!("no {end}"));
    let new = format!("{}\n{}\n{}", &old[..from], text.trim_end(), &old[to..]);
    fs::write(path, new).unwrap();
}

pub(crate) fn write_plot(svg: &str) {
    fs::write(docs("performance.svg"), svg).unwrap();
}

fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name)
}
