//! A topic that is written in transactions, with two readers from its start.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use rust_checks::{expect, Result, WAIT};

use crate::admin;
use crate::member::Read;
use crate::topic::{config, prefix};

type Place = (i32, i64);

/// What was read or should be, by partition, in order.
type Partitions = BTreeMap<i32, Vec<Read>>;

pub struct Story {
    topic: String,
    partitions: i32,
    rows: BTreeMap<Place, (Read, bool)>, // with whether the transaction was committed
    uncommitted: Follower,
    committed: Follower,
    numbered: i32,
}

struct Follower {
    consumer: BaseConsumer,
    got: Partitions,
}

/// A transaction that is under way.
pub struct Transaction<'a> {
    pub producer: &'a FutureProducer,
    places: Vec<Place>,
}

impl Transaction<'_> {
    pub fn abort(self) -> Result<()> {
        Ok(self.producer.abort_transaction(WAIT)?)
    }
}

/// A producer of this transactional id: whoever had it before is fenced.
pub fn producer(id: &str) -> Result<FutureProducer> {
    let id = format!("{}-{id}", prefix());
    let producer: FutureProducer = config().set("transactional.id", id).create()?;
    producer.init_transactions(WAIT)?;
    Ok(producer)
}

pub fn begin(producer: &FutureProducer) -> Result<Transaction<'_>> {
    producer.begin_transaction()?;
    Ok(Transaction { producer, places: Vec::new() })
}

pub fn read_of(message: &impl Message) -> Read {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or(b"")).into();
    Read {
        partition: message.partition(),
        offset: message.offset(),
        key: text(message.key()),
        value: text(message.payload()),
    }
}

impl Follower {
    fn open(topic: &str, partitions: i32, isolation: &str) -> Result<Follower> {
        let consumer: BaseConsumer = config()
            .set("group.id", prefix()) // which it never joins
            .set("enable.auto.commit", "false")
            .set("isolation.level", isolation)
            .set("fetch.wait.max.ms", "100")
            .create()?;
        let mut places = TopicPartitionList::new();
        for partition in 0..partitions {
            places.add_partition_offset(topic, partition, Offset::Beginning)?;
        }
        consumer.assign(&places)?;
        Ok(Follower { consumer, got: Partitions::new() })
    }

    /// All that has come by now, or what comes in a moment.
    fn poll(&mut self) {
        let mut moment = Duration::from_millis(5);
        while let Some(answer) = self.consumer.poll(moment) {
            // Errors of connections come here too, and pass by themselves.
            if let Ok(message) = answer {
                self.got.entry(message.partition()).or_default().push(read_of(&message));
            }
            moment = Duration::ZERO;
        }
    }

    /// Whether the last record of each partition was read.
    fn has_all(&self, rows: &BTreeMap<Place, (Read, bool)>) -> bool {
        let last = |partition: &i32| self.got.get(partition).and_then(|got| got.last());
        rows.keys()
            .all(|(partition, offset)| last(partition).is_some_and(|it| it.offset >= *offset))
    }

    fn count(&self) -> usize {
        self.got.values().map(Vec::len).sum()
    }
}

impl Story {
    pub fn open(name: &str, partitions: i32) -> Result<Story> {
        let topic = format!("{}-{name}", prefix());
        admin::create_with(&topic, partitions)?;
        let mut story = Story {
            uncommitted: Follower::open(&topic, partitions, "read_uncommitted")?,
            committed: Follower::open(&topic, partitions, "read_committed")?,
            rows: BTreeMap::new(),
            topic,
            partitions,
            numbered: 0,
        };
        let plain: FutureProducer = config().set("enable.idempotence", "true").create()?;
        let first = story.batch(1);
        for row in story.send(&plain, first)? {
            story.rows.insert((row.partition, row.offset), (row, true));
        }
        Ok(story)
    }

    fn batch(&mut self, per_partition: i32) -> Vec<Read> {
        self.numbered += 1;
        let batch = self.numbered;
        let value = |n: i32| format!("row {n} of batch {batch}");
        let row = |n| Read {
            partition: n % self.partitions,
            offset: -1,
            key: format!("key {n}"),
            value: value(n),
        };
        (0..per_partition * self.partitions).map(row).collect()
    }

    /// Gives them back with their offsets, when all are acknowledged.
    fn send(&self, producer: &FutureProducer, rows: Vec<Read>) -> Result<Vec<Read>> {
        let mut sent = Vec::new();
        for row in rows {
            let record = FutureRecord::to(&self.topic).partition(row.partition).key(&row.key);
            let answer = producer.send_result(record.payload(&row.value));
            sent.push((answer.map_err(|(error, _)| error)?, row));
        }
        producer.flush(WAIT)?;
        let placed = sent.into_iter().map(|(answer, row)| {
            let place = block_on(answer)?.map_err(|(error, _)| error)?;
            Ok(Read { offset: place.offset, ..row })
        });
        placed.collect()
    }

    /// Writes rows, which are committed when the transaction is.
    pub fn write(&mut self, transaction: &mut Transaction, rows: Vec<Read>) -> Result<()> {
        for row in self.send(transaction.producer, rows)? {
            let place = (row.partition, row.offset);
            transaction.places.push(place);
            self.rows.insert(place, (row, false));
        }
        Ok(())
    }

    /// Writes two to each partition.
    pub fn write_batch(&mut self, transaction: &mut Transaction) -> Result<()> {
        let rows = self.batch(2);
        self.write(transaction, rows)
    }

    pub fn commit(&mut self, transaction: Transaction) -> Result<()> {
        transaction.producer.commit_transaction(WAIT)?;
        for place in transaction.places {
            self.rows.entry(place).and_modify(|(_, is_committed)| *is_committed = true);
        }
        Ok(())
    }

    /// A whole transaction with one batch.
    pub fn once(&mut self, producer: &FutureProducer, is_committed: bool) -> Result<()> {
        let mut transaction = begin(producer)?;
        self.write_batch(&mut transaction)?;
        if is_committed {
            self.commit(transaction)
        } else {
            transaction.abort()
        }
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&Story) -> bool) -> Result<()> {
        let deadline = Instant::now() + WAIT;
        while !is_so(self) {
            if Instant::now() > deadline {
                return Err(format!("not in time: {what}; {}", self.counts()).into());
            }
            self.uncommitted.poll();
            self.committed.poll();
        }
        Ok(())
    }

    /// Commits one more record to each partition, and waits until both have read it. What they have
    /// read must be all that they should, and nothing else.
    pub fn settle(&mut self, producer: &FutureProducer) -> Result<String> {
        let mut last = begin(producer)?;
        let rows = self.batch(1);
        self.write(&mut last, rows)?;
        self.commit(last)?;
        self.until("both have read the last record", |story| {
            [&story.uncommitted, &story.committed].iter().all(|each| each.has_all(&story.rows))
        })?;
        expect(&self.uncommitted.got, &self.told(|_| true), "read uncommitted")?;
        expect(&self.committed.got, &self.told(|is_committed| is_committed), "read committed")?;
        Ok(self.counts())
    }

    fn told(&self, is_there: impl Fn(bool) -> bool) -> Partitions {
        let mut told = Partitions::new();
        for (row, _) in self.rows.values().filter(|(_, is_committed)| is_there(*is_committed)) {
            told.entry(row.partition).or_default().push(row.clone());
        }
        told
    }

    /// What is committed, by partition.
    pub fn results(&self) -> Partitions {
        self.told(|is_committed| is_committed)
    }

    /// The uncommitted reader reads all, and the committed one nothing of a transaction or behind it.
    pub fn expect_hidden(&mut self, open: &Transaction) -> Result<()> {
        self.until("the uncommitted reader has read all", |story| {
            story.uncommitted.has_all(&story.rows)
        })?;
        let is_hidden = |read: &&Read| open.places.contains(&(read.partition, read.offset));
        let early = self.committed.got.values().flatten().find(is_hidden);
        expect(early, None, "read while the transaction is open")?;
        let first = |partition| open.places.iter().find(|place| place.0 == partition);
        let is_behind = |read: &&Read| first(read.partition).is_some_and(|it| read.offset > it.1);
        let behind = self.committed.got.values().flatten().find(is_behind);
        expect(behind, None, "read behind an open transaction")
    }

    /// The last records of each partition are so far behind the first of them.
    pub fn expect_distances(&self, distances: &[i64]) -> Result<()> {
        for (partition, rows) in self.told(|_| true) {
            let last = &rows[rows.len() - distances.len()..];
            let found: Vec<i64> = last.iter().map(|row| row.offset - last[0].offset).collect();
            expect(&found[..], distances, &format!("distances in partition {partition}"))?;
        }
        Ok(())
    }

    fn counts(&self) -> String {
        let (all, committed) = (self.uncommitted.count(), self.committed.count());
        let rows = self.rows.len();
        format!("{rows} records, {all} read uncommitted, {committed} read committed")
    }
}
