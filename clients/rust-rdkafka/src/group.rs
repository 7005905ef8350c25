//! One group on a topic of its own: what was written, and what was read.

use std::collections::BTreeSet;
use std::time::Instant;

use futures_executor::block_on;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use rust_checks::{expect, Result, WAIT};

use crate::admin;
use crate::member::{Member, Read, Share};
use crate::topic::{config, eventually, prefix};

pub const PARTITIONS: i32 = 6;

#[derive(Default)]
pub struct Group {
    pub name: String,
    pub topic: String,
    written: i64, // to each partition
    read: BTreeSet<(i32, i64)>,
}

fn texts(partition: i32, offset: i64) -> (String, String) {
    (format!("key {partition}"), format!("{offset} of partition {partition}"))
}

pub type Members<'a> = [&'a mut dyn Member];

fn are_shared(members: &Members) -> bool {
    let shares: Vec<Share> = members.iter().map(|member| member.share()).collect();
    let all: Share = shares.iter().flatten().copied().collect();
    let count: usize = shares.iter().map(Share::len).sum();
    all == (0..PARTITIONS).collect() && count == all.len() && !shares.contains(&Share::new())
}

pub fn said(members: &Members) -> String {
    let shares: Vec<_> = members.iter().map(|member| format!("{:?}", member.share())).collect();
    shares.join(" and ")
}

impl Group {
    /// Makes the topic, with its first records.
    pub fn open(name: &str, records: i64) -> Result<Group> {
        let name = format!("{}-group-{name}", prefix());
        admin::create_with(&name, PARTITIONS)?;
        let mut group = Group { topic: name.clone(), name, ..Group::default() };
        group.write(records)?;
        Ok(group)
    }

    /// Another group on the same topic.
    pub fn other(&self, name: &str) -> Group {
        let (name, topic) = (format!("{}-group-{name}", prefix()), self.topic.clone());
        Group { name, topic, written: self.written, ..Group::default() }
    }

    pub fn count(&self) -> i64 {
        self.written * i64::from(PARTITIONS)
    }

    /// Writes so many more to each partition.
    pub fn write(&mut self, records: i64) -> Result<()> {
        let producer: FutureProducer = config().set("enable.idempotence", "true").create()?;
        let places = (0..PARTITIONS)
            .flat_map(|partition| (0..records).map(move |n| (partition, n)))
            .map(|(partition, n)| (partition, self.written + n));
        let mut sent = Vec::new();
        for (partition, offset) in places {
            let (key, value) = texts(partition, offset);
            let record = FutureRecord::to(&self.topic).partition(partition).key(&key);
            let answer = producer.send_result(record.payload(&value));
            sent.push(answer.map_err(|(error, _)| error)?);
        }
        producer.flush(WAIT)?;
        for answer in sent {
            block_on(answer)?.map_err(|(error, _)| error)?; // in order, as it is idempotent
        }
        self.written += records;
        Ok(())
    }

    /// Twice is well, as nobody promises more than at least once.
    pub fn take(&mut self, (reader, share): (&str, &Share), read: Read) -> Result<()> {
        let Read { partition, offset, key, value } = read;
        let place = format!("{offset}@{partition}");
        expect(offset < self.written, true, &place)?;
        expect((key, value), texts(partition, offset), &place)?;
        expect(share.contains(&partition), true, &format!("{reader} has, which reads {place}"))?;
        self.read.insert((partition, offset));
        Ok(())
    }

    /// Polls the members until it is so.
    fn until(
        &mut self,
        members: &mut Members,
        what: &str,
        is_so: impl Fn(&Group, &Members) -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + WAIT;
        while !is_so(self, members) {
            for member in members.iter_mut() {
                for (share, read) in member.reads()? {
                    self.take((member.name(), &share), read)?;
                }
            }
            if Instant::now() > deadline {
                let (shares, read) = (said(members), self.read.len());
                return Err(format!("not in time: {what}; {shares}, {read} read").into());
            }
        }
        Ok(())
    }

    /// Each has a share, none has another's, and together they have all.
    pub fn await_shares(&mut self, members: &mut Members) -> Result<()> {
        self.until(members, "shares", |_, members| are_shared(members))
    }

    /// All that was written has been read, from an offset on, and nothing before it.
    pub fn await_readers(&mut self, members: &mut Members, from: i64) -> Result<()> {
        let wanted = (self.written - from) * i64::from(PARTITIONS);
        self.until(members, "all is read", |group, _| {
            let found = group.read.iter().filter(|(_, offset)| *offset >= from);
            found.count() as i64 == wanted
        })?;
        expect(self.read.iter().find(|(_, offset)| *offset < from), None, "read before")
    }

    /// Writes some more, which is read.
    pub fn round(&mut self, members: &mut Members) -> Result<()> {
        self.write(5)?;
        self.await_readers(members, 0)
    }

    pub fn forget_reads(&mut self) {
        self.read.clear();
    }

    pub fn everywhere(&self, offset: Offset) -> Result<TopicPartitionList> {
        let mut places = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            places.add_partition_offset(&self.topic, partition, offset)?;
        }
        Ok(places)
    }

    /// The group has committed that everywhere, says another client.
    pub fn has_committed(&self, offset: Offset) -> Result<bool> {
        let other: BaseConsumer = config().set("group.id", &self.name).create()?;
        self.is_said(&other, offset)
    }

    fn is_said(&self, other: &BaseConsumer, offset: Offset) -> Result<bool> {
        let (asked, wanted) = (self.everywhere(Offset::Invalid)?, self.everywhere(offset)?);
        Ok(other.committed_offsets(asked, WAIT).is_ok_and(|found| found == wanted))
    }

    pub fn await_committed(&self, offset: i64) -> Result<()> {
        let other: BaseConsumer = config().set("group.id", &self.name).create()?;
        let is_so = || self.is_said(&other, Offset::Offset(offset));
        eventually(&format!("{offset} is committed"), is_so)
    }
}
