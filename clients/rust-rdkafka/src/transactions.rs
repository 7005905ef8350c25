//! The checks of transactions, beside all others.

use std::thread::{spawn, JoinHandle};
use std::time::Instant;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, Producer};
use rdkafka::{Offset, TopicPartitionList};
use rust_checks::{expect, Report, Result, WAIT};

use crate::group::{Group, PARTITIONS};
use crate::member::{Commits, Here, Member, Read};
use crate::story::{begin as begin_transaction, producer, Story, Transaction};
use crate::topic::config;

/// Between three transactions of one producer there is room for one marker, in each partition.
fn commits(story: &mut Story) -> Result<String> {
    let producer = producer("commits")?;
    for _ in 0..3 {
        story.once(&producer, true)?;
    }
    let said = story.settle(&producer)?;
    story.expect_distances(&[0, 1, 3, 4, 6, 7, 9])?;
    Ok(said)
}

/// One after the other; and then two in the same partitions, of which one is aborted.
fn aborts(story: &mut Story) -> Result<String> {
    let (first, second) = (producer("aborts-first")?, producer("aborts-second")?);
    for is_committed in [true, false, true, false] {
        story.once(&first, is_committed)?;
    }
    let mut a = begin_transaction(&first)?;
    story.write_batch(&mut a)?;
    let mut b = begin_transaction(&second)?;
    story.write_batch(&mut b)?;
    story.write_batch(&mut a)?;
    a.abort()?;
    story.write_batch(&mut b)?;
    story.commit(b)?;
    story.settle(&second)
}

fn is_isolated(story: &mut Story) -> Result<String> {
    let (first, second) = (producer("stays-open")?, producer("goes-by")?);
    let mut open = begin_transaction(&first)?;
    story.write_batch(&mut open)?;
    story.once(&second, true)?;
    story.expect_hidden(&open)?;
    story.commit(open)?;
    story.settle(&second)
}

/// A second producer of the id aborts what the first has begun.
fn fences(story: &mut Story) -> Result<String> {
    let first = producer("fenced")?;
    let mut open = begin_transaction(&first)?;
    story.write_batch(&mut open)?;
    let second = producer("fenced")?;
    story.once(&second, true)?;
    let KafkaError::Transaction(error) = first.commit_transaction(WAIT).unwrap_err() else {
        return Err("the commit of a fenced producer fails in another way".into());
    };
    let fatal = (RDKafkaErrorCode::Fenced, true);
    expect((error.code(), error.is_fatal()), fatal, "the error of a fenced producer")?;
    expect(first.begin_transaction().is_err(), true, "it may not begin again")?;
    story.settle(&second)?;
    Ok(error.to_string())
}

fn send_offsets<C: rdkafka::consumer::ConsumerContext>(
    producer: &FutureProducer,
    consumer: &BaseConsumer<C>,
    offsets: &TopicPartitionList,
) -> Result<()> {
    let metadata = consumer.group_metadata().ok_or("no metadata of the group")?;
    Ok(producer.send_offsets_to_transaction(offsets, &metadata, WAIT)?)
}

/// By a consumer that is a member of nothing.
fn offsets(story: &mut Story) -> Result<String> {
    let group = Group::open("transaction-offsets", 5)?;
    let consumer: BaseConsumer = config().set("group.id", &group.name).create()?;
    let producer = producer("offsets")?;
    for is_committed in [false, true] {
        let mut transaction = begin_transaction(&producer)?;
        story.write_batch(&mut transaction)?;
        send_offsets(&producer, &consumer, &group.everywhere(Offset::Offset(3))?)?;
        if is_committed {
            story.commit(transaction)?;
            continue;
        }
        transaction.abort()?;
        // The coordinator lets the next one begin when all markers are written.
        story.settle(&producer)?;
        expect(group.has_committed(Offset::Invalid)?, true, "nothing of the aborted")?;
    }
    group.await_committed(3)?;
    story.settle(&producer)?;
    Ok("none of the aborted, 3 of the committed".into())
}

/// Consumes and produces in the same transactions.
struct Processor {
    member: Here,
    producer: FutureProducer,
    taken: Vec<Read>,
}

const BITE: usize = 10;

impl Processor {
    fn start(input: &Group, name: &str) -> Result<Processor> {
        let producer = producer("pipe")?;
        let committed = [("isolation.level", "read_committed")];
        let place = (&input.name[..], &input.topic[..]);
        let member = Here::join(place, name, Commits::Manual, &committed)?;
        Ok(Processor { member, producer, taken: Vec::new() })
    }

    /// Waits for records. What was taken and not committed comes again.
    fn take(&mut self) -> Result<()> {
        let deadline = Instant::now() + WAIT;
        let mut is_more = true;
        while self.taken.is_empty() || (is_more && self.taken.len() < BITE) {
            let reads = self.member.reads()?;
            is_more = !reads.is_empty();
            self.taken.extend(reads.into_iter().map(|(_, read)| read));
            expect(Instant::now() < deadline, true, "a record comes in time")?;
        }
        Ok(())
    }

    fn step(&mut self, input: &Group, output: &mut Story) -> Result<Transaction<'_>> {
        self.take()?;
        let mut ends = TopicPartitionList::new();
        for read in &self.taken {
            let end = Offset::Offset(read.offset + 1);
            if ends.set_partition_offset(&input.topic, read.partition, end).is_err() {
                ends.add_partition_offset(&input.topic, read.partition, end)?;
            }
        }
        let mut transaction = begin_transaction(&self.producer)?;
        output.write(&mut transaction, self.taken.iter().map(transformed).collect())?;
        send_offsets(&self.producer, &self.member.consumer, &ends)?;
        Ok(transaction)
    }

    /// Until so many are committed in all. The first transaction is aborted, and done again.
    fn run(&mut self, input: &Group, output: &mut Story, mut left: usize) -> Result<usize> {
        self.step(input, output)?.abort()?;
        let mut count = 0;
        while left > 0 {
            let transaction = self.step(input, output)?;
            output.commit(transaction)?;
            count += self.taken.len();
            left = left.saturating_sub(self.taken.len());
            self.taken.clear();
        }
        Ok(count)
    }
}

fn transformed(read: &Read) -> Read {
    Read { value: format!("{} transformed", read.value), ..read.clone() }
}

/// Two processors, of which the second finds a transaction that the first has left open.
fn pipeline() -> Result<String> {
    let input = Group::open("transaction-input", 10)?;
    let mut output = Story::open("transaction-output", PARTITIONS)?;
    let mut first = Processor::start(&input, "first")?;
    let done = first.run(&input, &mut output, 2 * BITE)?;
    first.step(&input, &mut output)?;
    let Processor { member, producer: left_open, .. } = first;
    drop(member);
    let mut second = Processor::start(&input, "second")?;
    second.run(&input, &mut output, input.count() as usize - done)?;
    drop(left_open);
    input.await_committed(10)?;
    for (partition, results) in output.results() {
        let values: Vec<&str> = results[1..].iter().map(|row| &row.value[..]).collect();
        let wanted = (0..10).map(|offset| format!("{offset} of partition {partition} transformed"));
        expect(values, wanted.collect::<Vec<_>>().iter().map(|it| &it[..]).collect(), "results")?;
    }
    output.settle(&producer("pipe-end")?)
}

/// One story after the other of the same topic and the same two readers.
fn tell(report: &Report) {
    let mut story = Story::open("transactions", 3);
    let mut check = |name: &str, body: fn(&mut Story) -> Result<String>| {
        report.check(&format!("transaction-{name}"), || match &mut story {
            Ok(story) => body(story),
            Err(error) => Err(error.to_string().into()),
        })
    };
    check("commit", commits);
    check("abort", aborts);
    check("isolation", is_isolated);
    check("fencing", fences);
    check("offsets", offsets);
}

pub fn begin(report: &'static Report) -> Vec<JoinHandle<()>> {
    vec![
        spawn(|| tell(report)),
        spawn(|| report.check("transaction-consume-transform-produce", pipeline)),
    ]
}
