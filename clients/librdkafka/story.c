#include "story.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin.h"
#include "report.h"

struct row rows[ROWS_MAX];
int row_count;

static struct reader {
    rd_kafka_t *client;
    struct row got[STORY_PARTITIONS_MAX][ROWS_MAX];
    int count[STORY_PARTITIONS_MAX];
} uncommitted, committed;

static char topic[200];
static int partition_count, transaction_count;

bool succeeded(rd_kafka_error_t *error, const char *what, char *said) {
    if (!error) return true;
    SAY(said, "%s: %s", what, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return false;
}

static void copy(char *to, size_t size, const void *from, size_t length) {
    snprintf(to, size, "%.*s", (int)length, (const char *)from);
}

bool take_row(const rd_kafka_message_t *message, struct row *row) {
    if (message->err) return false; /* those of connections come too, and pass by themselves */
    *row = (struct row){.partition = message->partition, .offset = message->offset};
    copy(row->key, sizeof row->key, message->key, message->key_len);
    copy(row->value, sizeof row->value, message->payload, message->len);
    return true;
}

static bool follow(struct reader *reader, const char *isolation, char *said) {
    const struct config config[] = {{"group.id", topic}, /* which it never joins */
                                    {"enable.auto.commit", "false"},
                                    {"isolation.level", isolation},
                                    {"fetch.wait.max.ms", "100"},
                                    {NULL, NULL}};
    reader->client = open_client(RD_KAFKA_CONSUMER, config, said);
    if (!reader->client) return false;
    rd_kafka_poll_set_consumer(reader->client);
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(partition_count);
    for (int partition = 0; partition < partition_count; partition++)
        rd_kafka_topic_partition_list_add(places, topic, partition)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(reader->client, places);
    rd_kafka_topic_partition_list_destroy(places);
    return true;
}

/* All that has come by now, or what comes in a moment. */
static void poll_reader(struct reader *reader) {
    rd_kafka_message_t *message;
    for (int moment = 5; (message = rd_kafka_consumer_poll(reader->client, moment)); moment = 0) {
        int *count = &reader->count[message->partition];
        if (*count < ROWS_MAX && take_row(message, &reader->got[message->partition][*count]))
            (*count)++;
        rd_kafka_message_destroy(message);
    }
}

/* Fills in the offset at which a row is. */
static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer, (void)opaque;
    struct row *row = message->_private;
    row->offset = message->err ? RD_KAFKA_OFFSET_INVALID : message->offset;
}

static rd_kafka_t *open_writer(const char *name, const char *value, char *said) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", getenv("BOOTSTRAP_SERVERS"), said, SAID_SIZE);
    rd_kafka_conf_set(conf, name, value, said, SAID_SIZE);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, said, SAID_SIZE);
}

rd_kafka_t *open_producer(const char *id, char *said) {
    char name[200];
    snprintf(name, sizeof name, "%s-%s", getenv("TOPIC_PREFIX"), id);
    rd_kafka_t *producer = open_writer("transactional.id", name, said);
    if (!producer) return NULL;
    if (succeeded(rd_kafka_init_transactions(producer, WAIT_MS), "init", said)) return producer;
    rd_kafka_destroy(producer);
    return NULL;
}

int begin_transaction(rd_kafka_t *producer, char *said) {
    if (!succeeded(rd_kafka_begin_transaction(producer), "begin", said)) return 0;
    return ++transaction_count;
}

bool write_rows(rd_kafka_t *producer, int transaction, const struct row *copied, int count,
                char *said) {
    EXPECT(row_count + count <= ROWS_MAX, said, "more than %d rows", ROWS_MAX);
    struct row *first = &rows[row_count];
    for (int i = 0; i < count; i++) {
        struct row *row = &rows[row_count++];
        *row = copied[i];
        row->offset = RD_KAFKA_OFFSET_INVALID;
        row->transaction = transaction;
        row->is_committed = !transaction;
        rd_kafka_resp_err_t error = rd_kafka_producev(
            producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(row->partition),
            RD_KAFKA_V_KEY(row->key, strlen(row->key)),
            RD_KAFKA_V_VALUE(row->value, strlen(row->value)), RD_KAFKA_V_OPAQUE(row),
            RD_KAFKA_V_END);
        EXPECT(!error, said, "produce: %s", rd_kafka_err2str(error));
    }
    EXPECT(!rd_kafka_flush(producer, WAIT_MS), said, "rows are still on their way");
    for (int i = 0; i < count; i++)
        EXPECT(first[i].offset >= 0, said, "\"%s\" was not delivered", first[i].value);
    return true;
}

static bool write_new(rd_kafka_t *producer, int transaction, int each, char *said) {
    struct row batch[2 * STORY_PARTITIONS_MAX];
    int count = each * partition_count;
    for (int i = 0; i < count; i++) {
        batch[i] = (struct row){.partition = i % partition_count};
        snprintf(batch[i].key, sizeof batch[i].key, "key %d", i);
        snprintf(batch[i].value, sizeof batch[i].value, "row %d of all", row_count + i);
    }
    return write_rows(producer, transaction, batch, count, said);
}

bool write_batch(rd_kafka_t *producer, int transaction, char *said) {
    return write_new(producer, transaction, 2, said);
}

bool commit_transaction(rd_kafka_t *producer, int transaction, char *said) {
    for (int i = 0; i < row_count; i++)
        if (rows[i].transaction == transaction) rows[i].is_committed = true;
    return succeeded(rd_kafka_commit_transaction(producer, WAIT_MS), "commit", said);
}

bool abort_transaction(rd_kafka_t *producer, char *said) {
    return succeeded(rd_kafka_abort_transaction(producer, WAIT_MS), "abort", said);
}

bool transact(rd_kafka_t *producer, bool is_committed, char *said) {
    int transaction = begin_transaction(producer, said);
    if (!transaction || !write_batch(producer, transaction, said)) return false;
    if (is_committed) return commit_transaction(producer, transaction, said);
    return abort_transaction(producer, said);
}

bool open_story(const char *name, int partitions, char *said) {
    snprintf(topic, sizeof topic, "%s-%s", getenv("TOPIC_PREFIX"), name);
    partition_count = partitions;
    if (!create_group_topic(topic, partitions, said)) return false;
    rd_kafka_t *plain = open_writer("enable.idempotence", "true", said);
    bool ok = plain && write_new(plain, 0, 1, said);
    if (plain) rd_kafka_destroy(plain);
    return ok && follow(&uncommitted, "read_uncommitted", said) &&
           follow(&committed, "read_committed", said);
}

void close_story(void) {
    if (uncommitted.client) rd_kafka_destroy(uncommitted.client);
    if (committed.client) rd_kafka_destroy(committed.client);
}

/* Whether the last row of each partition was read. */
static bool has_all(const struct reader *reader) {
    for (int i = 0; i < row_count; i++) {
        int partition = rows[i].partition, count = reader->count[partition];
        if (!count || reader->got[partition][count - 1].offset < rows[i].offset) return false;
    }
    return true;
}

static int total(const struct reader *reader) {
    int all = 0;
    for (int partition = 0; partition < partition_count; partition++)
        all += reader->count[partition];
    return all;
}

static bool await_readers_of(bool also_committed, char *said) {
    time_t deadline = time(NULL) + WAIT_MS / 1000;
    while (!has_all(&uncommitted) || (also_committed && !has_all(&committed))) {
        EXPECT(time(NULL) < deadline, said, "of %d rows %d are read uncommitted, %d committed",
               row_count, total(&uncommitted), total(&committed));
        poll_reader(&uncommitted);
        poll_reader(&committed);
    }
    return true;
}

static bool compare(const struct reader *reader, const char *isolation, char *said) {
    int next[STORY_PARTITIONS_MAX] = {0}, expected = 0;
    for (int i = 0; i < row_count; i++) {
        const struct row *row = &rows[i];
        if (reader == &committed && !row->is_committed) continue;
        expected++;
        EXPECT(next[row->partition] < reader->count[row->partition], said,
               "%s: %d@%d is not read", isolation, (int)row->offset, row->partition);
        const struct row *got = &reader->got[row->partition][next[row->partition]++];
        EXPECT(got->offset == row->offset && !strcmp(got->key, row->key) &&
                   !strcmp(got->value, row->value),
               said, "%s: %d@%d \"%s\" is read, not %d@%d \"%s\"", isolation, (int)got->offset,
               got->partition, got->value, (int)row->offset, row->partition, row->value);
    }
    EXPECT(expected == total(reader), said, "%s: %d rows, not %d", isolation, total(reader),
           expected);
    return true;
}

bool settle(rd_kafka_t *producer, char *said) {
    int last = begin_transaction(producer, said);
    if (!last || !write_new(producer, last, 1, said)) return false;
    if (!commit_transaction(producer, last, said) || !await_readers_of(true, said)) return false;
    if (!compare(&uncommitted, "read uncommitted", said)) return false;
    if (!compare(&committed, "read committed", said)) return false;
    SAY(said, "%d records, %d read uncommitted, %d read committed", row_count, total(&uncommitted),
        total(&committed));
    return true;
}

bool stays_hidden(int transaction, char *said) {
    if (!await_readers_of(false, said)) return false;
    for (int i = 0; i < row_count; i++) {
        if (rows[i].transaction != transaction) continue;
        int partition = rows[i].partition, count = committed.count[partition];
        EXPECT(!count || committed.got[partition][count - 1].offset < rows[i].offset, said,
               "%d@%d is read while the transaction is open",
               (int)committed.got[partition][count - 1].offset, partition);
    }
    return true;
}
