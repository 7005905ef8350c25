//! Every shared check (clients/checks.json) with rskafka: one line of JSON for each.

mod topic;

use std::env;
use std::future::Future;
use std::time::{Duration, Instant};

use rskafka::client::consumer::StartOffset;
use rskafka::client::partition::{Compression, OffsetAt};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::RecordAndOffset;
use rust_checks::{expect, Report, Result, WAIT};

use topic::{read, Topic};

const TIMEOUT_MS: i32 = 10_000;

async fn check(report: &Report, name: &str, body: impl Future<Output = Result<String>>) {
    let started = Instant::now();
    let outcome = tokio::time::timeout(WAIT, body).await;
    report.say(name, started, outcome.unwrap_or_else(|elapsed| Err(elapsed.into())));
}

async fn eventually_has(client: &Client, name: &str, count: usize) -> Result<()> {
    while partitions(client, name).await? != count {
        tokio::time::sleep(Duration::from_millis(50)).await; // that broker does not know yet
    }
    Ok(())
}

async fn connect() -> Result<Client> {
    let brokers = env::var("BOOTSTRAP_SERVERS")?.split(',').map(str::to_string).collect();
    Ok(ClientBuilder::new(brokers).client_id(env::var("TOPIC_PREFIX")?).build().await?)
}

async fn create_topic(client: &Client, name: &str) -> Result<String> {
    client.controller_client()?.create_topic(name, 3, 3, TIMEOUT_MS).await?;
    eventually_has(client, name, 3).await?;
    Ok("3 partitions, 3 replicas; the client sets no configs and describes no more".into())
}

async fn partitions(client: &Client, name: &str) -> Result<usize> {
    let topics = client.list_topics().await?;
    let found = topics.iter().find(|topic| topic.name == name);
    Ok(found.map_or(0, |topic| topic.partitions.len()))
}

async fn produced(topic: &mut Topic, name: &str, how: Compression) -> Result<String> {
    for partition in 0..3 {
        let value = |n: usize| format!("{name} {n} {}", ".".repeat(100));
        let records = (0..7).map(|n| topic.record(n, None, Some(&value(n)))).collect();
        topic.round_trip(partition, records, how).await?;
    }
    Ok("21 records".into())
}

async fn null_value(topic: &mut Topic) -> Result<String> {
    let pairs = [(Some("gone"), None), (Some("empty"), Some("")), (None, None), (None, Some(""))];
    let numbered = pairs.into_iter().enumerate();
    let records = numbered.map(|(n, (key, value))| topic.record(n, key, value)).collect();
    topic.round_trip(0, records, Compression::NoCompression).await?;
    Ok("null and empty, with a key and without".into())
}

async fn headers(topic: &mut Topic) -> Result<String> {
    let mut record = topic.record(0, Some("key"), Some("with headers"));
    record.headers.insert("trace".into(), b"1".to_vec());
    record.headers.insert("empty".into(), Vec::new());
    topic.round_trip(0, vec![record], Compression::NoCompression).await?;
    Ok("two, one empty; the client keeps them in a map and knows no null".into())
}

async fn sizes(topic: &mut Topic) -> Result<String> {
    let lengths = [1, 100, 10_000, 1_048_000];
    for length in lengths {
        let record = topic.record(0, None, Some(&"x".repeat(length)));
        topic.round_trip(0, vec![record], Compression::NoCompression).await?;
    }
    Ok(format!("{lengths:?} bytes"))
}

async fn read_from(topic: &Topic, start: StartOffset, offset: usize) -> Result<String> {
    let partition = &topic.partitions[0];
    let found = read(&partition.client, start).await?;
    expect(&found[..], &partition.written[offset..], "what was read")?;
    Ok(format!("{} records from offset {offset}", found.len()))
}

/// A fetch waits at the end while the records are written, over a connection of its own: the
/// broker answers one request of a connection after the other.
async fn read_from_latest(topic: &mut Topic, name: &str) -> Result<String> {
    let reader = Topic::open(&connect().await?, name, 1).await?;
    let client = &reader.partitions[0].client;
    let end = client.get_offset(OffsetAt::Latest).await?;
    expect(end, topic.partitions[0].written.len() as i64, "the end")?;
    let waiting = client.fetch_records(end, 1..1_000_000, TIMEOUT_MS);
    let late: Vec<_> = (0..3).map(|n| topic.record(n, None, Some(&format!("late {n}")))).collect();
    let writing = topic.round_trip(0, late.clone(), Compression::NoCompression);
    let (waited, written) = tokio::join!(waiting, writing);
    written?;
    let numbered = late.into_iter().zip(end..);
    let expected = numbered.map(|(record, offset)| RecordAndOffset { record, offset }).collect();
    expect(waited?.0, expected, "what came after")?;
    Ok("3 records".into())
}

async fn read_from_timestamp(topic: &Topic) -> Result<String> {
    let middle = topic.partitions[0].written.len() / 2;
    let time = topic.partitions[0].written[middle].timestamp;
    let found = topic.partitions[0].client.get_offset(OffsetAt::Timestamp(time)).await?;
    expect(found, middle as i64, "offset of the time")?;
    read_from(topic, StartOffset::At(found), middle).await
}

async fn compare_all(topic: &Topic) -> Result<String> {
    for partition in &topic.partitions {
        let found = read(&partition.client, StartOffset::Earliest).await?;
        expect(&found, &partition.written, "the whole partition")?;
    }
    Ok(format!("{} records: key, value, headers, timestamp", topic.count()))
}

async fn metadata(client: &Client, name: &str) -> Result<String> {
    expect(partitions(client, name).await?, 3, "partitions")?;
    Ok("topics and partitions; the client shows no brokers and no leaders".into())
}

async fn admin(client: &Client, name: &str) -> Result<String> {
    let controller = client.controller_client()?;
    controller.create_topic(name, 1, 3, TIMEOUT_MS).await?;
    let mut topic = Topic::open(client, name, 1).await?;
    let records = (0..10).map(|n| topic.record(n, None, Some("value"))).collect();
    topic.round_trip(0, records, Compression::NoCompression).await?;
    let partition = &topic.partitions[0].client;
    partition.delete_records(5, TIMEOUT_MS).await?;
    expect(partition.get_offset(OffsetAt::Earliest).await?, 5, "log start")?;
    expect(read(partition, StartOffset::Earliest).await?.len(), 5, "records left")?;
    controller.delete_topic(name, TIMEOUT_MS).await?;
    eventually_has(client, name, 0).await?;
    Ok("create and delete topic, delete records".into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let prefix = env::var("TOPIC_PREFIX")?;
    let client = connect().await?;
    let name = format!("{prefix}-records");
    let report = Report::default();

    check(&report, "create-topic", create_topic(&client, &name)).await;
    let mut topic = Topic::open(&client, &name, 3).await?;
    let codecs = [
        ("produce-uncompressed", Compression::NoCompression),
        ("produce-gzip", Compression::Gzip),
        ("produce-snappy", Compression::Snappy),
        ("produce-lz4", Compression::Lz4),
        ("produce-zstd", Compression::Zstd),
        ("acks-all", Compression::NoCompression),
        ("unkeyed", Compression::NoCompression),
    ];
    for (each, codec) in codecs {
        check(&report, each, produced(&mut topic, each, codec)).await;
    }
    report.lacks("acks-0", "rskafka always asks for all");
    report.lacks("acks-1", "rskafka always asks for all");
    report.lacks("keyed", "rskafka has no partitioner: the program names the partition");
    report.lacks("idempotent", "rskafka has no idempotent producer");
    for each in ["auto-commit", "manual-commit", "resume", "two-members", "third-member"] {
        report.lacks(&format!("group-{each}"), "rskafka has no groups");
    }
    for each in ["killed-member", "static", "cooperative", "848", "admin"] {
        report.lacks(&format!("group-{each}"), "rskafka has no groups");
    }
    check(&report, "null-value", null_value(&mut topic)).await;
    check(&report, "headers", headers(&mut topic)).await;
    check(&report, "sizes", sizes(&mut topic)).await;
    check(&report, "read-from-earliest", read_from(&topic, StartOffset::Earliest, 0)).await;
    check(&report, "read-from-latest", read_from_latest(&mut topic, &name)).await;
    check(&report, "read-from-offset", read_from(&topic, StartOffset::At(7), 7)).await;
    check(&report, "read-from-timestamp", read_from_timestamp(&topic)).await;
    check(&report, "compare-all", compare_all(&topic)).await;
    check(&report, "metadata", metadata(&client, &name)).await;
    check(&report, "admin", admin(&client, &format!("{prefix}-admin"))).await;

    report.end()
}
