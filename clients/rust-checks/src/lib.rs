//! How a check is reported: one line of JSON for each.

use std::error::Error;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

pub const WAIT: Duration = Duration::from_secs(60);

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Checks may run side by side.
#[derive(Default)]
pub struct Report {
    has_failed: AtomicBool,
}

impl Report {
    pub fn check(&self, name: &str, body: impl FnOnce() -> Result<String>) {
        let started = Instant::now();
        self.say(name, started, body());
    }

    pub fn say(&self, name: &str, started: Instant, outcome: Result<String>) {
        let ms = started.elapsed().as_millis() as u64;
        let line = match outcome {
            Ok(detail) => json!({ "check": name, "ok": true, "ms": ms, "detail": detail }),
            Err(error) => {
                self.has_failed.store(true, Ordering::Relaxed);
                json!({ "check": name, "ok": false, "ms": ms, "error": error.to_string() })
            }
        };
        println!("{line}");
    }

    /// What the client does not have.
    pub fn lacks(&self, name: &str, why: &str) {
        println!("{}", json!({ "lacks": name, "why": why }));
    }

    pub fn end(&self) -> ! {
        std::process::exit(self.has_failed.load(Ordering::Relaxed).into())
    }
}

pub fn expect<T: Debug + PartialEq>(actual: T, expected: T, what: &str) -> Result<()> {
    if actual == expected {
        return Ok(());
    }
    Err(format!("{what}: {:.300} instead of {:.300}", shown(actual), shown(expected)).into())
}

fn shown(value: impl Debug) -> String {
    format!("{value:?}")
}
