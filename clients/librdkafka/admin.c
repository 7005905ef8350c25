#include "admin.h"

#include <string.h>
#include <unistd.h>

#include "topic.h"

rd_kafka_t *admin_client;
rd_kafka_queue_t *admin_queue;

bool open_admin(char *said) {
    if (!admin_client) admin_client = open_client(RD_KAFKA_PRODUCER, NULL, said);
    if (admin_client && !admin_queue) admin_queue = rd_kafka_queue_new(admin_client);
    return admin_client;
}

rd_kafka_event_t *answer(char *said) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin_queue, WAIT_MS);
    if (event && !rd_kafka_event_error(event)) return event;
    SAY(said, "admin: %s", event ? rd_kafka_event_error_string(event) : "no answer");
    return NULL;
}

static bool topic_answer(const rd_kafka_topic_result_t **results, size_t count, char *said) {
    EXPECT(count == 1, said, "%zu answers", count);
    EXPECT(!rd_kafka_topic_result_error(results[0]), said, "%s",
           rd_kafka_topic_result_error_string(results[0]));
    return true;
}

bool create(rd_kafka_NewTopic_t *topic, char *said) {
    size_t count;
    rd_kafka_CreateTopics(admin_client, &topic, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    if (!event) return false;
    const rd_kafka_topic_result_t **topics =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    return topic_answer(topics, count, said);
}

/* How many partitions a broker knows of. */
static int partitions_of(const char *topic) {
    const struct rd_kafka_metadata *metadata;
    int found = 0;
    if (rd_kafka_metadata(admin_client, 1, NULL, &metadata, WAIT_MS)) return -1;
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (!strcmp(metadata->topics[i].topic, topic)) found = metadata->topics[i].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    return found;
}

static bool config_is(const char *topic, const char *name, const char *value, char *said) {
    rd_kafka_ConfigResource_t *asked = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_DescribeConfigs(admin_client, &asked, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    if (!event) return false;
    size_t count;
    const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(rd_kafka_ConfigEntry_name(entries[i]), name))
            return !strcmp(rd_kafka_ConfigEntry_value(entries[i]), value);
    return false;
}

bool create_topic(char *said, const void *argument) {
    (void)argument;
    if (!open_admin(said)) return false;
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(topic_name, PARTITIONS, 3, said, SAID_SIZE);
    rd_kafka_NewTopic_set_config(topic, "retention.ms", "3600000");
    if (!create(topic, said)) return false;
    EVENTUALLY(partitions_of(topic_name) == PARTITIONS, said, "the topic does not appear");
    EVENTUALLY(config_is(topic_name, "retention.ms", "3600000", said), said, "no retention.ms");
    SAY(said, "3 partitions, 3 replicas, retention.ms");
    return true;
}

bool metadata(char *said, const void *argument) {
    (void)argument;
    const struct rd_kafka_metadata *found;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(admin_client, topic_name, NULL);
    rd_kafka_resp_err_t error = rd_kafka_metadata(admin_client, 0, topic, &found, WAIT_MS);
    EXPECT(!error, said, "%s", rd_kafka_err2str(error));
    EXPECT(found->broker_cnt == 3, said, "%d brokers", found->broker_cnt);
    EXPECT(found->topics[0].partition_cnt == PARTITIONS, said, "partitions");
    int at = SAY(said, "3 brokers, leaders");
    for (int i = 0; i < PARTITIONS; i++) {
        const struct rd_kafka_metadata_partition *partition = &found->topics[0].partitions[i];
        EXPECT(partition->replica_cnt == 3, said, "%d replicas", partition->replica_cnt);
        EXPECT(partition->isr_cnt == 3, said, "%d replicas in sync", partition->isr_cnt);
        bool known = false;
        for (int j = 0; j < 3; j++) known |= found->brokers[j].id == partition->leader;
        EXPECT(known, said, "leader %d is not a broker", partition->leader);
        at += snprintf(said + at, SAID_SIZE - at, " %d", partition->leader);
    }
    return true;
}

static bool grow(const char *topic, int count, char *said) {
    rd_kafka_NewPartitions_t *more = rd_kafka_NewPartitions_new(topic, count, said, SAID_SIZE);
    rd_kafka_CreatePartitions(admin_client, &more, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    if (!event) return false;
    size_t answers;
    const rd_kafka_topic_result_t **topics = rd_kafka_CreatePartitions_result_topics(
        rd_kafka_event_CreatePartitions_result(event), &answers);
    if (!topic_answer(topics, answers, said)) return false;
    EVENTUALLY(partitions_of(topic) == count, said, "%s has not grown", topic);
    return true;
}

static bool alter_config(const char *topic, const char *name, const char *value, char *said) {
    rd_kafka_ConfigResource_t *change = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_ConfigResource_set_config(change, name, value);
    rd_kafka_AlterConfigs(admin_client, &change, 1, NULL, admin_queue);
    if (!answer(said)) return false;
    EVENTUALLY(config_is(topic, name, value, said), said, "%s is not %s", name, value);
    return true;
}

static bool delete_records(const char *topic, char *said) {
    for (int n = 0; n < 10; n++)
        rd_kafka_producev(admin_client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                          RD_KAFKA_V_VALUE("value", 5), RD_KAFKA_V_OPAQUE(&(struct record){0}),
                          RD_KAFKA_V_END);
    EXPECT(!rd_kafka_flush(admin_client, WAIT_MS), said, "records are still on their way");
    rd_kafka_topic_partition_list_t *before = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(before, topic, 0)->offset = 5;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(before);
    rd_kafka_DeleteRecords(admin_client, &request, 1, NULL, admin_queue);
    if (!answer(said)) return false;
    int64_t low = -1, high = -1;
    rd_kafka_query_watermark_offsets(admin_client, topic, 0, &low, &high, WAIT_MS);
    EXPECT(low == 5 && high == 10, said, "offsets %" PRId64 " to %" PRId64, low, high);
    return true;
}

bool admin(char *said, const void *argument) {
    (void)argument;
    char name[200];
    snprintf(name, sizeof name, "%.*s-admin", (int)(strlen(topic_name) - strlen("-records")),
             topic_name);
    if (!open_admin(said)) return false;
    if (!create(rd_kafka_NewTopic_new(name, 1, 3, said, SAID_SIZE), said)) return false;
    EVENTUALLY(partitions_of(name) == 1, said, "the topic does not appear");
    if (!grow(name, 4, said)) return false;
    if (!alter_config(name, "max.message.bytes", "2000", said)) return false;
    if (!delete_records(name, said)) return false;

    rd_kafka_DeleteTopic_t *gone = rd_kafka_DeleteTopic_new(name);
    rd_kafka_DeleteTopics(admin_client, &gone, 1, NULL, admin_queue);
    if (!answer(said)) return false;
    EVENTUALLY(partitions_of(name) == 0, said, "the topic is still there");
    SAY(said, "create and delete topic, create partitions, configs, delete records");
    return true;
}
