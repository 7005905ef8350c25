/* One group on a topic of its own: its members, and whether they read what was written. A process
   has one. */
#pragma once

#include "topic.h"

#define GROUP_PARTITIONS 6
#define ALL_PARTITIONS ((1 << GROUP_PARTITIONS) - 1)
#define PAST_MAX 100

enum commits { AUTO_COMMIT, MARKED, MANUAL_COMMIT };

/* Partitions are bits of a number. */
struct member {
    const char *name;
    enum commits commits;
    const struct config *config; /* besides what all have */
    rd_kafka_t *client;
    int share;
    int past[PAST_MAX]; /* every share that it has had */
    int past_count;
    int inbox; /* of a member in another process: what it says of itself */
};

extern char group_name[200], group_topic[200];

/* Group and topic have one name, which follows the prefix of all; or another group is on the same
   topic. */
void name_group(const char *name);
void regroup(const char *name);

/* Makes the topic, with its first records. */
bool open_group(const char *name, int records, char *said);

/* Writes so many more to each partition. */
bool write_more(int records, char *said);

bool join(struct member *member, char *said);

/* Closes its client. */
void leave(struct member *member);

/* Listens to a member in another process. */
void attend(struct member *member);

/* Takes what a dead one has said to the end. */
void hear_out(struct member *member);

/* From here on it counts what is read. */
void forget_reads(void);

/* Polls all members until each of these has a share, none has another's, and all is somebody's. */
bool await_shares(struct member *const members[], size_t count, char *said);

/* Polls all members until everything that was written has been read, from an offset on. */
bool await_readers(int64_t from, char *said);

/* Writes a round, and awaits that it is read. */
bool play_round(char *said);

/* Waits until that is what the group has committed in every partition, says another client. */
bool await_committed(int64_t offset, char *said);

int records_written(void);

/* The whole life of a process that is but a member: it tells `to` of itself until it is killed. */
void live_as(struct member *member, int to);
