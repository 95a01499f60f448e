//! What is to happen to a process, and at which of its points: each call to AWS and each write to
//! the disk is one, in the order in which the process comes to them.

/// A point that a process came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub what: What,
    /// `ec2:CreateVpc`, `journal`.
    pub label: String,
}

/// Kinds of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A call that changes nothing.
    Read,
    /// A call that may change something.
    Call,
    /// A write that adds: it can break off in the middle.
    Append,
    /// A write that is done or not.
    Write,
}

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The process ends before it.
    Before,
    /// Half of it is written when the process ends.
    Torn,
    /// It is carried out, and the process ends before it hears of it.
    Unanswered,
    /// The process hears of it and ends at its next wait.
    After,
    /// It is carried out, its answer is lost, and the process lives on.
    AnswerLost,
}

impl What {
    /// What can happen at such a point, each differently from the others.
    pub fn fates(self) -> &'static [Fate] {
        match self {
            // Whether a read arrives makes no difference to anybody but the process.
            Self::Read => &[Fate::Before, Fate::After, Fate::AnswerLost],
            Self::Call => &[
                Fate::Before,
                Fate::Unanswered,
                Fate::After,
                Fate::AnswerLost,
            ],
            Self::Append => &[Fate::Before, Fate::Torn, Fate::Unanswered, Fate::After],
            Self::Write => &[Fate::Before, Fate::Unanswered, Fate::After],
        }
    }
}

/// The script of one process, and what it has come to so far.
#[derive(Debug, Default)]
pub struct Script {
    /// What happens at the point of this number.
    fate: Option<(usize, Fate)>,
    /// The points it came to; kept only where they are asked for.
    points: Option<Vec<Point>>,
    reached: usize,
    life: Life,
    /// How many processes there were: what is under way is of one of them.
    epoch: u64,
    /// Which point met its fate.
    met: Option<Point>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Life {
    #[default]
    Alive,
    /// Ends after this many turns more.
    Dying(u32),
    Dead,
}

impl Script {
    /// A new process, to which this happens.
    pub fn begin(&mut self, fate: Option<(usize, Fate)>, keep_points: bool) {
        *self = Self {
            fate,
            points: keep_points.then(Vec::new),
            epoch: self.epoch + 1,
            ..Self::default()
        };
    }

    /// The process came to a point; what happens there. A dead process comes to none.
    pub fn reach(&mut self, what: What, label: &str) -> Option<Fate> {
        let number = self.reached;
        self.reached += 1;
        if let Some(points) = &mut self.points {
            points.push(Point {
                what,
                label: label.to_owned(),
            });
        }
        let fate = self.fate.filter(|(at, _)| *at == number)?.1;
        self.met = Some(Point {
            what,
            label: label.to_owned(),
        });
        Some(fate)
    }

    /// The process ends now, or after some more turns.
    pub fn end_after(&mut self, turns: u32) {
        if self.life == Life::Alive {
            self.life = Life::Dying(turns);
        }
    }

    /// A turn is over; whether the process has ended with it.
    pub fn turn(&mut self) -> bool {
        match self.life {
            Life::Alive => return false,
            Life::Dying(0) | Life::Dead => self.life = Life::Dead,
            Life::Dying(turns) => self.life = Life::Dying(turns - 1),
        }
        self.life == Life::Dead
    }

    /// Whether it is to end.
    pub fn is_ending(&self) -> bool {
        self.life != Life::Alive
    }

    /// Which process this is.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether that process is still at work.
    pub fn lives(&self, epoch: u64) -> bool {
        self.epoch == epoch && self.life == Life::Alive
    }

    /// The points it came to.
    pub fn points(&mut self) -> Vec<Point> {
        self.points.take().unwrap_or_default()
    }

    /// The point that met its fate.
    pub fn met(&mut self) -> Option<Point> {
        self.met.take()
    }
}
