//! A member of a group, here or in a process of its own.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{channel, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::ClientContext;
use rust_checks::Result;
use serde_json::{json, Value};

use crate::story::read_of;
use crate::topic::config;

pub type Share = BTreeSet<i32>;

#[derive(Clone, Copy, PartialEq)]
pub enum Commits {
    Auto,
    Marked,
    Manual,
}

/// What a member has read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub partition: i32,
    pub offset: i64,
    pub key: String,
    pub value: String,
}

pub trait Member {
    fn name(&self) -> &str;

    fn share(&self) -> Share;

    /// What it has read by now, and no more than a moment later; with what it had then.
    fn reads(&mut self) -> Result<Vec<(Share, Read)>>;
}

/// Every share that a member has had; the last one is what it has.
type Shares = Arc<Mutex<Vec<Share>>>;

fn latest(shares: &Shares) -> Share {
    shares.lock().unwrap().last().cloned().unwrap_or_default()
}

/// It is told of a loss before it is done, and of a gain after.
pub struct Watch(Shares);

impl Watch {
    fn change(&self, how: impl FnOnce(&mut Share)) {
        let mut share = latest(&self.0);
        how(&mut share);
        self.0.lock().unwrap().push(share);
    }
}

impl ClientContext for Watch {}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, change: &Rebalance<'_>) {
        let Rebalance::Revoke(lost) = change else { return };
        let is_kept = |partition: &i32| lost.elements().iter().all(|e| e.partition() != *partition);
        self.change(|share| share.retain(is_kept));
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, change: &Rebalance<'_>) {
        let Rebalance::Assign(gained) = change else { return };
        self.change(|share| share.extend(gained.elements().iter().map(|each| each.partition())));
    }
}

/// A member of this process, polled by whoever waits for something.
pub struct Here {
    name: String,
    topic: String,
    pub consumer: BaseConsumer<Watch>,
    shares: Shares,
    commits: Commits,
}

impl Here {
    pub fn join(
        (group, topic): (&str, &str),
        name: &str,
        commits: Commits,
        extra: &[(&str, &str)],
    ) -> Result<Here> {
        let shares = Shares::default();
        let mut config = config();
        config
            .set("client.id", name)
            .set("group.id", group)
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", (commits != Commits::Manual).to_string())
            .set("auto.commit.interval.ms", "100")
            .set("enable.auto.offset.store", "false")
            .set("fetch.wait.max.ms", "100");
        if !extra.contains(&("group.protocol", "consumer")) {
            config.set("heartbeat.interval.ms", "500"); // in that protocol the broker says it
        }
        for (key, value) in extra {
            config.set(*key, *value);
        }
        let consumer: BaseConsumer<Watch> = config.create_with_context(Watch(shares.clone()))?;
        consumer.subscribe(&[topic])?;
        Ok(Here { name: name.into(), topic: topic.into(), consumer, shares, commits })
    }

    pub fn history(&self) -> Vec<Share> {
        self.shares.lock().unwrap().clone()
    }

    fn poll(&self) -> Result<Option<Read>> {
        let Some(Ok(message)) = self.consumer.poll(Duration::from_millis(5)) else {
            return Ok(None); // errors of connections come here too, and pass by themselves
        };
        Ok(Some(read_of(&message)))
    }

    /// Commits what was taken, as it is kept now: what is lost before is read again.
    fn mark(&self, read: &Read) -> Result<()> {
        if self.commits == Commits::Auto {
            self.consumer.store_offset(&self.topic, read.partition, read.offset)?;
        }
        Ok(())
    }
}

impl Member for Here {
    fn name(&self) -> &str {
        &self.name
    }

    fn share(&self) -> Share {
        latest(&self.shares)
    }

    fn reads(&mut self) -> Result<Vec<(Share, Read)>> {
        let read = self.poll()?;
        read.iter().try_for_each(|read| self.mark(read))?;
        Ok(read.into_iter().map(|read| (self.share(), read)).collect())
    }
}

const GROUP: &str = "GROUP_OF_CHILD";
const NAME: &str = "NAME_OF_CHILD";

/// The whole life of a process that is but a member: it tells its output of itself. Its topic has
/// the name of its group.
pub fn live() -> Option<Result<()>> {
    let group = env::var(GROUP).ok()?;
    Some(live_in(&group, &env::var(NAME).unwrap_or_default()))
}

fn live_in(group: &str, name: &str) -> Result<()> {
    // The shortest session that a broker allows by default, as its end will be waited for.
    let session = [("session.timeout.ms", "6000")];
    let member = Here::join((group, group), name, Commits::Auto, &session)?;
    let mut told = 0;
    loop {
        let read = member.poll()?;
        for share in member.history().split_off(told) {
            println!("{}", json!({ "share": share }));
            told += 1;
        }
        if let Some(read) = read {
            println!("{}", json!([read.partition, read.offset, read.key, read.value]));
            member.mark(&read)?;
        }
    }
}

/// A member in a process of its own.
pub struct There {
    name: String,
    process: Child,
    lines: Receiver<Value>,
    share: Share,
}

impl There {
    pub fn spawn(group: &str, name: &str) -> Result<There> {
        let mut process = Command::new(env::current_exe()?)
            .env(GROUP, group)
            .env(NAME, name)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(process.stdout.take().ok_or("no output")?);
        Ok(There { name: name.into(), process, lines: told(output.lines()), share: Share::new() })
    }

    /// Gives what it had read by then.
    pub fn kill(mut self) -> Result<Vec<(Share, Read)>> {
        self.process.kill()?;
        self.process.wait()?;
        let rest: Vec<Value> = self.lines.iter().collect();
        rest.into_iter().filter_map(|line| self.take(line).transpose()).collect()
    }

    fn take(&mut self, line: Value) -> Result<Option<(Share, Read)>> {
        if let Some(share) = line.get("share") {
            self.share = serde_json::from_value(share.clone())?;
            return Ok(None);
        }
        let (partition, offset, key, value) = serde_json::from_value(line)?;
        Ok(Some((self.share.clone(), Read { partition, offset, key, value })))
    }
}

impl Drop for There {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

/// The lines, until they end; the last may be half a line.
fn told(lines: Lines<BufReader<ChildStdout>>) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(std::result::Result::ok) {
            let Ok(value) = serde_json::from_str(&line) else { return };
            if sender.send(value).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Member for There {
    fn name(&self) -> &str {
        &self.name
    }

    fn share(&self) -> Share {
        self.share.clone()
    }

    fn reads(&mut self) -> Result<Vec<(Share, Read)>> {
        let lines: Vec<Value> = self.lines.try_iter().collect();
        lines.into_iter().filter_map(|line| self.take(line).transpose()).collect()
    }
}
