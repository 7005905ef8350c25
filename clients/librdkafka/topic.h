/* A topic of three partitions, and what we know to stand in it. */
#pragma once

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#define PARTITIONS 3
#define SKIP INT64_MIN /* in the place of an offset: not that partition */

struct header {
    const char *name;
    const char *value; /* NULL is null */
};

struct record {
    const char *key, *value; /* NULL is null */
    size_t key_size, value_size;
    const struct header *headers;
    size_t header_count;
    int32_t partition; /* RD_KAFKA_PARTITION_UA: the partitioner chooses */
    int64_t timestamp;
};

struct partition {
    struct record *records; /* by offset */
    int64_t count;
};

struct config {
    const char *name, *value;
};

extern struct partition written[PARTITIONS];
extern char topic_name[];

void open_topic(const char *prefix);
int64_t written_count(void);
struct record text_record(const char *key, const char *value, int32_t partition);

/* A client of its own for each use; NULL, and why in `said`, if there can be none. */
rd_kafka_t *open_client(rd_kafka_type_t type, const struct config *config, char *said);
rd_kafka_t *open_reader(const char *topic, const int64_t from[PARTITIONS], char *said);
bool same(const rd_kafka_message_t *message, const struct record *record);

/* Reads from the given offsets to the ends; everything must be as it was written. */
bool read_back(const int64_t from[PARTITIONS], char *said);

/* Writes, remembers what was written, and reads just that back. */
bool round_trip(struct record *records, size_t count, const struct config *config, char *said);
