/* librdkafka while brokers crash (../failover): an idempotent producer, and a consumer with its
   partitions assigned. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTITIONS_MAX 100
#define TICK_MS 5

static const char *topic;
static int partitions;
/* The ends of what was acknowledged and of what was read. */
static int64_t acked[PARTITIONS_MAX], seen[PARTITIONS_MAX];

static void expect(bool condition, const char *otherwise) {
    if (condition) return;
    fprintf(stderr, "%s\n", otherwise);
    exit(1);
}

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer, (void)opaque;
    int64_t number = (int64_t)(intptr_t)message->_private;
    if (message->err) {
        printf("[\"gave-up\",%" PRId32 ",%" PRId64 ",\"%s\"]\n", message->partition, number,
               rd_kafka_err2name(message->err));
        return;
    }
    printf("[\"acked\",%" PRId32 ",%" PRId64 ",%" PRId64 "]\n", message->partition, number,
           message->offset);
    acked[message->partition] = message->offset + 1;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, const char *const settings[][2]) {
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (; (*settings)[0]; settings++)
        expect(!rd_kafka_conf_set(conf, (*settings)[0], (*settings)[1], error, sizeof error), error);
    if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof error);
    expect(client, error);
    return client;
}

static rd_kafka_t *open_producer(const char *brokers) {
    const char *const settings[][2] = {{"bootstrap.servers", brokers},
                                       {"enable.idempotence", "true"},
                                       {"linger.ms", "0"},
                                       {"retry.backoff.ms", "50"},
                                       {"reconnect.backoff.max.ms", "200"},
                                       {NULL, NULL}};
    return open_client(RD_KAFKA_PRODUCER, settings);
}

/* Every partition, from where it has been read to. */
static void assign(rd_kafka_t *consumer) {
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(partitions);
    for (int32_t partition = 0; partition < partitions; partition++)
        rd_kafka_topic_partition_list_add(places, topic, partition)->offset = seen[partition];
    rd_kafka_assign(consumer, places);
    rd_kafka_topic_partition_list_destroy(places);
}

/* It never joins its group, which librdkafka insists on naming. */
static rd_kafka_t *open_consumer(const char *brokers) {
    const char *const settings[][2] = {{"bootstrap.servers", brokers},
                                       {"group.id", topic},
                                       {"enable.auto.commit", "false"},
                                       {"auto.offset.reset", "error"},
                                       {"fetch.wait.max.ms", "100"},
                                       {"reconnect.backoff.max.ms", "200"},
                                       {NULL, NULL}};
    rd_kafka_t *consumer = open_client(RD_KAFKA_CONSUMER, settings);
    rd_kafka_poll_set_consumer(consumer);
    assign(consumer);
    return consumer;
}

static void send_number(rd_kafka_t *producer, int32_t partition, int64_t number) {
    char value[24];
    int size = snprintf(value, sizeof value, "%" PRId64, number);
    rd_kafka_resp_err_t error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_VALUE(value, size), RD_KAFKA_V_OPAQUE((void *)(intptr_t)number),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    expect(!error, rd_kafka_err2str(error));
}

/* What there is to be read now. Errors of connections come here too, and pass by themselves. One does
   not: without leader epochs in its Fetch, which came with 2.1, it may ask a broker that lost its tail
   and leads no more, and believes that the offset is gone. */
static void read_on(rd_kafka_t *consumer) {
    rd_kafka_message_t *message;
    while ((message = rd_kafka_consumer_poll(consumer, 0))) {
        if (message->err) {
            fprintf(stderr, "%s\n", rd_kafka_message_errstr(message));
            if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
                assign(consumer);
        } else {
            printf("[\"read\",%" PRId32 ",%" PRId64 ",%.*s]\n", message->partition, message->offset,
                   (int)message->len, (const char *)message->payload);
            seen[message->partition] = message->offset + 1;
        }
        rd_kafka_message_destroy(message);
    }
}

static bool is_behind(void) {
    for (int partition = 0; partition < partitions; partition++)
        if (seen[partition] < acked[partition]) return true;
    return false;
}

/* Whether standard input has ended; waits a moment for it. */
static bool is_over(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char ignored[100];
    return poll(&input, 1, TICK_MS) > 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

int main(void) {
    const char *brokers = getenv("BOOTSTRAP_SERVERS");
    topic = getenv("TOPIC");
    partitions = atoi(getenv("PARTITIONS"));
    expect(partitions <= PARTITIONS_MAX, "too many partitions");
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    rd_kafka_t *producer = open_producer(brokers), *consumer = open_consumer(brokers);

    for (int64_t number = 0; !is_over(); number++) {
        for (int32_t partition = 0; partition < partitions; partition++)
            send_number(producer, partition, number);
        rd_kafka_poll(producer, 0);
        read_on(consumer);
    }
    while (rd_kafka_outq_len(producer) > 0 || is_behind()) {
        rd_kafka_poll(producer, TICK_MS);
        read_on(consumer);
    }
    rd_kafka_destroy(producer);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return 0;
}
