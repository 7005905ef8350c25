#include "transaction-checks.h"

#include <string.h>
#include <time.h>

#include "group.h"
#include "report.h"
#include "story.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

typedef bool play_fn(rd_kafka_t *const producers[2], char *said);

/* Two producers, or one if there is no other id; they are destroyed when it is over. */
static bool with_producers(const char *const ids[2], play_fn *play, char *said) {
    rd_kafka_t *producers[2] = {open_producer(ids[0], said), NULL};
    if (producers[0] && ids[1]) producers[1] = open_producer(ids[1], said);
    bool ok = producers[0] && (producers[1] || !ids[1]) && play(producers, said);
    for (int i = 0; i < 2; i++)
        if (producers[i]) rd_kafka_destroy(producers[i]);
    return ok;
}

/* Between three transactions of one producer there is room for one marker, in each partition. */
static bool play_commits(rd_kafka_t *const producers[2], char *said) {
    const int distances[] = {0, 1, 3, 4, 6, 7, 9};
    int64_t first[STORY_PARTITIONS_MAX];
    int met[STORY_PARTITIONS_MAX] = {0}, start = row_count;
    for (int i = 0; i < 3; i++)
        if (!transact(producers[0], true, said)) return false;
    if (!settle(producers[0], said)) return false;
    for (int i = start; i < row_count; i++) {
        int partition = rows[i].partition;
        if (!met[partition]) first[partition] = rows[i].offset;
        int64_t distance = rows[i].offset - first[partition];
        EXPECT(distance == distances[met[partition]++], said, "row %d is %d behind the first", i,
               (int)distance);
    }
    return true;
}

static bool commits(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"commits", NULL};
    return open_story("transactions", 3, said) && with_producers(ids, play_commits, said);
}

/* One after the other; and then two in the same partitions, of which one is aborted. */
static bool play_aborts(rd_kafka_t *const producers[2], char *said) {
    rd_kafka_t *first = producers[0], *second = producers[1];
    for (int i = 0; i < 4; i++)
        if (!transact(first, i % 2 == 0, said)) return false;
    int a = begin_transaction(first, said);
    if (!a || !write_batch(first, a, said)) return false;
    int b = begin_transaction(second, said);
    if (!b || !write_batch(second, b, said)) return false;
    return write_batch(first, a, said) && abort_transaction(first, said) &&
           write_batch(second, b, said) && commit_transaction(second, b, said) &&
           settle(second, said);
}

static bool aborts(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"aborts-first", "aborts-second"};
    return with_producers(ids, play_aborts, said);
}

static bool play_isolation(rd_kafka_t *const producers[2], char *said) {
    int open = begin_transaction(producers[0], said);
    return open && write_batch(producers[0], open, said) && transact(producers[1], true, said) &&
           stays_hidden(open, said) && commit_transaction(producers[0], open, said) &&
           settle(producers[1], said);
}

static bool isolation(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"stays-open", "goes-by"};
    return with_producers(ids, play_isolation, said);
}

static bool is_fenced(rd_kafka_t *producer, char *said) {
    rd_kafka_error_t *error = rd_kafka_commit_transaction(producer, WAIT_MS);
    EXPECT(error, said, "a fenced producer may commit");
    SAY(said, "%s: %s", rd_kafka_error_name(error), rd_kafka_error_string(error));
    bool is_so = rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__FENCED &&
                 rd_kafka_error_is_fatal(error);
    rd_kafka_error_destroy(error);
    if (!is_so) return false;
    char again[SAID_SIZE];
    EXPECT(!begin_transaction(producer, again), said, "a fenced producer may begin again");
    return true;
}

static bool play_fencing(rd_kafka_t *const producers[2], char *said) {
    int open = begin_transaction(producers[0], said);
    if (!open || !write_batch(producers[0], open, said)) return false;
    rd_kafka_t *second = open_producer("fenced", said);
    char settled[SAID_SIZE];
    bool ok = second && transact(second, true, said) && is_fenced(producers[0], said);
    if (ok && !settle(second, settled)) ok = (SAY(said, "%s", settled), false);
    if (second) rd_kafka_destroy(second);
    return ok;
}

/* A second producer of the id aborts what the first has begun. */
static bool fencing(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"fenced", NULL};
    return with_producers(ids, play_fencing, said);
}

static bool send_offsets(rd_kafka_t *producer, rd_kafka_t *consumer,
                         const rd_kafka_topic_partition_list_t *offsets, char *said) {
    rd_kafka_consumer_group_metadata_t *metadata = rd_kafka_consumer_group_metadata(consumer);
    rd_kafka_error_t *error =
        rd_kafka_send_offsets_to_transaction(producer, offsets, metadata, WAIT_MS);
    rd_kafka_consumer_group_metadata_destroy(metadata);
    return succeeded(error, "send offsets", said);
}

static bool send_everywhere(rd_kafka_t *producer, rd_kafka_t *consumer, int64_t offset,
                            char *said) {
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(GROUP_PARTITIONS);
    for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
        rd_kafka_topic_partition_list_add(offsets, group_topic, partition)->offset = offset;
    bool ok = send_offsets(producer, consumer, offsets, said);
    rd_kafka_topic_partition_list_destroy(offsets);
    return ok;
}

/* By a consumer that is a member of nothing. */
static bool play_offsets(rd_kafka_t *const producers[2], char *said) {
    rd_kafka_t *producer = producers[0];
    const struct config config[] = {{"group.id", group_name}, {NULL, NULL}};
    rd_kafka_t *consumer = open_client(RD_KAFKA_CONSUMER, config, said);
    if (!consumer) return false;
    int open = begin_transaction(producer, said);
    bool ok = open && write_batch(producer, open, said) &&
              send_everywhere(producer, consumer, 3, said) && abort_transaction(producer, said);
    /* The coordinator lets the next one begin when all markers are written. */
    ok = ok && settle(producer, said) && await_committed(RD_KAFKA_OFFSET_INVALID, said);
    ok = ok && (open = begin_transaction(producer, said)) && write_batch(producer, open, said) &&
         send_everywhere(producer, consumer, 3, said) &&
         commit_transaction(producer, open, said) && await_committed(3, said) &&
         settle(producer, said);
    rd_kafka_destroy(consumer);
    if (ok) SAY(said, "none of the aborted, 3 of the committed");
    return ok;
}

static bool offsets(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"offsets", NULL};
    return open_group("transaction-offsets", 5, said) && with_producers(ids, play_offsets, said);
}

void check_transactions(void) {
    check("transaction-commit", commits, NULL);
    check("transaction-abort", aborts, NULL);
    check("transaction-isolation", isolation, NULL);
    check("transaction-fencing", fencing, NULL);
    check("transaction-offsets", offsets, NULL);
    close_story();
}

#define BITE 10

/* Consumes and produces in the same transactions. */
struct processor {
    rd_kafka_t *consumer, *producer;
    struct row taken[BITE];
    int count;
};

static bool start(struct processor *processor, char *said) {
    const struct config config[] = {{"group.id", group_name},
                                    {"auto.offset.reset", "earliest"},
                                    {"enable.auto.commit", "false"},
                                    {"isolation.level", "read_committed"},
                                    {"fetch.wait.max.ms", "100"},
                                    {NULL, NULL}};
    processor->count = 0;
    processor->producer = open_producer("pipe", said);
    processor->consumer = open_client(RD_KAFKA_CONSUMER, config, said);
    if (!processor->producer || !processor->consumer) return false;
    rd_kafka_poll_set_consumer(processor->consumer);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, group_topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(processor->consumer, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    EXPECT(!error, said, "subscribe: %s", rd_kafka_err2str(error));
    return true;
}

static void leave_group(struct processor *processor) {
    rd_kafka_consumer_close(processor->consumer);
    rd_kafka_destroy(processor->consumer);
}

/* Waits for rows. What was taken and not committed comes again. */
static bool take(struct processor *processor, char *said) {
    time_t deadline = time(NULL) + WAIT_MS / 1000;
    bool is_more = true;
    while (!processor->count || (is_more && processor->count < BITE)) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(processor->consumer, 5);
        is_more = message;
        if (message && take_row(message, &processor->taken[processor->count])) processor->count++;
        if (message) rd_kafka_message_destroy(message);
        EXPECT(time(NULL) < deadline, said, "no row comes in time");
    }
    return true;
}

/* Its number, or 0. */
static int step(struct processor *processor, char *said) {
    int open = take(processor, said) ? begin_transaction(processor->producer, said) : 0;
    if (!open) return 0;
    struct row transformed[BITE];
    rd_kafka_topic_partition_list_t *ends = rd_kafka_topic_partition_list_new(GROUP_PARTITIONS);
    for (int i = 0; i < processor->count; i++) {
        const struct row *row = &processor->taken[i];
        transformed[i] = *row;
        strcat(transformed[i].value, " transformed");
        rd_kafka_topic_partition_t *end =
            rd_kafka_topic_partition_list_find(ends, group_topic, row->partition);
        if (!end) end = rd_kafka_topic_partition_list_add(ends, group_topic, row->partition);
        end->offset = row->offset + 1;
    }
    bool ok = write_rows(processor->producer, open, transformed, processor->count, said) &&
              send_offsets(processor->producer, processor->consumer, ends, said);
    rd_kafka_topic_partition_list_destroy(ends);
    return ok ? open : 0;
}

/* Until so many are committed. The first transaction is aborted, and done again. */
static bool run(struct processor *processor, int *left, int until, char *said) {
    if (!step(processor, said) || !abort_transaction(processor->producer, said)) return false;
    while (*left > until) {
        int open = step(processor, said);
        if (!open || !commit_transaction(processor->producer, open, said)) return false;
        *left -= processor->count;
        processor->count = 0;
    }
    return true;
}

/* What is committed of each partition: the first row, and then the input, transformed, in order. */
static bool verify(char *said) {
    int next[GROUP_PARTITIONS] = {0};
    for (int i = GROUP_PARTITIONS; i < row_count; i++) {
        char expected[80];
        if (!rows[i].is_committed) continue;
        snprintf(expected, sizeof expected, "%d of partition %d transformed",
                 next[rows[i].partition]++, rows[i].partition);
        EXPECT(!strcmp(rows[i].value, expected), said, "\"%s\" is committed, not \"%s\"",
               rows[i].value, expected);
    }
    for (int i = 0; i < GROUP_PARTITIONS; i++)
        EXPECT(next[i] == 10, said, "%d of partition %d", next[i], i);
    return true;
}

static bool play_end(rd_kafka_t *const producers[2], char *said) {
    return settle(producers[0], said);
}

/* Two processors, of which the second finds a transaction that the first has left open. */
static bool pipeline(char *said, const void *argument) {
    (void)argument;
    const char *const ids[] = {"pipe-end", NULL};
    static struct processor first, second;
    if (!open_group("transaction-input", 10, said)) return false;
    if (!open_story("transaction-output", GROUP_PARTITIONS, said)) return false;
    int left = records_written();
    if (!start(&first, said) || !run(&first, &left, left - 2 * BITE, said)) return false;
    if (!step(&first, said)) return false;
    leave_group(&first);
    if (!start(&second, said) || !run(&second, &left, 0, said)) return false;
    leave_group(&second);
    rd_kafka_destroy(first.producer);
    rd_kafka_destroy(second.producer);
    bool ok = await_committed(10, said) && verify(said) && with_producers(ids, play_end, said);
    close_story();
    return ok;
}

void check_pipeline(void) { check("transaction-consume-transform-produce", pipeline, NULL); }
