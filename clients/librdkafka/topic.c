#include "topic.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"

struct partition written[PARTITIONS];
char topic_name[200];
static const char *client_id;
static int64_t start_ms;

void open_topic(const char *prefix) {
    client_id = prefix;
    snprintf(topic_name, sizeof topic_name, "%s-records", prefix);
    start_ms = (int64_t)time(NULL) * 1000 - 60000;
}

int64_t written_count(void) {
    int64_t count = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) count += written[partition].count;
    return count;
}

struct record text_record(const char *key, const char *value, int32_t partition) {
    return (struct record){.key = key,
                           .key_size = key ? strlen(key) : 0,
                           .value = value,
                           .value_size = value ? strlen(value) : 0,
                           .partition = partition};
}

/* Fills in the partition to which a record went. */
static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer, (void)opaque;
    struct record *record = message->_private;
    record->partition = message->err ? RD_KAFKA_PARTITION_UA : message->partition;
}

rd_kafka_t *open_client(rd_kafka_type_t type, const struct config *config, char *said) {
    const struct config common[] = {
        {"bootstrap.servers", getenv("BOOTSTRAP_SERVERS")}, {"client.id", client_id}, {NULL, NULL}};
    const struct config *groups[] = {common, config};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (int group = 0; group < 2; group++)
        for (const struct config *each = groups[group]; each && each->name; each++)
            if (rd_kafka_conf_set(conf, each->name, each->value, said, SAID_SIZE)) return NULL;
    if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    return rd_kafka_new(type, conf, said, SAID_SIZE);
}

/* Placed by hand; it never joins its group, which librdkafka insists on naming. */
rd_kafka_t *open_reader(const char *topic, const int64_t from[PARTITIONS], char *said) {
    const struct config config[] = {{"group.id", client_id},
                                    {"enable.auto.commit", "false"},
                                    {"enable.partition.eof", "true"},
                                    {"fetch.wait.max.ms", "10"},
                                    {NULL, NULL}};
    rd_kafka_t *reader = open_client(RD_KAFKA_CONSUMER, config, said);
    if (!reader) return NULL;
    rd_kafka_poll_set_consumer(reader);
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(PARTITIONS);
    for (int partition = 0; partition < PARTITIONS; partition++)
        if (from[partition] != SKIP)
            rd_kafka_topic_partition_list_add(places, topic, partition)->offset = from[partition];
    rd_kafka_assign(reader, places);
    rd_kafka_topic_partition_list_destroy(places);
    return reader;
}

static bool same_bytes(const void *a, size_t a_size, const void *b, size_t b_size) {
    return !a == !b && a_size == b_size && (!a || memcmp(a, b, a_size) == 0);
}

static bool same_headers(const rd_kafka_message_t *message, const struct record *record) {
    rd_kafka_headers_t *headers = NULL;
    rd_kafka_message_headers(message, &headers);
    if ((headers ? rd_kafka_header_cnt(headers) : 0) != record->header_count) return false;
    for (size_t i = 0; i < record->header_count; i++) {
        const struct header *expected = &record->headers[i];
        const char *name;
        const void *value;
        size_t size;
        rd_kafka_header_get_all(headers, i, &name, &value, &size);
        size_t expected_size = expected->value ? strlen(expected->value) : 0;
        if (strcmp(name, expected->name)) return false;
        if (!same_bytes(value, size, expected->value, expected_size)) return false;
    }
    return true;
}

bool same(const rd_kafka_message_t *message, const struct record *record) {
    return same_bytes(message->key, message->key_len, record->key, record->key_size) &&
           same_bytes(message->payload, message->len, record->value, record->value_size) &&
           rd_kafka_message_timestamp(message, NULL) == record->timestamp &&
           same_headers(message, record);
}

/* One event of a reader. Counts down `open` when a partition's end is where it should be. */
static bool take(const rd_kafka_message_t *message, int *open, char *said) {
    EXPECT(message, said, "nothing came");
    const struct partition *partition = &written[message->partition];
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (message->offset >= partition->count) (*open)--;
        return true; /* else acks=0 is still on its way */
    }
    EXPECT(!message->err, said, "%s", rd_kafka_message_errstr(message));
    EXPECT(message->offset < partition->count, said, "a record too many at %" PRId64,
           message->offset);
    EXPECT(same(message, &partition->records[message->offset]), said,
           "partition %" PRId32 " offset %" PRId64 " is not what was written", message->partition,
           message->offset);
    return true;
}

bool read_back(const int64_t from[PARTITIONS], char *said) {
    rd_kafka_t *reader = open_reader(topic_name, from, said);
    if (!reader) return false;
    int open = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) open += from[partition] != SKIP;
    bool ok = true;
    while (ok && open > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(reader, WAIT_MS);
        ok = take(message, &open, said);
        if (message) rd_kafka_message_destroy(message);
    }
    rd_kafka_destroy(reader);
    return ok;
}

static rd_kafka_headers_t *headers_of(const struct record *record) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
    for (size_t i = 0; i < record->header_count; i++)
        rd_kafka_header_add(headers, record->headers[i].name, -1, record->headers[i].value, -1);
    return headers;
}

static bool produce(rd_kafka_t *producer, struct record *records, size_t count, char *said) {
    for (size_t i = 0; i < count; i++) {
        struct record *record = &records[i];
        record->timestamp = start_ms + written_count() + i; /* a time means one record */
        rd_kafka_resp_err_t error = rd_kafka_producev(
            producer, RD_KAFKA_V_TOPIC(topic_name), RD_KAFKA_V_PARTITION(record->partition),
            RD_KAFKA_V_KEY((void *)record->key, record->key_size),
            RD_KAFKA_V_VALUE((void *)record->value, record->value_size),
            RD_KAFKA_V_TIMESTAMP(record->timestamp), RD_KAFKA_V_HEADERS(headers_of(record)),
            RD_KAFKA_V_OPAQUE(record), RD_KAFKA_V_END);
        EXPECT(!error, said, "produce: %s", rd_kafka_err2str(error));
    }
    rd_kafka_resp_err_t error = rd_kafka_flush(producer, WAIT_MS);
    EXPECT(!error, said, "flush: %s", rd_kafka_err2str(error));
    for (size_t i = 0; i < count; i++)
        EXPECT(records[i].partition >= 0, said, "record %zu was not delivered", i);
    return true;
}

bool round_trip(struct record *records, size_t count, const struct config *config, char *said) {
    rd_kafka_t *producer = open_client(RD_KAFKA_PRODUCER, config, said);
    if (!producer) return false;
    bool ok = produce(producer, records, count, said);
    rd_kafka_destroy(producer);
    if (!ok) return false;
    int64_t ends[PARTITIONS];
    for (int partition = 0; partition < PARTITIONS; partition++)
        ends[partition] = written[partition].count;
    for (size_t i = 0; i < count; i++) {
        struct partition *to = &written[records[i].partition];
        to->records = realloc(to->records, (to->count + 1) * sizeof *records);
        to->records[to->count++] = records[i];
    }
    return read_back(ends, said);
}
