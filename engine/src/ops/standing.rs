//! How a subject stands in the picture: where its feet are, where the viewer's horizon must be, what shadow it throws.
//!
//! Called by `background_replace` and `insert`, whose subjects would float without it.

use crate::color::smoothstep;
use crate::raster::Mask;

/// A subject's place, in heights of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

/// The darkness under and beside a subject.
#[derive(Debug)]
pub(super) struct Shadow {
    /// The lowest solid place of every column, in pixels; `None` where nothing stands.
    feet: Vec<Option<f32>>,
    height: f32,
    reach: f32,
    lean: f32,
    middle: f32,
    half: f32,
    bottom: f32,
    /// Above this lies nothing of it.
    from: f32,
}

impl Standing {
    pub(super) fn of(mask: &Mask) -> Self {
        let height = mask.height() as f32;
        let (x, y, w, h) = mask.bounds().unwrap_or((0, 0, mask.width(), mask.height()));
        Self {
            left: x as f32 / height,
            right: (x + w) as f32 / height,
            top: y as f32 / height,
            bottom: (y + h) as f32 / height,
        }
    }

    /// Eyes meet at the horizon: a person's head is about as high as the viewer's, whether all of it is seen or not.
    pub(super) fn horizon(&self) -> f32 {
        let tall = self.bottom - self.top;
        let at = if self.stands() {
            self.top + tall * 0.22
        } else {
            self.top + tall * 0.3
        };
        at.clamp(0.36, 0.6)
    }

    /// Whether the feet are in the picture.
    pub(super) fn stands(&self) -> bool {
        self.bottom < 0.975
    }

    /// The shadow on flat ground; `light` is which way the light comes from, −1 left … 1 right.
    pub(super) fn shadow(&self, mask: &Mask, light: f32) -> Shadow {
        let tall = self.bottom - self.top;
        let (width, rows) = (mask.width() as usize, mask.height() as usize);
        let mut feet: Vec<Option<f32>> = vec![None; width];
        for y in 0..rows {
            for (foot, &v) in feet.iter_mut().zip(mask.row(y)) {
                if v >= 128 {
                    *foot = Some(y as f32);
                }
            }
        }
        // Only what reaches near the ground touches it.
        let ground = self.bottom - tall * 0.12;
        for foot in &mut feet {
            *foot = foot.filter(|y| *y / rows as f32 > ground);
        }
        let reach = (tall * 0.05).clamp(0.006, 0.05);
        Shadow {
            feet,
            height: rows as f32,
            reach,
            from: ground.min(self.bottom - 1.5 * reach) - 1.01 * reach,
            lean: -light,
            middle: (self.left + self.right) / 2.0,
            half: (self.right - self.left) / 2.0,
            bottom: self.bottom,
        }
    }
}

impl Shadow {
    /// How dark it is at a place, 0…1.
    pub(super) fn at(&self, u: f32, v: f32) -> f32 {
        // Far above the feet and below them lies none.
        if v < self.from || v > self.bottom + 2.0 * self.reach {
            return 0.0;
        }
        (self.touch(u, v) * 0.62).max(self.pool(u, v) * 0.38)
    }

    /// Close and dark under every foot.
    fn touch(&self, u: f32, v: f32) -> f32 {
        let (mut dark, mut all) = (0.0f32, 0.0f32);
        for step in -4..=4 {
            let near = step as f32 / 4.0;
            let weight = 1.0 - near * near * 0.8;
            all += weight;
            let x = u + near * self.reach * 0.9;
            let column = (x * self.height) as isize;
            let foot = usize::try_from(column)
                .ok()
                .and_then(|c| self.feet.get(c).copied().flatten());
            if let Some(foot) = foot {
                let below = (v - foot / self.height) / self.reach;
                let cover = smoothstep(1.0, 0.0, below.abs().max(0.0)) * f32::from(u8::from(below > -1.6));
                dark += weight * cover;
            }
        }
        dark / all
    }

    /// Wide and faint, away from the light.
    fn pool(&self, u: f32, v: f32) -> f32 {
        let x = (u - self.middle - self.lean * self.half * 0.35) / (self.half * 1.25).max(1e-3);
        let y = (v - self.bottom + self.reach * 0.5) / (self.reach * 2.0);
        let far = x.hypot(y);
        smoothstep(1.0, 0.1, far)
    }
}
