#include "group.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admin.h"
#include "report.h"

#define MEMBERS_MAX 4
#define RECORDS_MAX 200

char group_name[200], group_topic[200];

static struct member *living[MEMBERS_MAX];
static int written_each, outbox = -1;
static bool is_read[GROUP_PARTITIONS][RECORDS_MAX];
static char wrong[SAID_SIZE]; /* what was read and never written, or by another than its owner */

/* What a member says of itself, to its own process or to another. */
struct event {
    int share, partition; /* partition -1: that is the share now */
    int64_t offset;
    char key[40], value[80];
};

int records_written(void) { return GROUP_PARTITIONS * written_each; }

static void texts(struct event *event) {
    snprintf(event->key, sizeof event->key, "key %d", event->partition);
    snprintf(event->value, sizeof event->value, "%d of partition %d", (int)event->offset,
             event->partition);
}

/* Twice is well, as nobody promises more than at least once. */
static void take(struct member *member, const struct event *event) {
    if (event->partition < 0) {
        member->share = event->share;
        if (member->past_count < PAST_MAX) member->past[member->past_count++] = event->share;
        return;
    }
    struct event expected = *event;
    texts(&expected);
    if (event->offset >= written_each || strcmp(event->key, expected.key) ||
        strcmp(event->value, expected.value)) {
        SAY(wrong, "%d@%d is \"%s\"", (int)event->offset, event->partition, event->value);
        return;
    }
    if (!(member->share & 1 << event->partition))
        SAY(wrong, "%d@%d is read by %s, which has 0x%x", (int)event->offset, event->partition,
            member->name, member->share);
    is_read[event->partition][event->offset] = true;
}

static void tell(struct member *member, const struct event *event) {
    if (outbox < 0) return take(member, event);
    if (write(outbox, event, sizeof *event) != sizeof *event) exit(1);
}

static int bits(const rd_kafka_topic_partition_list_t *partitions) {
    int set = 0;
    for (int i = 0; i < partitions->cnt; i++) set |= 1 << partitions->elems[i].partition;
    return set;
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t what,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque) {
    struct member *member = opaque;
    bool gains = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    struct event now = {.partition = -1, .share = member->share & ~bits(partitions)};
    if (gains) now.share |= bits(partitions);
    /* Said before it is done: what was revoked is another's only after. */
    member->share = now.share;
    tell(member, &now);
    if (strcmp(rd_kafka_rebalance_protocol(client), "COOPERATIVE"))
        rd_kafka_assign(client, gains ? partitions : NULL);
    else if (gains)
        rd_kafka_error_destroy(rd_kafka_incremental_assign(client, partitions));
    else
        rd_kafka_error_destroy(rd_kafka_incremental_unassign(client, partitions));
}

bool join(struct member *member, char *said) {
    const struct config common[] = {
        {"bootstrap.servers", getenv("BOOTSTRAP_SERVERS")},
        {"client.id", member->name},
        {"group.id", group_name},
        {"auto.offset.reset", "earliest"},
        {"enable.auto.commit", member->commits == MANUAL_COMMIT ? "false" : "true"},
        {"auto.commit.interval.ms", "100"},
        {"enable.auto.offset.store", "false"},
        {"heartbeat.interval.ms", "500"},
        {"fetch.wait.max.ms", "100"},
        {NULL, NULL}};
    const struct config *parts[] = {common, member->config};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (int part = 0; part < 2; part++)
        for (const struct config *each = parts[part]; each && each->name; each++)
            if (rd_kafka_conf_set(conf, each->name, each->value, said, SAID_SIZE)) return false;
    rd_kafka_conf_set_opaque(conf, member);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    member->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, said, SAID_SIZE);
    if (!member->client) return false;
    rd_kafka_poll_set_consumer(member->client);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, group_topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(member->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    EXPECT(!error, said, "subscribe: %s", rd_kafka_err2str(error));
    attend(member);
    return true;
}

void attend(struct member *member) {
    int place = 0;
    while (living[place]) place++;
    living[place] = member;
}

static void forget(struct member *member) {
    for (int i = 0; i < MEMBERS_MAX; i++)
        if (living[i] == member) living[i] = NULL;
    member->share = 0;
}

void regroup(const char *name) {
    snprintf(group_name, sizeof group_name, "%s-group-%s", getenv("TOPIC_PREFIX"), name);
    forget_reads();
}

void forget_reads(void) { memset(is_read, 0, sizeof is_read); }

void leave(struct member *member) {
    forget(member);
    if (!member->client) return;
    rd_kafka_consumer_close(member->client);
    rd_kafka_destroy(member->client);
    member->client = NULL;
}

static void copy(char *to, size_t size, const void *from, size_t length) {
    snprintf(to, size, "%.*s", (int)length, (const char *)from);
}

/* Tells first, and stores then what is to be committed: what is not told is read again. */
static void poll_client(struct member *member) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(member->client, 5);
    if (!message) return;
    if (!message->err) { /* errors of connections come here too, and pass by themselves */
        struct event read = {.partition = message->partition, .offset = message->offset};
        copy(read.key, sizeof read.key, message->key, message->key_len);
        copy(read.value, sizeof read.value, message->payload, message->len);
        tell(member, &read);
        if (member->commits == AUTO_COMMIT)
            rd_kafka_offset_store(message->rkt, message->partition, message->offset);
    }
    rd_kafka_message_destroy(message);
}

/* All that a member in another process has said by now. */
static void poll_inbox(struct member *member) {
    struct pollfd readable = {.fd = member->inbox, .events = POLLIN};
    struct event event;
    while (poll(&readable, 1, 0) > 0) {
        if (read(member->inbox, &event, sizeof event) != sizeof event) return;
        take(member, &event);
    }
}

void hear_out(struct member *member) {
    poll_inbox(member);
    forget(member);
}

static bool poll_all(void) {
    for (int i = 0; i < MEMBERS_MAX; i++) {
        if (!living[i]) continue;
        if (living[i]->client)
            poll_client(living[i]);
        else
            poll_inbox(living[i]);
    }
    return !*wrong;
}

void live_as(struct member *member, int to) {
    char said[SAID_SIZE];
    outbox = to;
    if (!join(member, said)) exit(1);
    for (;;) poll_client(member);
}

static bool are_shared(struct member *const members[], size_t count) {
    int together = 0;
    for (size_t i = 0; i < count; i++) {
        if (!members[i]->share || together & members[i]->share) return false;
        together |= members[i]->share;
    }
    return together == ALL_PARTITIONS;
}

bool await_shares(struct member *const members[], size_t count, char *said) {
    time_t deadline = time(NULL) + WAIT_MS / 1000;
    while (!are_shared(members, count)) {
        EXPECT(poll_all(), said, "%s", wrong);
        if (time(NULL) < deadline) continue;
        int at = SAY(said, "no share for each of %zu in time:", count);
        for (size_t i = 0; i < count; i++)
            at += snprintf(said + at, SAID_SIZE - at, " 0x%x", members[i]->share);
        return false;
    }
    return true;
}

static bool first_unread(int64_t from, struct event *unread) {
    for (unread->partition = 0; unread->partition < GROUP_PARTITIONS; unread->partition++)
        for (unread->offset = from; unread->offset < written_each; unread->offset++)
            if (!is_read[unread->partition][unread->offset]) return true;
    return false;
}

bool await_readers(int64_t from, char *said) {
    time_t deadline = time(NULL) + WAIT_MS / 1000;
    struct event unread;
    while (first_unread(from, &unread)) {
        EXPECT(poll_all(), said, "%s", wrong);
        EXPECT(time(NULL) < deadline, said, "%d@%d was not read in time", (int)unread.offset,
               unread.partition);
    }
    for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
        for (int offset = 0; offset < from; offset++)
            EXPECT(!is_read[partition][offset], said, "%d@%d is read again", offset, partition);
    return true;
}

bool play_round(char *said) { return write_more(5, said) && await_readers(0, said); }

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer, (void)opaque;
    *(rd_kafka_resp_err_t *)message->_private = message->err;
}

static bool produce(rd_kafka_t *producer, int count, char *said) {
    rd_kafka_resp_err_t errors[GROUP_PARTITIONS * RECORDS_MAX];
    for (int i = 0; i < count * GROUP_PARTITIONS; i++) {
        struct event record = {.partition = i % GROUP_PARTITIONS,
                               .offset = written_each + i / GROUP_PARTITIONS};
        texts(&record);
        rd_kafka_resp_err_t error = rd_kafka_producev(
            producer, RD_KAFKA_V_TOPIC(group_topic), RD_KAFKA_V_PARTITION(record.partition),
            RD_KAFKA_V_KEY(record.key, strlen(record.key)),
            RD_KAFKA_V_VALUE(record.value, strlen(record.value)), RD_KAFKA_V_OPAQUE(&errors[i]),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        EXPECT(!error, said, "produce: %s", rd_kafka_err2str(error));
    }
    EXPECT(!rd_kafka_flush(producer, WAIT_MS), said, "records are still on their way");
    for (int i = 0; i < count * GROUP_PARTITIONS; i++)
        EXPECT(!errors[i], said, "record %d: %s", i, rd_kafka_err2str(errors[i]));
    written_each += count;
    return true;
}

bool write_more(int count, char *said) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", getenv("BOOTSTRAP_SERVERS"), said, SAID_SIZE);
    rd_kafka_conf_set(conf, "enable.idempotence", "true", said, SAID_SIZE);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, said, SAID_SIZE);
    bool ok = producer && produce(producer, count, said);
    if (producer) rd_kafka_destroy(producer);
    return ok;
}

void name_group(const char *name) {
    snprintf(group_name, sizeof group_name, "%s-group-%s", getenv("TOPIC_PREFIX"), name);
    strcpy(group_topic, group_name);
}

bool open_group(const char *name, int count, char *said) {
    name_group(name);
    return create_group_topic(group_topic, GROUP_PARTITIONS, said) && write_more(count, said);
}

static bool is_committed(rd_kafka_t *client, int64_t offset) {
    rd_kafka_topic_partition_list_t *found =
        rd_kafka_topic_partition_list_new(GROUP_PARTITIONS);
    for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
        rd_kafka_topic_partition_list_add(found, group_topic, partition);
    bool same = !rd_kafka_committed(client, found, WAIT_MS);
    for (int i = 0; i < GROUP_PARTITIONS; i++)
        same = same && !found->elems[i].err && found->elems[i].offset == offset;
    rd_kafka_topic_partition_list_destroy(found);
    return same;
}

bool await_committed(int64_t offset, char *said) {
    const struct config config[] = {{"group.id", group_name}, {NULL, NULL}};
    rd_kafka_t *other = open_client(RD_KAFKA_CONSUMER, config, said);
    if (!other) return false;
    EVENTUALLY(is_committed(other, offset), said, "%d is not committed", (int)offset);
    rd_kafka_destroy(other);
    return true;
}
