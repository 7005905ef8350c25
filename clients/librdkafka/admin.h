/* What librdkafka's Admin API has. */
#pragma once

#include <librdkafka/rdkafka.h>

#include "report.h"

check_fn create_topic, metadata, admin;

extern rd_kafka_t *admin_client;
extern rd_kafka_queue_t *admin_queue; /* where its answers come */

bool open_admin(char *said);

/* The answer to the one request that is under way, or NULL. */
rd_kafka_event_t *answer(char *said);

bool create(rd_kafka_NewTopic_t *topic, char *said);

/* Of the group of this process. */
bool create_group_topic(const char *topic, int partitions, char *said);
bool describe_group(char *said);
bool alter_group(int64_t offset, char *said);
bool delete_group_offsets(char *said);
bool delete_group(char *said);
