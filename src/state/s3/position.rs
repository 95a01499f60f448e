//! Where in the journal something is: `FENCE-NUMBER`, in the order of the keys.

use std::fmt;
use std::str::FromStr;

/// A place in the journal. Numbers count from 1 for each fence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The fence of the run that wrote it.
    pub fence: u64,
    /// Its number.
    pub number: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}-{:08}", self.fence, self.number)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (fence, number) = text.split_once('-').ok_or(())?;
        Ok(Self {
            fence: fence.parse().map_err(|_| ())?,
            number: number.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Position;

    #[test]
    fn written_and_read() {
        let place = Position {
            fence: 7,
            number: 12,
        };
        assert_eq!(place.to_string(), "00000007-00000012");
        assert_eq!("00000007-00000012".parse(), Ok(place));
        for text in ["", "7", "x-1", "1-", "-1-1", "99999999999999999999-1"] {
            assert_eq!(text.parse::<Position>(), Err(()), "{text}");
        }
        assert!(place < "00000008-00000001".parse().unwrap());
    }
}
