//! The numbered steps of a command, so that a person sees how far it is.

use anyhow::Result;

use crate::{
    clock::{Stopwatch, format_duration},
    setup::{self, Need, Tools},
};

type Work = Box<dyn FnOnce(&Tools) -> Result<()>>;

/// What a command does: a set-up, then the steps in their order.
pub struct Plan {
    needs: Vec<Need>,
    steps: Vec<(&'static str, Work)>,
}

impl Plan {
    /// A plan whose set-up provides these.
    pub fn new(needs: &[Need]) -> Self {
        Self { needs: needs.to_vec(), steps: Vec::new() }
    }

    /// Adds a step; its title follows "[2/7]".
    pub fn step(
        mut self,
        title: &'static str,
        work: impl FnOnce(&Tools) -> Result<()> + 'static,
    ) -> Self {
        self.steps.push((title, Box::new(work)));
        self
    }

    /// Carries the steps out until one fails.
    pub fn run(self) -> Result<()> {
        let watch = Stopwatch::start();
        let total = self.steps.len() + 1;
        println!("[1/{total}] setting up …");
        let tools = setup::prepare(&self.needs)?;
        for (index, (title, work)) in self.steps.into_iter().enumerate() {
            println!("[{}/{total}] {title} …", index + 2);
            let step = Stopwatch::start();
            work(&tools)?;
            println!("[{}/{total}] {title}: {}", index + 2, format_duration(step.elapsed()));
        }
        println!("done in {}", format_duration(watch.elapsed()));
        Ok(())
    }
}
