//! Every shared check (clients/checks.json) with rust-rdkafka: one line of JSON for each.

mod admin;
mod group;
mod groups;
mod member;
mod story;
mod topic;
mod transactions;

use rdkafka::consumer::Consumer;
use rdkafka::{Offset, TopicPartitionList};
use rust_checks::{expect, Report, Result, WAIT};

use topic::{consumer, poll, prefix, read, Record, Topic};

fn numbered(name: &str) -> Vec<Record> {
    let filler = ".".repeat(100);
    (0..20).map(|n| Record::of(format!("{name} {n} {filler}")).at(n % 3)).collect()
}

fn produced(topic: &mut Topic, name: &str, how: &[(&str, &str)]) -> Result<String> {
    Ok(format!("{} records", topic.round_trip(numbered(name), how)?.len()))
}

fn keyed(topic: &mut Topic) -> Result<String> {
    let key = |n: usize| format!("key {}", n % 5);
    let records = (0..20).map(|n| Record::keyed(key(n), Some("value"))).collect();
    let delivered = topic.round_trip(records, &[("partitioner", "murmur2_random")])?;
    for (record, chosen) in delivered.iter().zip([1, 2, 2, 0, 1].iter().cycle()) {
        let name = format!("partition of {:?}", record.key);
        expect(record.partition, Some(*chosen), &name)?; // where Java would put it too
    }
    Ok("20 records, 5 keys".into())
}

fn unkeyed(topic: &mut Topic) -> Result<String> {
    let records = (0..20).map(|n| Record::of(format!("no key {n}"))).collect();
    let delivered = topic.round_trip(records, &[])?;
    let mut partitions: Vec<_> = delivered.iter().map(|record| record.partition).collect();
    partitions.sort();
    partitions.dedup();
    Ok(format!("20 records in {} partitions", partitions.len()))
}

fn null_value(topic: &mut Topic) -> Result<String> {
    let empty = Record::keyed("empty", Some(""));
    let records = vec![Record::keyed("gone", None), empty, Record::default(), Record::of("")];
    topic.round_trip(records, &[])?;
    Ok("null and empty, with a key and without".into())
}

fn headers(topic: &mut Topic) -> Result<String> {
    let pairs = [("trace", Some("1")), ("trace", Some("2")), ("empty", Some("")), ("null", None)];
    let owned = pairs.map(|(name, value)| (name.to_string(), value.map(|text| text.into())));
    let record = Record { headers: owned.to_vec(), ..Record::keyed("key", Some("with headers")) };
    topic.round_trip(vec![record], &[])?;
    Ok("a name twice, an empty and a null value".into())
}

fn sizes(topic: &mut Topic) -> Result<String> {
    let lengths = [1, 100, 10_000, 1_048_000];
    let records = lengths.map(|length| Record::of("x".repeat(length)).at(0));
    topic.round_trip(records.to_vec(), &[])?;
    Ok(format!("{lengths:?} bytes"))
}

fn read_from(topic: &Topic, offset: usize) -> Result<String> {
    let found = read(&topic.name, &[(0, offset as i64)])?;
    expect(&found[&0][..], &topic.written[&0][offset..], &format!("from {offset}"))?;
    Ok(format!("{} records from offset {offset}", found[&0].len()))
}

fn read_from_latest(topic: &mut Topic) -> Result<String> {
    let reader = consumer(&topic.name, &[(0, Offset::End)])?;
    expect(poll(&reader)?, Err(0), "first event")?;
    let late = (0..3).map(|n| Record::of(format!("late {n}")).at(0)).collect();
    let late = topic.round_trip(late, &[])?;
    let mut found = Vec::new();
    while found.len() < late.len() {
        found.extend(poll(&reader)?); // and not the ends in between
    }
    expect(found, late, "what came after")?;
    Ok("3 records".into())
}

fn read_from_timestamp(topic: &Topic) -> Result<String> {
    let middle = topic.written[&0].len() / 2;
    let time = topic.written[&0][middle].timestamp.ok_or("no timestamp")?;
    let mut asked = TopicPartitionList::new();
    asked.add_partition_offset(&topic.name, 0, Offset::Offset(time))?;
    let reader = consumer(&topic.name, &[])?;
    let found = reader.offsets_for_times(asked, WAIT)?;
    expect(found.elements()[0].offset(), Offset::Offset(middle as i64), "offset of the time")?;
    read_from(topic, middle)
}

fn compare_all(topic: &Topic) -> Result<String> {
    expect(&read(&topic.name, &[(0, 0), (1, 0), (2, 0)])?, &topic.written, "all partitions")?;
    Ok(format!("{} records: key, value, headers, timestamp", topic.count()))
}

fn metadata(topic: &Topic) -> Result<String> {
    let reader = consumer(&topic.name, &[])?;
    let metadata = reader.fetch_metadata(Some(&topic.name), WAIT)?;
    let mut brokers: Vec<i32> = metadata.brokers().iter().map(|broker| broker.id()).collect();
    brokers.sort();
    expect(brokers.len(), 3, "brokers")?;
    let partitions = metadata.topics()[0].partitions();
    expect(partitions.len(), 3, "partitions")?;
    for partition in partitions {
        let mut in_sync = partition.isr().to_vec();
        in_sync.sort();
        expect(&in_sync, &brokers, "in-sync replicas")?;
        expect(brokers.contains(&partition.leader()), true, "leader is a broker")?;
    }
    let leaders: Vec<i32> = partitions.iter().map(|partition| partition.leader()).collect();
    Ok(format!("brokers {brokers:?}, leaders {leaders:?}"))
}

fn main() {
    if let Some(life) = member::live() {
        life.expect("a member ends when it is killed");
        return;
    }
    let report: &'static Report = Box::leak(Box::default());
    let beside = groups::begin(report).into_iter().chain(transactions::begin(report));
    let beside: Vec<_> = beside.collect();
    let mut topic = Topic::new(format!("{}-records", prefix()));

    report.check("create-topic", || admin::create_topic(&topic.name));
    for codec in ["uncompressed", "gzip", "snappy", "lz4", "zstd"] {
        let name = if codec == "uncompressed" { "none" } else { codec };
        let how = [("compression.type", name)];
        report.check(&format!("produce-{codec}"), || produced(&mut topic, codec, &how));
    }
    for acks in ["0", "1", "all"] {
        let name = format!("acks-{acks}");
        report.check(&name, || produced(&mut topic, &name, &[("acks", acks)]));
    }
    report.check("keyed", || keyed(&mut topic));
    report.check("unkeyed", || unkeyed(&mut topic));
    report.check("null-value", || null_value(&mut topic));
    report.check("headers", || headers(&mut topic));
    report.check("sizes", || sizes(&mut topic));
    let once = [("enable.idempotence", "true")];
    report.check("idempotent", || produced(&mut topic, "idempotent", &once));
    report.check("read-from-earliest", || read_from(&topic, 0));
    report.check("read-from-latest", || read_from_latest(&mut topic));
    report.check("read-from-offset", || read_from(&topic, 7));
    report.check("read-from-timestamp", || read_from_timestamp(&topic));
    report.check("compare-all", || compare_all(&topic));
    report.check("metadata", || metadata(&topic));
    report.check("admin", || admin::admin(&format!("{}-admin", prefix())));
    for each in beside {
        each.join().expect("a check reports what fails");
    }

    report.end()
}
