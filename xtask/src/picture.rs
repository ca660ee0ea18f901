//! The picture of `cargo xtask bench`: a line for each peer of each row, with
//! the median of the ratios as a dot and the quartiles as a bar.

use std::path::Path;

use anyhow::{Context, Result};
use plotters::prelude::*;

use crate::bench::{Row, shown};

const WIDTH: u32 = 960;
const LABELS: i32 = 400;
const LINE: u32 = 16;
/// Above and below the lines.
const MARGIN: u32 = 40;

const FASTER: RGBColor = RGBColor(0x1b, 0x6e, 0xc2);
const SLOWER: RGBColor = RGBColor(0xc2, 0x5b, 0x1b);

pub fn draw(path: &Path, rows: &[Row]) -> Result<()> {
    let drawn = paint(path, rows).map_err(|error| anyhow::anyhow!("{error}"));
    drawn.with_context(|| path.display().to_string())
}

fn paint(path: &Path, rows: &[Row]) -> Result<(), Box<dyn std::error::Error>> {
    let height = 2 * MARGIN + LINE * u32::try_from(rows.len())?;
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let ends = |start: f64, quarter: usize, pick: fn(f64, f64) -> f64| {
        rows.iter().map(|row| row.quarter(quarter)).fold(start, pick)
    };
    let (least, most) = (ends(0.5, 1, f64::min), ends(2.0, 3, f64::max));
    let lines = f64::from(u32::try_from(rows.len())?);
    let mut chart = ChartBuilder::on(&root)
        .margin_left(LABELS)
        .margin_right(20)
        .margin_top(MARGIN)
        .x_label_area_size(MARGIN)
        .build_cartesian_2d((least * 0.9..most * 1.1).log_scale(), lines..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(BLACK.mix(0.05))
        .x_label_formatter(&|ratio| format!("{ratio}"))
        .draw()?;
    chart.draw_series([PathElement::new([(1.0, 0.0), (1.0, lines)], BLACK.mix(0.6))])?;
    let style = ("sans-serif", 12).into_font();
    let title = "Our time by theirs, median and quartiles: left of 1 is faster";
    root.draw(&Text::new(title, (10, 12), ("sans-serif", 14).into_font()))?;
    for (index, row) in rows.iter().enumerate() {
        let y = f64::from(u32::try_from(index)?) + 0.5;
        let colour = if row.median() > 1.0 { SLOWER } else { FASTER };
        let bar = [(row.quarter(1), y), (row.quarter(3), y)];
        chart.draw_series([PathElement::new(bar, colour.mix(0.5).stroke_width(5))])?;
        chart.draw_series([Circle::new((row.median(), y), 3, colour.filled())])?;
        let (_, pixel) = chart.backend_coord(&(1.0, y));
        let text = format!("{} / {}  {}", row.name, row.peer, shown(row.median()));
        root.draw(&Text::new(text, (10, pixel - 6), style.clone()))?;
    }
    root.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::bench::Row;

    #[test]
    fn every_row_is_in_the_picture() {
        let row = |name: &str, median: f64| Row {
            name: name.to_owned(),
            peer: "peer".to_owned(),
            samples: vec![median / 2.0, median, median * 2.0],
        };
        let path = std::env::temp_dir().join(format!("rawos-picture-{}.svg", std::process::id()));
        draw(&path, &[row("stat, &str", 0.01), row("walk", 1.07), row("spawn", 30.0)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        for label in ["stat, &amp;str / peer  0.010", "walk / peer  1.070", "spawn / peer  30.0"] {
            assert!(text.contains(label), "{label}\n{text}");
        }
    }
}
