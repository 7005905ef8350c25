#include "group-checks.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin.h"
#include "group.h"
#include "report.h"
#include "transaction-checks.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static bool auto_commit(char *said, const void *argument) {
    (void)argument;
    struct member member = {.name = "auto"};
    if (!open_group("commits", 10, said) || !join(&member, said)) return false;
    bool ok = await_readers(0, said) && await_committed(10, said);
    leave(&member);
    if (ok) SAY(said, "%d records", records_written());
    return ok;
}

static rd_kafka_topic_partition_list_t *everywhere(int64_t offset) {
    rd_kafka_topic_partition_list_t *places = rd_kafka_topic_partition_list_new(GROUP_PARTITIONS);
    for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
        rd_kafka_topic_partition_list_add(places, group_topic, partition)->offset = offset;
    return places;
}

/* Reads everything, and commits or marks the middle. */
static bool commit_middle(struct member *member, char *said) {
    EXPECT(records_written(), said, "there is nothing to read");
    if (!join(member, said) || !await_readers(0, said)) return false;
    rd_kafka_topic_partition_list_t *middle = everywhere(5);
    rd_kafka_resp_err_t error = member->commits == MARKED
                                    ? rd_kafka_offsets_store(member->client, middle)
                                    : rd_kafka_commit(member->client, middle, 0);
    rd_kafka_topic_partition_list_destroy(middle);
    EXPECT(!error, said, "%s", rd_kafka_err2str(error));
    leave(member);
    if (!await_committed(5, said)) return false;
    SAY(said, "5 of 10 in each partition");
    return true;
}

static bool manual_commit(char *said, const void *argument) {
    (void)argument;
    struct member member = {.name = "manual", .commits = MANUAL_COMMIT};
    regroup("manual");
    return commit_middle(&member, said);
}

static bool mark(char *said, const void *argument) {
    (void)argument;
    struct member member = {.name = "marks", .commits = MARKED};
    regroup("mark");
    return commit_middle(&member, said);
}

static bool resume(char *said, const void *argument) {
    (void)argument;
    struct member member = {.name = "resumes", .commits = MANUAL_COMMIT};
    forget_reads();
    if (!join(&member, said)) return false;
    bool ok = await_readers(5, said);
    leave(&member);
    if (ok) SAY(said, "30 records, none before the offsets");
    return ok;
}

static int say_shares(char *said, struct member *const members[], size_t count) {
    int at = 0;
    for (size_t i = 0; i < count; i++) {
        for (int partition = 0; partition < GROUP_PARTITIONS; partition++)
            if (members[i]->share & 1 << partition)
                at += snprintf(said + at, SAID_SIZE - at, "%d ", partition);
        at += snprintf(said + at, SAID_SIZE - at, i + 1 < count ? "and " : "");
    }
    return at;
}

/* The third is forked while there is no client here, and waits for a word. */
static struct member one = {.name = "one"}, two = {.name = "two"}, three = {.name = "three"};
static struct member *const all[] = {&one, &two, &three};
static pid_t third;
static int call;

static void prepare_third(void) {
    static const struct config short_session[] = {{"session.timeout.ms", "6000"}, {NULL, NULL}};
    int calls[2], says[2];
    if (pipe(calls) || pipe(says)) exit(1);
    fflush(stdout);
    third = fork();
    if (third) {
        call = calls[1];
        three.inbox = says[0];
        close(says[1]);
        return;
    }
    char word;
    close(calls[1]); /* so that this ends with the one that would call */
    if (read(calls[0], &word, 1) != 1) exit(0);
    name_group("members");
    three.config = short_session;
    live_as(&three, says[1]);
}

static void kill_third(void) {
    if (!third) return;
    kill(third, SIGKILL);
    waitpid(third, NULL, 0);
    third = 0;
}

static bool two_members(char *said, const void *argument) {
    (void)argument;
    if (!open_group("members", 5, said) || !join(&one, said) || !join(&two, said)) return false;
    if (!await_shares(all, 2, said) || !play_round(said)) return false;
    say_shares(said, all, 2);
    return true;
}

static bool third_member(char *said, const void *argument) {
    (void)argument;
    EXPECT(one.share && two.share, said, "there are no two");
    EXPECT(write(call, "!", 1) == 1, said, "nobody to call");
    attend(&three);
    if (!await_shares(all, 3, said) || !play_round(said)) return false;
    say_shares(said, all, 3);
    return true;
}

/* Some records come before the kill, which the third may have read or not, and some after it. */
static bool killed_member(char *said, const void *argument) {
    (void)argument;
    EXPECT(three.share, said, "there is no third");
    if (!write_more(5, said)) return false;
    kill_third();
    hear_out(&three);
    if (!write_more(5, said) || !await_shares(all, 2, said)) return false;
    if (!await_readers(0, said) || !play_round(said)) return false;
    int at = say_shares(said, all, 2);
    snprintf(said + at, SAID_SIZE - at, "read all %d", records_written());
    return true;
}

static void check_members(void) {
    prepare_third();
    check("group-two-members", two_members, NULL);
    check("group-third-member", third_member, NULL);
    check("group-killed-member", killed_member, NULL);
    kill_third();
    leave(&one);
    leave(&two);
}

/* Two members with their own config share a round. */
static bool share_round(struct member *first, struct member *second, char *said) {
    struct member *const both[] = {first, second};
    return join(first, said) && await_shares(both, 1, said) &&
           join(second, said) && await_shares(both, 2, said) && play_round(said);
}

static bool balance(char *said, const void *strategy) {
    const struct config config[] = {{"partition.assignment.strategy", strategy}, {NULL, NULL}};
    struct member first = {.name = "first", .config = config};
    struct member second = {.name = "second", .config = config};
    struct member *const both[] = {&first, &second};
    if (!records_written() && !open_group("balance", 5, said)) return false;
    regroup(strategy);
    bool ok = share_round(&first, &second, said);
    if (ok) say_shares(said, both, 2);
    leave(&first);
    leave(&second);
    return ok;
}

static void check_balances(void) {
    check("group-balance-range", balance, "range");
    check("group-balance-roundrobin", balance, "roundrobin");
}

static bool cooperative(char *said, const void *argument) {
    (void)argument;
    const struct config config[] = {{"partition.assignment.strategy", "cooperative-sticky"},
                                    {NULL, NULL}};
    struct member first = {.name = "first", .config = config};
    struct member second = {.name = "second", .config = config};
    struct member *const both[] = {&first, &second};
    if (!open_group("cooperative", 5, said) || !share_round(&first, &second, said)) return false;
    bool was_whole = false;
    for (int i = 0; i < first.past_count; i++) {
        was_whole |= first.past[i] == ALL_PARTITIONS;
        EXPECT(!was_whole || (first.past[i] & first.share) == first.share, said,
               "the first had 0x%x and has 0x%x", first.past[i], first.share);
    }
    int at = SAY(said, "the first keeps its own: ");
    say_shares(said + at, both, 2);
    leave(&first);
    leave(&second);
    return true;
}

static void check_cooperative(void) { check("group-cooperative", cooperative, NULL); }

static bool static_member(char *said, const void *argument) {
    (void)argument;
    const struct config stays[] = {{"group.instance.id", "stays"}, {NULL, NULL}};
    const struct config returns[] = {{"group.instance.id", "returns"}, {NULL, NULL}};
    struct member first = {.name = "first", .config = stays};
    struct member second = {.name = "second", .config = returns};
    struct member again = {.name = "again", .config = returns};
    struct member *const both[] = {&first, &again};
    if (!open_group("static", 5, said) || !share_round(&first, &second, said)) return false;
    int share = second.share, calm = first.past_count;
    leave(&second);
    if (!join(&again, said) || !await_shares(both, 2, said) || !play_round(said)) return false;
    EXPECT(again.share == share, said, "0x%x before and 0x%x after", share, again.share);
    EXPECT(first.past_count == calm, said, "the other has seen a rebalance");
    say_shares(said, both, 2);
    leave(&first);
    leave(&again);
    return true;
}

static void check_static(void) { check("group-static", static_member, NULL); }

static bool administrate(char *said, const void *argument) {
    (void)argument;
    struct member member = {.name = "admin"};
    EXPECT(records_written(), said, "there is nothing to read");
    regroup("admin");
    if (!join(&member, said)) return false;
    bool ok = await_readers(0, said) && await_committed(10, said) && describe_group(said);
    leave(&member);
    if (!ok || !alter_group(3, said) || !await_committed(3, said)) return false;
    if (!delete_group_offsets(said)) return false;
    if (!await_committed(RD_KAFKA_OFFSET_INVALID, said) || !delete_group(said)) return false;
    SAY(said, "list, describe, alter offsets, delete offsets, delete");
    return true;
}

/* All on one topic, which is written once. */
static void check_commits(void) {
    check("group-auto-commit", auto_commit, NULL);
    check("group-manual-commit", manual_commit, NULL);
    check("group-resume", resume, NULL);
    check("group-mark-message", mark, NULL);
    check("group-admin", administrate, NULL);
}

static void (*const scenarios[])(void) = {
    check_members, check_commits,      check_balances, check_cooperative,
    check_static,  check_transactions, check_pipeline,
};

/* Each in a process of its own, as nearly all that they do is to wait. */
void begin_groups(void) {
    lacks("group-848", "2.0.2 is older than that protocol");
    for (size_t i = 0; i < LENGTH(scenarios); i++) {
        if (fork()) continue;
        scenarios[i]();
        exit(failures() > 0);
    }
}

int end_groups(void) {
    int failed = 0, status;
    while (wait(&status) > 0) failed += !WIFEXITED(status) || WEXITSTATUS(status);
    return failed;
}
