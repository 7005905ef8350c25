//! What the client's AdminClient has.

use futures_executor::block_on;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier,
    TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};
use rust_checks::{expect, Result, WAIT};
use std::time::Duration;

use crate::topic::{config, eventually, read};

struct Admin(AdminClient<DefaultClientContext>);

impl Admin {
    fn partitions(&self, topic: &str) -> Result<usize> {
        let metadata = self.0.inner().fetch_metadata(None, WAIT)?; // asking by name might create it
        let found = metadata.topics().iter().find(|each| each.name() == topic);
        Ok(found.map_or(0, |each| each.partitions().len()))
    }

    fn create(&self, topic: NewTopic) -> Result<()> {
        let [answer] = &block_on(self.0.create_topics(&[topic], &AdminOptions::new()))?[..] else {
            return Err("not one answer".into());
        };
        answer.clone().map(drop).map_err(|(_, code)| code.into())
    }

    fn has_config(&self, topic: &str, name: &str, value: &str) -> Result<bool> {
        let resource = [ResourceSpecifier::Topic(topic)];
        let mut answers = block_on(self.0.describe_configs(&resource, &AdminOptions::new()))?;
        let described = answers.remove(0); // an error where the topic is not known yet
        let Ok(config) = described else { return Ok(false) };
        Ok(config.get(name).is_some_and(|entry| entry.value.as_deref() == Some(value)))
    }
}

pub fn create_topic(topic: &str) -> Result<String> {
    let admin = Admin(config().create()?);
    let shape = NewTopic::new(topic, 3, TopicReplication::Fixed(3));
    admin.create(shape.set("retention.ms", "3600000"))?;
    eventually("the topic is known", || Ok(admin.partitions(topic)? == 3))?;
    eventually("retention.ms is set", || admin.has_config(topic, "retention.ms", "3600000"))?;
    Ok("3 partitions, 3 replicas, retention.ms".into())
}

/// A topic of so many partitions, for a group. Each broker leads some of it: when all leaders answer,
/// there is none that has not heard of it, and would have a producer forget that there are partitions.
pub fn create_with(topic: &str, partitions: i32) -> Result<()> {
    let admin = Admin(config().create()?);
    admin.create(NewTopic::new(topic, partitions, TopicReplication::Fixed(3)))?;
    // By a client that knows nothing yet: what it is told too early it keeps for minutes.
    let short = Duration::from_secs(2);
    eventually("the topic has leaders", || {
        let asking = Admin(config().create()?);
        let is_led = |partition| asking.0.inner().fetch_watermarks(topic, partition, short).is_ok();
        Ok((0..partitions).all(is_led))
    })
}

/// A group with one member, as the client lists it.
pub fn describe_group<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    name: &str,
    state: &str,
) -> Result<()> {
    let listed = consumer.fetch_group_list(None, WAIT)?;
    expect(listed.groups().iter().any(|each| each.name() == name), true, "it is listed")?;
    let found = consumer.fetch_group_list(Some(name), WAIT)?;
    let group = &found.groups()[0];
    expect((group.state(), group.members().len()), (state, 1), "state and members")
}

pub fn delete_group(name: &str) -> Result<()> {
    let admin = Admin(config().create()?);
    for answer in block_on(admin.0.delete_groups(&[name], &AdminOptions::new()))? {
        answer.map_err(|(_, code)| code)?;
    }
    let listed = admin.0.inner().fetch_group_list(None, WAIT)?;
    expect(listed.groups().iter().any(|each| each.name() == name), false, "it is still listed")
}

pub fn admin(topic: &str) -> Result<String> {
    let admin = Admin(config().create()?);
    let options = AdminOptions::new();
    admin.create(NewTopic::new(topic, 1, TopicReplication::Fixed(3)))?;
    eventually("the topic is known", || Ok(admin.partitions(topic)? == 1))?;
    let more = [NewPartitions::new(topic, 4)];
    for answer in block_on(admin.0.create_partitions(&more, &options))? {
        answer.map_err(|(_, code)| code)?;
    }
    eventually("it has 4 partitions", || Ok(admin.partitions(topic)? == 4))?;

    let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set("max.message.bytes", "2000");
    for answer in block_on(admin.0.alter_configs(&[change], &options))? {
        answer.map_err(|(_, code)| code)?;
    }
    eventually("its config", || admin.has_config(topic, "max.message.bytes", "2000"))?;

    let producer: FutureProducer = config().create()?;
    for n in 0..10 {
        let value = n.to_string();
        let record = FutureRecord::<(), _>::to(topic).partition(0).payload(&value);
        block_on(producer.send(record, WAIT)).map_err(|(error, _)| error)?;
    }
    let mut before = TopicPartitionList::new();
    before.add_partition_offset(topic, 0, Offset::Offset(5))?;
    let deleted = block_on(admin.0.delete_records(&before, &options))?;
    expect(deleted.elements()[0].offset(), Offset::Offset(5), "low watermark")?;
    expect(read(topic, &[(0, 5)])?[&0].len(), 5, "records left")?;

    for answer in block_on(admin.0.delete_topics(&[topic], &options))? {
        answer.map_err(|(_, code)| code)?;
    }
    eventually("the topic is gone", || Ok(admin.partitions(topic)? == 0))?;
    Ok("create and delete topic, create partitions, alter and describe configs, delete records"
        .into())
}
