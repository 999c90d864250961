//! The table as a picture: for each pair of keys, what each way costs, in least issuances.

use std::fmt::Write;

use crate::table::Row;

/// Horizontal bars, grouped by pair, drawn by hand: no library is needed for rectangles.
pub(crate) fn draw(rows: &[Row]) -> String {
    let group = 3 * BAR + 14;
    let height = TOP + rows.len() * group + 30;
    let most = rows
        .iter()
        .map(|row| row.ratio(&row.nginx))
        .fold(2.0, f64::max)
        .ceil();
    let scale = (WIDTH - LEFT - 60) as f64 / most;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"18\" font-size=\"14\">CPU time for an issuance, in least issuances</text>\n"
    );
    for (place, (name, colour)) in BARS.iter().enumerate() {
        let x = LEFT + place * 160;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"27\" width=\"11\" height=\"11\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"37\">{name}</text>",
            x + 16
        );
    }
    for tick in 0..=(most as usize * 2) {
        let value = tick as f64 / 2.0;
        let x = LEFT as f64 + value * scale;
        let colour = if tick == 2 { "#333" } else { "#ddd" };
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{}\" stroke=\"{colour}\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{value}</text>",
            height - 28,
            height - 12
        );
    }
    for (place, row) in rows.iter().enumerate() {
        let top = TOP + place * group + 7;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} / {}</text>",
            LEFT - 8,
            top + 3 * BAR / 2 + 4,
            row.ca,
            row.client
        );
        let ratios = [&row.road, &row.http, &row.nginx].map(|samples| row.ratio(samples));
        for (bar, (ratio, (_, colour))) in ratios.iter().zip(BARS).enumerate() {
            let (y, width) = (top + bar * BAR, ratio * scale);
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>\
                 <text x=\"{:.1}\" y=\"{}\" font-size=\"10\">{ratio:.2}</text>",
                BAR - 1,
                LEFT as f64 + width + 4.0,
                y + BAR - 3
            );
        }
    }
    svg + "</svg>\n"
}

const WIDTH: usize = 760;
const LEFT: usize = 150;
const TOP: usize = 50;
const BAR: usize = 13;
const BARS: [(&str, &str); 3] = [
    ("road in process", "#7fb069"),
    ("HTTP, unix socket", "#3d7ea6"),
    ("behind nginx", "#c97b3d"),
];
