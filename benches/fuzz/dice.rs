//! A small generator of numbers: the same seed gives the same inputs on every machine.

/// The generator (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The numbers of one input of one target.
    pub fn new(seed: u64, target: usize, number: u64) -> Self {
        let mut dice = Self(seed ^ (target as u64).rotate_left(48));
        Self(dice.next() ^ number)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`; 0 where there are none.
    pub fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides.max(1) as u64) as usize
    }

    /// Whether one of so many cases is it.
    pub fn one_in(&mut self, cases: usize) -> bool {
        self.roll(cases) == 0
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// Mostly small, seldom up to `most`.
    pub fn size(&mut self, most: usize) -> usize {
        let bits = self.roll(most.max(1).ilog2() as usize + 1);
        1 + self.roll(1 << bits).min(most.saturating_sub(1))
    }
}
