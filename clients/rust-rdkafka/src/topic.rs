//! A topic of three partitions, and what we know to stand in it.

use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_executor::block_on;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use rust_checks::{Result, WAIT};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub partition: Option<i32>, // none: the partitioner chooses
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    pub timestamp: Option<i64>,
}

impl Record {
    pub fn of(value: impl Into<Vec<u8>>) -> Record {
        Record { value: Some(value.into()), ..Record::default() }
    }

    pub fn keyed(key: impl Into<Vec<u8>>, value: Option<&str>) -> Record {
        let value = value.map(|text| text.as_bytes().to_vec());
        Record { key: Some(key.into()), value, ..Record::default() }
    }

    pub fn at(self, partition: i32) -> Record {
        Record { partition: Some(partition), ..self }
    }
}

/// Each broker learns of a change on its own: asks until it is so.
pub fn eventually(what: &str, mut attempt: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + WAIT;
    while !attempt()? {
        if Instant::now() > deadline {
            return Err(format!("never: {what}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

pub type Partitions = BTreeMap<i32, Vec<Record>>;

pub fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", env::var("BOOTSTRAP_SERVERS").expect("BOOTSTRAP_SERVERS"));
    config.set("client.id", prefix());
    config
}

pub fn prefix() -> String {
    env::var("TOPIC_PREFIX").expect("TOPIC_PREFIX")
}

/// A consumer placed by hand; it never joins its group, which librdkafka insists on naming.
pub fn consumer(topic: &str, positions: &[(i32, Offset)]) -> Result<BaseConsumer> {
    let consumer: BaseConsumer = config()
        .set("group.id", prefix())
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "10")
        .create()?;
    let mut places = TopicPartitionList::new();
    for (partition, offset) in positions {
        places.add_partition_offset(topic, *partition, *offset)?;
    }
    consumer.assign(&places)?;
    Ok(consumer)
}

/// The next record, or the number of a partition whose end is reached.
pub fn poll(consumer: &BaseConsumer) -> Result<std::result::Result<Record, i32>> {
    let message = match consumer.poll(WAIT).ok_or("nothing came")? {
        Err(KafkaError::PartitionEOF(partition)) => return Ok(Err(partition)),
        other => other?,
    };
    let headers = message.headers().map(|headers| headers.iter().map(owned).collect());
    Ok(Ok(Record {
        partition: Some(message.partition()),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.unwrap_or_default(),
        timestamp: message.timestamp().to_millis(),
    }))
}

fn owned(header: Header<'_, &[u8]>) -> (String, Option<Vec<u8>>) {
    (header.key.to_string(), header.value.map(<[u8]>::to_vec))
}

/// Everything from the given offsets up to the present ends.
pub fn read(topic: &str, positions: &[(i32, i64)]) -> Result<Partitions> {
    let offsets: Vec<_> = positions.iter().map(|(at, from)| (*at, Offset::Offset(*from))).collect();
    let consumer = consumer(topic, &offsets)?;
    let mut found: Partitions = positions.iter().map(|(at, _)| (*at, Vec::new())).collect();
    let mut unfinished: Vec<i32> = found.keys().copied().collect();
    while !unfinished.is_empty() {
        match poll(&consumer)? {
            Err(ended) => unfinished.retain(|partition| *partition != ended),
            Ok(record) => found.get_mut(&record.partition.unwrap()).unwrap().push(record),
        }
    }
    Ok(found)
}

pub struct Topic {
    pub name: String,
    pub written: Partitions, // in the order of their offsets
    start_ms: i64,
}

impl Topic {
    pub fn new(name: String) -> Topic {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let start_ms = now.as_millis() as i64 - 60_000;
        Topic { name, written: (0..3).map(|partition| (partition, vec![])).collect(), start_ms }
    }

    pub fn count(&self) -> usize {
        self.written.values().map(Vec::len).sum()
    }

    /// Writes, remembers what was written, and reads just that back.
    pub fn round_trip(
        &mut self,
        records: Vec<Record>,
        how: &[(&str, &str)],
    ) -> Result<Vec<Record>> {
        let ends: Vec<_> = self.written.iter().map(|(at, there)| (*at, there.len())).collect();
        let delivered = self.produce(records, how)?;
        for record in &delivered {
            self.written.entry(record.partition.unwrap()).or_default().push(record.clone());
        }
        let expected: Partitions =
            ends.iter().map(|(at, end)| (*at, self.written[at][*end..].to_vec())).collect();
        let positions: Vec<_> = ends.iter().map(|(at, end)| (*at, *end as i64)).collect();
        eventually("the records are read", || Ok(read(&self.name, &positions)? == expected))?;
        Ok(delivered)
    }

    /// Gives the records as they now should stand in the topic.
    fn produce(&self, records: Vec<Record>, how: &[(&str, &str)]) -> Result<Vec<Record>> {
        let mut config = config();
        config.set("message.max.bytes", "1048588");
        for (name, value) in how {
            config.set(*name, *value);
        }
        let producer: FutureProducer = config.create()?;
        let mut sent = Vec::new();
        for (index, mut record) in records.into_iter().enumerate() {
            record.timestamp = Some(self.start_ms + (self.count() + index) as i64);
            let answer = producer.send_result(self.future_record(&record));
            sent.push((answer.map_err(|(error, _)| error)?, record));
        }
        producer.flush(WAIT)?;
        let delivered = sent.into_iter().map(|(answer, record)| {
            let place = block_on(answer)?.map_err(|(error, _)| error)?;
            Ok(record.at(place.partition))
        });
        delivered.collect()
    }

    fn future_record<'a>(&'a self, record: &'a Record) -> FutureRecord<'a, [u8], [u8]> {
        let with = |headers: OwnedHeaders, (key, value): &(String, Option<Vec<u8>>)| {
            headers.insert(Header { key, value: value.as_ref() })
        };
        FutureRecord {
            topic: &self.name,
            partition: record.partition,
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp,
            headers: Some(record.headers.iter().fold(OwnedHeaders::new(), with)),
        }
    }
}
