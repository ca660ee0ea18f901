//! A picture of curves, two panels in a line, both axes logarithmic.

use std::path::Path;

use anyhow::{Context, Result};
use plotters::prelude::*;

pub struct Curve {
    pub label: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

pub struct Panel {
    pub title: String,
    /// What is along the x axis.
    pub x: &'static str,
    pub curves: Vec<Curve>,
}

const WIDTH: u32 = 480;
const HEIGHT: u32 = 240;
/// To the right of the curves, with their names.
const LEGEND: u32 = 120;

const COLOURS: [RGBColor; 6] = [
    RGBColor(0x1b, 0x6e, 0xc2),
    RGBColor(0xc2, 0x5b, 0x1b),
    RGBColor(0x2c, 0x8c, 0x4a),
    RGBColor(0x8a, 0x4f, 0xb0),
    RGBColor(0x60, 0x60, 0x60),
    RGBColor(0xb0, 0x1e, 0x50),
];

pub fn draw(path: &Path, lines: &[[Panel; 2]]) -> Result<()> {
    let drawn = paint(path, lines).map_err(|error| anyhow::anyhow!("{error}"));
    drawn.with_context(|| path.display().to_string())
}

fn paint(path: &Path, lines: &[[Panel; 2]]) -> Result<(), Box<dyn std::error::Error>> {
    let size = (2 * WIDTH, HEIGHT * u32::try_from(lines.len())?);
    let root = SVGBackend::new(path, size).into_drawing_area();
    root.fill(&WHITE)?;
    let areas = root.split_evenly((lines.len(), 2));
    for (area, panel) in areas.iter().zip(lines.iter().flatten()) {
        if panel.curves.iter().any(|curve| !curve.points.is_empty()) {
            paint_panel(area, panel)?;
        }
    }
    root.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn paint_panel(area: &Area<'_>, panel: &Panel) -> Result<(), Box<dyn std::error::Error>> {
    let points = || panel.curves.iter().flat_map(|curve| &curve.points).copied();
    let end = |start, pick: fn(f64, f64) -> f64, of: fn((f64, f64)) -> f64| {
        points().map(of).fold(start, pick)
    };
    let x = end(f64::MAX, f64::min, |at| at.0) * 0.8..end(0.0, f64::max, |at| at.0) * 1.25;
    let y = end(f64::MAX, f64::min, |at| at.1) * 0.8..end(0.0, f64::max, |at| at.1) * 1.25;
    let (left, right) = area.split_horizontally(WIDTH - LEGEND);
    let mut chart = ChartBuilder::on(&left)
        .caption(&panel.title, ("sans-serif", 13))
        .margin(6)
        .x_label_area_size(34)
        .y_label_area_size(48)
        .build_cartesian_2d(x.log_scale(), y.log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(BLACK.mix(0.04))
        .x_desc(panel.x)
        .x_label_formatter(&|value| label(*value))
        .y_label_formatter(&|value| label(*value))
        .draw()?;
    for (index, (curve, colour)) in panel.curves.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let line = LineSeries::new(curve.points.iter().copied(), colour.stroke_width(2));
        chart.draw_series(line)?;
        chart.draw_series(curve.points.iter().map(|at| Circle::new(*at, 3, colour.filled())))?;
        let y = 40 + 16 * i32::try_from(index)?;
        right.draw(&PathElement::new([(0, y), (12, y)], colour.stroke_width(2)))?;
        let font = ("sans-serif", 11).into_font();
        right.draw(&Text::new(curve.label.as_str(), (16, y - 6), font))?;
    }
    Ok(())
}

/// A mark of an axis.
fn label(value: f64) -> String {
    match value {
        1e6.. => format!("{}M", value / 1e6),
        1e4.. => format!("{}k", value / 1e3),
        _ => format!("{}", (value * 1e3).round() / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::{Curve, Panel, draw, label};

    #[test]
    fn marks_are_short() {
        let marks = [0.1 + 0.2, 0.7000000000000001, 1.0, 1000.0, 3e4, 1e5, 1e7].map(label);
        assert_eq!(marks, ["0.3", "0.7", "1", "1000", "30k", "100k", "10M"]);
    }

    #[test]
    fn every_curve_is_in_the_picture() {
        let panel = |title: &str, points: &[(f64, f64)]| Panel {
            title: title.to_owned(),
            x: "entries",
            curves: vec![Curve { label: format!("of {title}"), points: points.to_vec() }],
        };
        let path = std::env::temp_dir().join(format!("rawos-curves-{}.svg", std::process::id()));
        let lines = [
            [panel("one", &[(1000.0, 1.0), (1e6, 30.0)]), panel("two", &[(8.0, 0.01)])],
            [panel("three", &[(8.0, 1.0), (16.0, 1.0)]), panel("without", &[])],
        ];
        draw(&path, &lines).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        for label in ["one", "of one", "two", "of three", "entries"] {
            assert!(text.contains(label), "{label}\n{text}");
        }
        assert!(!text.contains("without"));
    }
}
