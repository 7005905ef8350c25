import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The checks of consumer groups, beside each other, as most of their time is waiting. */
final class GroupChecks {
  interface Check {
    String run(Group group) throws Exception;
  }

  private static final String ASSIGNOR = "partition.assignment.strategy";
  private static final String ASSIGNORS = "org.apache.kafka.clients.consumer.";

  private final Report report;
  private final Session session;
  private final Admin admin;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  GroupChecks(Report report, Session session, Admin admin) {
    this.report = report;
    this.session = session;
    this.admin = admin;
  }

  void start() {
    running.add(threads.submit(this::killed));
    running.add(threads.submit(this::commits));
    start("group-static", GroupChecks::staticMember);
    start("group-cooperative", GroupChecks::cooperative);
    if (ConsumerConfig.configNames().contains("group.protocol")) {
      start("group-848", this::nextGeneration);
    } else {
      report.lacks("group-848", "this version has the classic protocol only");
    }
    start("group-admin", this::administer);
    start("group-rebalance-listener", GroupChecks::rebalanceListener);
    for (String name : List.of("Range", "RoundRobin", "Sticky")) {
      start("group-balance-" + name.toLowerCase(), group -> balance(group, name));
    }
  }

  void join() throws Exception {
    for (var each : running) each.get();
    threads.shutdown();
  }

  private void start(String name, Check check) {
    running.add(threads.submit(() -> report.check(name, () -> inGroup(name, check))));
  }

  /** In a group of its own, whose members are closed in any case. */
  private String inGroup(String name, Check check) throws Exception {
    try (var group = Group.create(session, admin, name)) {
      return check.run(group);
    }
  }

  private Void killed() throws Exception {
    try (var group = Group.create(session, admin, "members")) {
      report.check("group-two-members", () -> twoMembers(group));
      report.check("group-third-member", () -> thirdMember(group));
      report.check("group-killed-member", () -> killedMember(group));
    }
    return null;
  }

  private static String twoMembers(Group group) throws Exception {
    String shares = group.sharedBy(group.join(group.joining()), group.join(group.joining()));
    group.readByOwners();
    return shares;
  }

  private static String thirdMember(Group group) throws Exception {
    group.joinByProcess(group.joining().with("session.timeout.ms", "6000"));
    String shares = group.sharedBy(group.members.toArray(Member[]::new));
    group.round();
    return shares;
  }

  private static String killedMember(Group group) throws Exception {
    group.members.get(2).close();
    group.write();
    String shares = group.sharedBy(group.members.get(0), group.members.get(1));
    return shares + ", " + group.allRead();
  }

  private Void commits() throws Exception {
    try (var group = Group.create(session, admin, "commits")) {
      group.write();
      report.check("group-auto-commit", () -> committedBy(group, Joining.Commits.AUTO));
      var async = group.another("-async");
      report.check("group-commit-async", () -> committedBy(async, Joining.Commits.ASYNC));
      var byHand = group.another("-by-hand");
      report.check("group-manual-commit", () -> manualCommit(byHand));
      report.check("group-resume", () -> resume(byHand.another("")));
    }
    return null;
  }

  private static String committedBy(Group group, Joining.Commits commits) throws Exception {
    try (group) {
      group.join(group.joining().with(commits));
      String read = group.allRead();
      group.committedEverywhere(10);
      return read;
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> everywhere(Group group, long offset) {
    return IntStream.range(0, Group.PARTITIONS)
        .mapToObj(group::partition)
        .collect(Collectors.toMap(at -> at, at -> new OffsetAndMetadata(offset)));
  }

  private static String manualCommit(Group group) throws Exception {
    try (group) {
      var member = group.join(group.joining().with(Joining.Commits.TOLD));
      group.allRead();
      member.ask(consumer -> consumer.commitSync(everywhere(group, 5)));
    }
    group.committedEverywhere(5);
    return "offset 5 of each partition";
  }

  private static String resume(Group group) throws Exception {
    try (group) {
      var member = group.join(group.joining().with(Joining.Commits.TOLD));
      var rest = group.written.stream().filter(row -> row.offset() >= 5).sorted().toList();
      Member.until(
          () -> member.reads().size() >= rest.size(), "the rest is read", group.members);
      Report.expectEqual(rest, member.reads().stream().sorted().toList(), "what was read");
      return rest.size() + " records from offset 5 on";
    }
  }

  private static String staticMember(Group group) throws Exception {
    var joining = group.joining().with("group.instance.id", "first");
    var first = group.join(joining);
    var second = group.join(group.joining().with("group.instance.id", "second"));
    group.sharedBy(first, second);
    group.round();
    var before = first.partitions();
    var history = second.history();
    first.close();
    var again = group.join(joining);
    String shares = group.sharedBy(again, second);
    Report.expectEqual(before, again.partitions(), "its partitions");
    Report.expectEqual(history, second.history(), "what the other had");
    group.round();
    return shares;
  }

  private static String cooperative(Group group) throws Exception {
    var joining = group.joining().with(ASSIGNOR, ASSIGNORS + "CooperativeStickyAssignor");
    var first = group.join(joining);
    group.sharedBy(first);
    int since = first.history().size() - 1;
    var second = group.join(joining);
    String shares = group.sharedBy(first, second);
    var history = first.history();
    for (var had : history.subList(since, history.size())) {
      Report.expect(had.containsAll(first.partitions()), "it lost what it keeps: " + history);
    }
    group.round();
    return shares + ", the first kept " + first.partitions();
  }

  private String nextGeneration(Group group) throws Exception {
    var joining = group.joining().with("group.protocol", "consumer");
    var first = group.join(joining);
    group.sharedBy(first);
    // Later than the first, it sends its heartbeat, every five seconds, when the first has given way.
    var second = group.join(joining);
    String shares = group.sharedBy(first, second);
    group.readByOwners();
    group.committedEverywhere(15);
    described(group, "type=Consumer");
    return shares + ", of type consumer";
  }

  private static String balance(Group group, String name) throws Exception {
    var joining = group.joining().with(ASSIGNOR, ASSIGNORS + name + "Assignor");
    String shares = group.sharedBy(group.join(joining), group.join(joining));
    group.readByOwners();
    return shares;
  }

  /** Commits only where partitions are taken away: so nothing is read twice. */
  private static String rebalanceListener(Group group) throws Exception {
    var joining = group.joining().with(Joining.Commits.REVOKED);
    var first = group.join(joining);
    group.sharedBy(first);
    group.allRead();
    var second = group.join(joining);
    group.sharedBy(first, second);
    group.round();
    second.close();
    group.sharedBy(first);
    String read = group.round();
    int count = first.reads().size() + second.reads().size();
    Report.expectEqual(group.written.size(), count, "records read in all");
    Report.expect(first.history().contains(List.of()), "nothing was taken from the first");
    return read + ", none twice";
  }

  private String administer(Group group) throws Exception {
    group.sharedBy(group.join(group.joining()), group.join(group.joining()));
    group.round();
    Report.expect(listed().contains(group.id), "it is not listed");
    described(group, "partitionAssignor=range");
    described(group, "tate=Stable");
    var members = describe(group).members();
    Report.expectEqual(2, members.size(), "members");
    group.close();
    admin.alterConsumerGroupOffsets(group.id, everywhere(group, 3)).all().get();
    group.committedEverywhere(3);
    admin.deleteConsumerGroupOffsets(group.id, Set.of(group.partition(0))).all().get();
    admin.deleteConsumerGroups(Set.of(group.id)).all().get();
    Report.expect(!listed().contains(group.id), "it is still listed");
    return "list, describe, alter and delete offsets, delete";
  }

  @SuppressWarnings("removal") // some day; but it is the name that every version here has
  private Set<String> listed() throws Exception {
    return admin.listConsumerGroups().all().get().stream()
        .map(group -> group.groupId())
        .collect(Collectors.toSet());
  }

  private ConsumerGroupDescription describe(Group group) throws Exception {
    return admin.describeConsumerGroups(Set.of(group.id)).all().get().get(group.id);
  }

  private void described(Group group, String what) throws Exception {
    String description = describe(group).toString();
    Report.expect(description.contains(what), "not " + what + ": " + description);
  }
}
