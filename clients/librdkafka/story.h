/* A topic that is written in transactions, with two readers from its start. A process has one. */
#pragma once

#include "topic.h"

#define STORY_PARTITIONS_MAX 6
#define ROWS_MAX 300

struct row {
    int partition;
    int64_t offset;
    char key[24], value[80];
    int transaction;
    bool is_committed;
};

extern struct row rows[ROWS_MAX]; /* in each partition in order of the offsets */
extern int row_count;

/* Makes the topic, with a first record in each partition. */
bool open_story(const char *name, int partitions, char *said);
void close_story(void);

/* A producer of this transactional id: whoever had it before is fenced. */
rd_kafka_t *open_producer(const char *id, char *said);

/* The number of a new transaction, or 0. */
int begin_transaction(rd_kafka_t *producer, char *said);

/* Writes copies of these, and waits until they are acknowledged. */
bool write_rows(rd_kafka_t *producer, int transaction, const struct row *copied, int count,
                char *said);

/* Writes two new ones to each partition. */
bool write_batch(rd_kafka_t *producer, int transaction, char *said);
bool commit_transaction(rd_kafka_t *producer, int transaction, char *said);
bool abort_transaction(rd_kafka_t *producer, char *said);

/* A whole transaction with one batch. */
bool transact(rd_kafka_t *producer, bool is_committed, char *said);

/* Commits one more record to each partition, and waits until both have read it. What they have read
   must be all that they should, and nothing else. */
bool settle(rd_kafka_t *producer, char *said);

/* The uncommitted reader reads all, and the committed one nothing of this transaction or behind. */
bool stays_hidden(int transaction, char *said);

bool succeeded(rd_kafka_error_t *error, const char *what, char *said);

/* Fills in key and value; false if it is no record. */
bool take_row(const rd_kafka_message_t *message, struct row *row);
