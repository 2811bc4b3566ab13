//! Rows of houses along a street, seen from its middle, drawn column by column from near to far.

use rayon::prelude::*;

use super::View;
use super::light::Rgb3;
use super::sheet::{Sheet, plus, scaled};
use super::terrain::cover_rows;

/// One house: a block beside the street.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Street {
    /// −1 left, 1 right.
    pub(crate) side: f32,
    /// Where it begins and ends along the street.
    pub(crate) near: f32,
    pub(crate) far: f32,
    /// How far its wall is from the middle.
    pub(crate) wall: f32,
    pub(crate) tall: f32,
    /// What tells it from others.
    pub(crate) id: i32,
}

/// A place on a house's wall.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facade {
    pub(crate) house: Street,
    /// Along the wall and up it.
    pub(crate) along: f32,
    pub(crate) up: f32,
    /// Whether the wall faces the viewer and not the street.
    pub(crate) is_front: bool,
    pub(crate) depth: f32,
    /// How much of the wall one pixel shows, along and up.
    pub(crate) blur: (f32, f32),
}

/// Draws the houses over what is there; the vanishing point is in the middle of the sheet.
pub(crate) fn street(sheet: &mut Sheet, view: View, houses: &[Street], shade: impl Fn(&Facade) -> Rgb3 + Sync) {
    const SUB: usize = 3;
    let (width, rows, aspect) = (sheet.width, sheet.height, sheet.aspect());
    let columns: Vec<Vec<[f32; 4]>> = (0..width)
        .into_par_iter()
        .map(|column| {
            let mut sum = vec![[0.0f32; 4]; rows];
            for sub in 0..SUB {
                let x = (column as f32 + (sub as f32 + 0.5) / SUB as f32) / rows as f32 - aspect * 0.5;
                let part = look(x, rows, view, houses, &shade);
                for (all, one) in sum.iter_mut().zip(part) {
                    (0..4).for_each(|i| all[i] += one[i] / SUB as f32);
                }
            }
            sum
        })
        .collect();
    sheet.data.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
        for (pixel, column) in pixels.iter_mut().zip(&columns) {
            let [r, g, b, cover] = column[row];
            *pixel = plus(scaled(*pixel, (1.0 - cover).max(0.0)), [r, g, b]);
        }
    });
}

fn look(x: f32, rows: usize, view: View, houses: &[Street], shade: &impl Fn(&Facade) -> Rgb3) -> Vec<[f32; 4]> {
    let slope = x.abs().max(1e-4);
    let mut hits: Vec<(f32, Facade)> = Vec::new();
    for house in houses.iter().filter(|h| h.side * x > 0.0) {
        let (depth, front) = (house.wall / slope, slope * house.near);
        let pixel = 1.0 / rows as f32;
        // A front no wider than its house is long, so that towers stand apart.
        let wide = (house.far - house.near).max(9.0);
        if front >= house.wall && front > house.wall + wide {
            continue;
        }
        if front >= house.wall {
            let hit = Facade {
                house: *house,
                along: front - house.wall,
                up: 0.0,
                is_front: true,
                depth: house.near,
                blur: (pixel * house.near, pixel * house.near),
            };
            hits.push((house.near, hit));
        } else if depth <= house.far {
            let hit = Facade {
                house: *house,
                along: depth - house.near,
                up: 0.0,
                is_front: false,
                depth,
                blur: (pixel * depth * depth / house.wall, pixel * depth),
            };
            hits.push((depth, hit));
        }
    }
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut column = vec![[0.0; 4]; rows];
    let mut reached = f32::MAX;
    for (depth, hit) in &hits {
        let top = (view.horizon - (hit.house.tall - view.eye) / depth).max(0.0);
        let bottom = (view.horizon + view.eye / depth).min(reached).min(1.0);
        if top < bottom {
            rise(&mut column, (top, bottom), view, hit, shade);
            reached = top;
        }
        if reached <= 0.0 {
            break;
        }
    }
    column
}

/// One wall's stretch of a column, pixel by pixel.
fn rise(
    column: &mut [[f32; 4]],
    (top, bottom): (f32, f32),
    view: View,
    hit: &Facade,
    shade: &impl Fn(&Facade) -> Rgb3,
) {
    let rows = column.len() as f32;
    let mut row = (top * rows).floor();
    while row < bottom * rows {
        let middle = (row + 0.5) / rows;
        let paint = shade(&Facade {
            up: (view.eye + (view.horizon - middle) * hit.depth).clamp(0.0, hit.house.tall),
            ..*hit
        });
        cover_rows(column, top.max(row / rows), bottom.min((row + 1.0) / rows), paint);
        row += 1.0;
    }
}
