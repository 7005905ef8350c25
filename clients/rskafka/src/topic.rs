//! A topic of three partitions, and what we know to stand in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, DurationRound, Utc};
use futures_util::StreamExt;
use rskafka::client::consumer::{StartOffset, StreamConsumerBuilder};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::Client;
use rskafka::record::Record;
use rust_checks::{expect, Result};

pub struct Partition {
    pub client: Arc<PartitionClient>,
    pub written: Vec<Record>, // in the order of their offsets
}

pub struct Topic {
    pub partitions: Vec<Partition>,
    start: DateTime<Utc>,
}

impl Topic {
    pub async fn open(client: &Client, name: &str, count: i32) -> Result<Topic> {
        let mut partitions = Vec::new();
        for index in 0..count {
            let handling = UnknownTopicHandling::Retry;
            let client = client.partition_client(name, index, handling).await?;
            partitions.push(Partition { client: Arc::new(client), written: Vec::new() });
        }
        let start = Utc::now().duration_trunc(Duration::milliseconds(1))? - Duration::minutes(1);
        Ok(Topic { partitions, start })
    }

    pub fn count(&self) -> usize {
        self.partitions.iter().map(|partition| partition.written.len()).sum()
    }

    /// A record one millisecond later than the last, so that a time means one record.
    pub fn record(&self, index: usize, key: Option<&str>, value: Option<&str>) -> Record {
        Record {
            key: key.map(|text| text.into()),
            value: value.map(|text| text.into()),
            headers: BTreeMap::new(),
            timestamp: self.start + Duration::milliseconds((self.count() + index) as i64),
        }
    }

    /// Writes to one partition, remembers what was written, and reads just that back.
    pub async fn round_trip(
        &mut self,
        index: usize,
        records: Vec<Record>,
        how: Compression,
    ) -> Result<()> {
        let Partition { client, written } = &mut self.partitions[index];
        let end = written.len();
        let offsets = client.produce(records.clone(), how).await?;
        let expected: Vec<i64> = (end as i64..).take(records.len()).collect();
        expect(offsets, expected, "offsets")?;
        written.extend(records);
        let start = StartOffset::At(end as i64);
        expect(&read(client, start).await?[..], &written[end..], "what was written")
    }
}

/// Everything from a start up to the present end.
pub async fn read(client: &Arc<PartitionClient>, start: StartOffset) -> Result<Vec<Record>> {
    let end = client.get_offset(OffsetAt::Latest).await?;
    let mut stream =
        StreamConsumerBuilder::new(Arc::clone(client), start).with_max_wait_ms(100).build();
    let mut found = Vec::new();
    loop {
        let (next, _high_watermark) = stream.next().await.ok_or("the stream ended")??;
        found.push(next.record);
        if next.offset + 1 == end {
            return Ok(found);
        }
    }
}
