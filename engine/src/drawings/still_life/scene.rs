//! What stands where on the table, and what a ray meets first.
//!
//! The one rule: shapes only; how a thing looks is in `matter`, how it is lit in `still_life`. Lengths are in hand-widths;
//! x right, y up, z away from the eye; the table is y = 0.

use super::super::Light;
use super::super::brush::{add, dot, scaled, times, unit};

/// Where the wall stands.
const WALL: f32 = 4.2;

/// A fruit.
pub(super) struct Fruit {
    pub(super) middle: Light,
    pub(super) radius: f32,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Apple,
    Orange,
    Lemon,
    Green,
}

const fn fruit(x: f32, y: f32, z: f32, radius: f32, kind: Kind) -> Fruit {
    Fruit {
        middle: [x, y, z],
        radius,
        kind,
    }
}

impl Fruit {
    /// How much longer than round it is along x.
    fn stretch(&self) -> f32 {
        if self.kind == Kind::Lemon { 1.34 } else { 1.0 }
    }

    fn outward(&self, at: Light) -> Light {
        let [x, y, z] = add(at, self.middle, -1.0);
        unit([x / (self.stretch() * self.stretch()), y, z])
    }
}

pub(super) const FRUITS: [Fruit; 8] = [
    fruit(-1.62, 1.28, -0.35, 0.56, Kind::Apple),
    fruit(-0.62, 1.22, -0.55, 0.54, Kind::Orange),
    fruit(-0.12, 1.3, 0.22, 0.55, Kind::Apple),
    fruit(-1.72, 1.3, 0.62, 0.52, Kind::Green),
    fruit(-0.85, 1.42, 0.75, 0.54, Kind::Orange),
    fruit(-1.0, 1.86, 0.02, 0.54, Kind::Green),
    fruit(0.42, 0.42, -1.75, 0.42, Kind::Lemon),
    fruit(-2.95, 0.52, -1.35, 0.52, Kind::Apple),
];

/// The bowl: a ball cut open.
pub(super) const BOWL: Light = [-0.9, 1.62, 0.1];
const BOWL_RADIUS: f32 = 1.62;
const BOWL_INSIDE: f32 = 1.55;
pub(super) const BOWL_RIM: f32 = 1.12;
/// The cup: a tube with coffee in it.
pub(super) const CUP: Light = [2.15, 0.0, -0.7];
pub(super) const CUP_RADIUS: f32 = 0.62;
const CUP_INSIDE: f32 = 0.55;
pub(super) const CUP_RIM: f32 = 1.18;
const COFFEE: f32 = 1.0;

/// What a ray meets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Thing {
    Table,
    Wall,
    Fruit(usize),
    Bowl,
    Rim,
    Cup,
    Coffee,
    Handle,
    Saucer,
}

/// Where a ray meets something, and the direction of the surface there.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    pub(super) far: f32,
    pub(super) thing: Thing,
    pub(super) normal: Light,
}

/// What a ray meets first.
pub(super) fn trace(from: Light, ray: Light) -> Hit {
    let mut best = Hit {
        far: (WALL - from[2]) / ray[2].max(1e-4),
        thing: Thing::Wall,
        normal: [0.0, 0.0, -1.0],
    };
    let mut meet = |far: f32, thing: Thing, normal: &dyn Fn(Light) -> Light| {
        if far > 1e-3 && far < best.far {
            best = Hit {
                far,
                thing,
                normal: normal(add(from, ray, far)),
            };
        }
    };
    if ray[1] < 0.0 {
        meet(-from[1] / ray[1], Thing::Table, &|_| [0.0, 1.0, 0.0]);
    }
    for (n, fruit) in FRUITS.iter().enumerate() {
        if let Some((near, _)) = long(from, ray, fruit) {
            meet(near, Thing::Fruit(n), &|at| fruit.outward(at));
        }
    }
    bowl(from, ray, &mut meet);
    cup(from, ray, &mut meet);
    best
}

type Meet<'a> = dyn FnMut(f32, Thing, &dyn Fn(Light) -> Light) + 'a;

fn bowl(from: Light, ray: Light, meet: &mut Meet<'_>) {
    let is_kept = |far: f32| {
        let y = from[1] + ray[1] * far;
        y < BOWL_RIM && y > 0.0
    };
    if let Some((near, _)) = sphere(from, ray, BOWL, BOWL_RADIUS).filter(|at| is_kept(at.0)) {
        meet(near, Thing::Bowl, &|at| unit(add(at, BOWL, -1.0)));
    }
    if let Some((_, away)) = sphere(from, ray, BOWL, BOWL_INSIDE).filter(|at| is_kept(at.1)) {
        meet(away, Thing::Bowl, &|at| unit(add(BOWL, at, -1.0)));
    }
    let outer = (BOWL_RADIUS * BOWL_RADIUS - (BOWL[1] - BOWL_RIM).powi(2)).sqrt();
    disc(
        from,
        ray,
        [BOWL[0], BOWL_RIM, BOWL[2]],
        (outer - 0.085, outer),
        Thing::Rim,
        meet,
    );
}

fn cup(from: Light, ray: Light, meet: &mut Meet<'_>) {
    disc(from, ray, [CUP[0], 0.07, CUP[2]], (0.0, 1.12), Thing::Saucer, meet);
    if sphere(from, ray, [CUP[0] + 0.2, 0.6, CUP[2]], 1.35).is_none() {
        return;
    }
    let outward = |at: Light| unit([at[0] - CUP[0], 0.0, at[2] - CUP[2]]);
    let is_kept = |far: f32, low: f32| (low..CUP_RIM).contains(&(from[1] + ray[1] * far));
    if let Some((near, _)) = tube(from, ray, CUP_RADIUS).filter(|at| is_kept(at.0, 0.07)) {
        meet(near, Thing::Cup, &outward);
    }
    if let Some((_, away)) = tube(from, ray, CUP_INSIDE).filter(|at| is_kept(at.1, COFFEE)) {
        meet(away, Thing::Cup, &|at| scaled(outward(at), -1.0));
    }
    disc(
        from,
        ray,
        [CUP[0], CUP_RIM, CUP[2]],
        (CUP_INSIDE, CUP_RADIUS),
        Thing::Rim,
        meet,
    );
    disc(
        from,
        ray,
        [CUP[0], COFFEE, CUP[2]],
        (0.0, CUP_INSIDE),
        Thing::Coffee,
        meet,
    );
    handle(from, ray, meet);
}

/// A ring on the cup's right side, walked up to step by step.
fn handle(from: Light, ray: Light, meet: &mut Meet<'_>) {
    let middle = [CUP[0] + CUP_RADIUS + 0.08, 0.66, CUP[2]];
    let Some((near, away)) = sphere(from, ray, middle, 0.52) else {
        return;
    };
    let distance = |at: Light| {
        let [x, y, z] = add(at, middle, -1.0);
        let ring = (x * x + y * y).sqrt() - 0.31;
        (ring * ring + z * z * 0.6).sqrt() - 0.085
    };
    let mut far = near.max(0.0);
    for _ in 0..48 {
        let gap = distance(add(from, ray, far));
        if gap < 1e-3 {
            let slope = |at: Light| {
                let along = |axis: usize| {
                    let mut aside = at;
                    aside[axis] += 1e-3;
                    distance(aside) - distance(at)
                };
                unit([along(0), along(1), along(2)])
            };
            return meet(far, Thing::Handle, &slope);
        }
        far += gap;
        if far > away {
            return;
        }
    }
}

fn sphere(from: Light, ray: Light, middle: Light, radius: f32) -> Option<(f32, f32)> {
    let to = add(from, middle, -1.0);
    roots(1.0, dot(to, ray), dot(to, to) - radius * radius)
}

/// A fruit, in a space where it is round.
fn long(from: Light, ray: Light, fruit: &Fruit) -> Option<(f32, f32)> {
    let squeeze = [1.0 / fruit.stretch(), 1.0, 1.0];
    let to = times(add(from, fruit.middle, -1.0), squeeze);
    let ray = times(ray, squeeze);
    roots(dot(ray, ray), dot(to, ray), dot(to, to) - fruit.radius * fruit.radius)
}

/// The cup's axis with a radius.
fn tube(from: Light, ray: Light, radius: f32) -> Option<(f32, f32)> {
    let (x, z) = (from[0] - CUP[0], from[2] - CUP[2]);
    let a = ray[0] * ray[0] + ray[2] * ray[2];
    roots(a, x * ray[0] + z * ray[2], x * x + z * z - radius * radius)
}

/// Of `a t² + 2 b t + c`.
fn roots(a: f32, b: f32, c: f32) -> Option<(f32, f32)> {
    let inside = b * b - a * c;
    (inside > 0.0).then(|| ((-b - inside.sqrt()) / a, (-b + inside.sqrt()) / a))
}

fn disc(from: Light, ray: Light, middle: Light, (inner, outer): (f32, f32), thing: Thing, meet: &mut Meet<'_>) {
    let far = (middle[1] - from[1]) / ray[1];
    let at = add(from, ray, far);
    let (x, z) = (at[0] - middle[0], at[2] - middle[2]);
    if ray[1] < 0.0 && (inner * inner..outer * outer).contains(&(x * x + z * z)) {
        meet(far, thing, &|_| [0.0, 1.0, 0.0]);
    }
}
