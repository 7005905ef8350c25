/* Every shared check (clients/checks.json) with librdkafka: one line of JSON for each. */
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "group-checks.h"
#include "report.h"
#include "topic.h"

#define COUNT 20
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* A text that lives as long as the program, as what was written does. */
static char *text(const char *format, const char *name, int number) {
    char buffer[200];
    snprintf(buffer, sizeof buffer, format, name, number);
    return strdup(buffer);
}

static bool produced(char *said, const void *config) {
    struct record records[COUNT];
    const char *name = ((const struct config *)config)->value;
    for (int n = 0; n < COUNT; n++)
        records[n] = text_record(NULL, text("%s %d ........................", name, n), n % 3);
    if (!round_trip(records, COUNT, config, said)) return false;
    SAY(said, "%d records", COUNT);
    return true;
}

static bool keyed(char *said, const void *argument) {
    (void)argument;
    const struct config like_java[] = {{"partitioner", "murmur2_random"}, {NULL, NULL}};
    const int32_t chosen[] = {1, 2, 2, 0, 1}; /* where Java would put these keys too */
    struct record records[COUNT];
    for (int n = 0; n < COUNT; n++)
        records[n] = text_record(text("%s %d", "key", n % 5), text("%s %d", "value", n),
                                 RD_KAFKA_PARTITION_UA);
    if (!round_trip(records, COUNT, like_java, said)) return false;
    for (int n = 0; n < COUNT; n++)
        EXPECT(records[n].partition == chosen[n % 5], said, "%s went to partition %d",
               records[n].key, records[n].partition);
    SAY(said, "%d records, 5 keys", COUNT);
    return true;
}

static bool unkeyed(char *said, const void *argument) {
    (void)argument;
    struct record records[COUNT];
    for (int n = 0; n < COUNT; n++)
        records[n] = text_record(NULL, text("%s %d", "no key", n), RD_KAFKA_PARTITION_UA);
    if (!round_trip(records, COUNT, NULL, said)) return false;
    SAY(said, "%d records", COUNT);
    return true;
}

static bool null_value(char *said, const void *argument) {
    (void)argument;
    struct record records[] = {text_record("gone", NULL, 0), text_record("empty", "", 0),
                               text_record(NULL, NULL, 0), text_record(NULL, "", 0)};
    if (!round_trip(records, LENGTH(records), NULL, said)) return false;
    SAY(said, "null and empty, with a key and without");
    return true;
}

static bool headers(char *said, const void *argument) {
    (void)argument;
    static const struct header pairs[] = {
        {"trace", "1"}, {"trace", "2"}, {"empty", ""}, {"null", NULL}};
    struct record record = text_record("key", "with headers", RD_KAFKA_PARTITION_UA);
    record.headers = pairs;
    record.header_count = LENGTH(pairs);
    if (!round_trip(&record, 1, NULL, said)) return false;
    SAY(said, "a name twice, an empty and a null value");
    return true;
}

static bool sizes(char *said, const void *argument) {
    (void)argument;
    const struct config larger[] = {{"message.max.bytes", "1048588"}, {NULL, NULL}};
    const size_t lengths[] = {1, 100, 10000, 1048000};
    struct record records[LENGTH(lengths)];
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        char *value = calloc(1, lengths[i] + 1);
        records[i] = text_record(NULL, memset(value, 'x', lengths[i]), 0);
    }
    if (!round_trip(records, LENGTH(records), larger, said)) return false;
    SAY(said, "1, 100, 10000, 1048000 bytes");
    return true;
}

static bool read_from(char *said, const void *offset) {
    const int64_t from[PARTITIONS] = {*(const int64_t *)offset, SKIP, SKIP};
    if (!read_back(from, said)) return false;
    SAY(said, "%" PRId64 " records from offset %" PRId64, written[0].count - from[0], from[0]);
    return true;
}

/* Waits at the end while the records are written. */
static bool read_late(rd_kafka_t *reader, char *said) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(reader, WAIT_MS);
    EXPECT(message && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF, said, "no end");
    EXPECT(message->offset == written[0].count, said, "the end is at %" PRId64, message->offset);
    struct record late[] = {text_record(NULL, "late 0", 0), text_record(NULL, "late 1", 0),
                            text_record(NULL, "late 2", 0)};
    if (!round_trip(late, LENGTH(late), NULL, said)) return false;
    for (size_t found = 0; found < LENGTH(late);) {
        rd_kafka_message_destroy(message);
        message = rd_kafka_consumer_poll(reader, WAIT_MS);
        EXPECT(message, said, "nothing came");
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) continue;
        EXPECT(same(message, &late[found]), said, "record %zu is another", found);
        found++;
    }
    rd_kafka_message_destroy(message);
    SAY(said, "3 records");
    return true;
}

static bool read_from_latest(char *said, const void *argument) {
    (void)argument;
    const int64_t end[PARTITIONS] = {RD_KAFKA_OFFSET_END, SKIP, SKIP};
    rd_kafka_t *reader = open_reader(topic_name, end, said);
    bool ok = reader && read_late(reader, said);
    if (reader) rd_kafka_destroy(reader);
    return ok;
}

static bool read_from_timestamp(char *said, const void *argument) {
    (void)argument;
    const int64_t middle = written[0].count / 2;
    rd_kafka_t *client = open_client(RD_KAFKA_PRODUCER, NULL, said);
    if (!client) return false;
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(places, topic_name, 0)->offset =
        written[0].records[middle].timestamp;
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(client, places, WAIT_MS);
    int64_t found = places->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(places);
    rd_kafka_destroy(client);
    EXPECT(!error, said, "%s", rd_kafka_err2str(error));
    EXPECT(found == middle, said, "offset %" PRId64 " instead of %" PRId64, found, middle);
    return read_from(said, &middle);
}

static bool compare_all(char *said, const void *argument) {
    (void)argument;
    const int64_t start[PARTITIONS] = {0, 0, 0};
    if (!read_back(start, said)) return false;
    SAY(said, "%" PRId64 " records: key, value, headers, timestamp", written_count());
    return true;
}

static void check_produced(const char *name, const char *property, const char *value) {
    const struct config config[] = {{property, value}, {NULL, NULL}};
    check(name, produced, config);
}

int main(void) {
    const int64_t start = 0, seven = 7;
    open_topic(getenv("TOPIC_PREFIX"));
    begin_groups();

    check("create-topic", create_topic, NULL);
    check_produced("produce-uncompressed", "compression.type", "none");
    check_produced("produce-gzip", "compression.type", "gzip");
    check_produced("produce-snappy", "compression.type", "snappy");
    check_produced("produce-lz4", "compression.type", "lz4");
    check_produced("produce-zstd", "compression.type", "zstd");
    check_produced("acks-0", "acks", "0");
    check_produced("acks-1", "acks", "1");
    check_produced("acks-all", "acks", "all");
    check("keyed", keyed, NULL);
    check("unkeyed", unkeyed, NULL);
    check("null-value", null_value, NULL);
    check("headers", headers, NULL);
    check("sizes", sizes, NULL);
    check_produced("idempotent", "enable.idempotence", "true");
    check("read-from-earliest", read_from, &start);
    check("read-from-latest", read_from_latest, NULL);
    check("read-from-offset", read_from, &seven);
    check("read-from-timestamp", read_from_timestamp, NULL);
    check("compare-all", compare_all, NULL);
    check("metadata", metadata, NULL);
    check("admin", admin, NULL);
    return failures() + end_groups() > 0;
}
