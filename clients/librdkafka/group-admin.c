#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "group.h"
#include "report.h"
#include "topic.h"

#define QUERY_MS 2000

/* Whether each leader knows that it is one. By a client that knows nothing yet: what it is told too
   early it keeps for minutes. */
static bool are_led(const char *topic, int partitions, char *said) {
    rd_kafka_t *asking = open_client(RD_KAFKA_PRODUCER, NULL, said);
    int64_t low, high;
    int led = 0;
    while (asking && led < partitions &&
           !rd_kafka_query_watermark_offsets(asking, topic, led, &low, &high, QUERY_MS))
        led++;
    if (asking) rd_kafka_destroy(asking);
    return led == partitions;
}

/* Waits until every broker knows the topic, as each leads some of it: one that had not heard of it
   would have a producer forget that there are partitions. */
bool create_group_topic(const char *topic, int partitions, char *said) {
    if (!open_admin(said)) return false;
    if (!create(rd_kafka_NewTopic_new(topic, partitions, 3, said, SAID_SIZE), said)) return false;
    EVENTUALLY(are_led(topic, partitions, said), said, "the topic has no leaders");
    return true;
}

/* Whether there is such a group. */
static bool is_listed(char *said) {
    rd_kafka_ListConsumerGroups(admin_client, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    if (!event) return false;
    size_t count;
    const rd_kafka_ConsumerGroupListing_t **groups = rd_kafka_ListConsumerGroups_result_valid(
        rd_kafka_event_ListConsumerGroups_result(event), &count);
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= !strcmp(rd_kafka_ConsumerGroupListing_group_id(groups[i]), group_name);
    rd_kafka_event_destroy(event);
    return found;
}

/* One member, with everything. */
bool describe_group(char *said) {
    EXPECT(is_listed(said), said, "%s is not listed", group_name);
    const char *name = group_name;
    rd_kafka_DescribeConsumerGroups(admin_client, &name, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    if (!event) return false;
    size_t count;
    const rd_kafka_ConsumerGroupDescription_t *group =
        rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event), &count)[0];
    EXPECT(rd_kafka_ConsumerGroupDescription_state(group) == RD_KAFKA_CONSUMER_GROUP_STATE_STABLE,
           said, "it is not stable");
    EXPECT(rd_kafka_ConsumerGroupDescription_member_count(group) == 1, said, "not one member");
    const rd_kafka_MemberDescription_t *member = rd_kafka_ConsumerGroupDescription_member(group, 0);
    const rd_kafka_topic_partition_list_t *share =
        rd_kafka_MemberAssignment_partitions(rd_kafka_MemberDescription_assignment(member));
    EXPECT(share->cnt == GROUP_PARTITIONS, said, "it has %d partitions", share->cnt);
    rd_kafka_event_destroy(event);
    return true;
}

static bool all_done(const rd_kafka_group_result_t **groups, char *said) {
    const rd_kafka_error_t *error = rd_kafka_group_result_error(groups[0]);
    EXPECT(!error, said, "%s", rd_kafka_error_string(error));
    const rd_kafka_topic_partition_list_t *places = rd_kafka_group_result_partitions(groups[0]);
    for (int i = 0; places && i < places->cnt; i++)
        EXPECT(!places->elems[i].err, said, "%s", rd_kafka_err2str(places->elems[i].err));
    return true;
}

static rd_kafka_topic_partition_list_t *places(int64_t offset) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(GROUP_PARTITIONS);
    for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
        rd_kafka_topic_partition_list_add(list, group_topic, partition)->offset = offset;
    return list;
}

bool alter_group(int64_t offset, char *said) {
    rd_kafka_AlterConsumerGroupOffsets_t *change =
        rd_kafka_AlterConsumerGroupOffsets_new(group_name, places(offset));
    rd_kafka_AlterConsumerGroupOffsets(admin_client, &change, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    size_t count;
    return event && all_done(rd_kafka_AlterConsumerGroupOffsets_result_groups(
                                 rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count),
                             said);
}

bool delete_group_offsets(char *said) {
    rd_kafka_DeleteConsumerGroupOffsets_t *change =
        rd_kafka_DeleteConsumerGroupOffsets_new(group_name, places(0));
    rd_kafka_DeleteConsumerGroupOffsets(admin_client, &change, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    size_t count;
    return event && all_done(rd_kafka_DeleteConsumerGroupOffsets_result_groups(
                                 rd_kafka_event_DeleteConsumerGroupOffsets_result(event), &count),
                             said);
}

bool delete_group(char *said) {
    rd_kafka_DeleteGroup_t *gone = rd_kafka_DeleteGroup_new(group_name);
    rd_kafka_DeleteGroups(admin_client, &gone, 1, NULL, admin_queue);
    rd_kafka_event_t *event = answer(said);
    size_t count;
    if (!event || !all_done(rd_kafka_DeleteGroups_result_groups(
                                rd_kafka_event_DeleteGroups_result(event), &count),
                            said))
        return false;
    EXPECT(!is_listed(said), said, "%s is still listed", group_name);
    return true;
}
