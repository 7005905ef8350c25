import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The checks of consumer groups, some beside each other, as most of their time is waiting. */
final class Groups {
  private interface Check {
    String run(ToolGroup group) throws Exception;
  }

  private static final String COOPERATIVE =
      " --assignment-strategy org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

  private final Report report;
  private final Tools tools;
  private final String prefix;
  private final Path configs;

  /** Few at once: a tool is loaded anew for each run, and that is work. */
  private final ExecutorService threads = Executors.newFixedThreadPool(3);

  private final List<Future<?>> running = new ArrayList<>();

  Groups(Report report, Tools tools, String prefix) throws IOException {
    this.report = report;
    this.tools = tools;
    this.prefix = prefix;
    configs = Files.createTempFile("member", ".properties");
    Files.writeString(configs, "heartbeat.interval.ms=500\nfetch.max.wait.ms=100\n");
  }

  void start() {
    running.add(threads.submit(() -> inGroup("members", configs, this::killed)));
    // With KIP-848 the broker says how often members send a heartbeat.
    start("group-848", Path.of("/dev/null"), this::nextGeneration);
    running.add(threads.submit(() -> inGroup("commits", configs, this::commits)));
    start("group-static", configs, this::staticMember);
    start("group-cooperative", configs, this::cooperative);
    start("group-admin", configs, this::administer);
  }

  void join() throws Exception {
    for (var each : running) each.get();
    threads.shutdown();
    Files.delete(configs);
  }

  private void start(String name, Path configs, Check check) {
    running.add(
        threads.submit(() -> report.check(name, () -> inGroup(name, configs, check))));
  }

  /** In a group of its own, whose members are ended in any case. */
  private String inGroup(String name, Path configs, Check check) throws Exception {
    var group = new ToolGroup(tools, prefix + "-" + name, configs.toString());
    try {
      return check.run(group);
    } finally {
      group.end();
    }
  }

  private String killed(ToolGroup group) {
    report.check(
        "group-two-members",
        () -> {
          String shares = group.sharedBy(group.join(""), group.join(""));
          group.round();
          return shares;
        });
    report.check(
        "group-third-member",
        () -> {
          group.joinInOwnJvm(" --session-timeout 6000");
          String shares = group.sharedBy(group.members.toArray(VerifiableMember[]::new));
          group.round();
          return shares;
        });
    report.check(
        "group-killed-member",
        () -> {
          group.members.get(2).end();
          group.write();
          String shares = group.sharedBy(group.members.get(0), group.members.get(1));
          return shares + ", " + group.allRead();
        });
    return "";
  }

  private String commits(ToolGroup group) throws Exception {
    group.write();
    String byHand = group.id + "-by-hand";
    report.check(
        "group-auto-commit",
        () -> {
          Report.expectEqual(group.written, consoleConsumer(group, group.id, 60), "records");
          expectCommitted(group, group.id, 10);
          return "60 records of kafka-console-consumer";
        });
    report.check(
        "group-manual-commit",
        () -> {
          consumerGroups(byHand, "--reset-offsets --to-offset 5 --execute --topic " + group.id);
          expectCommitted(group, byHand, 5);
          return "offset 5 of each partition, by kafka-consumer-groups --reset-offsets";
        });
    report.check(
        "group-resume",
        () -> {
          var rest = new TreeSet<>(group.written);
          rest.removeIf(row -> row.offset() < 5);
          Report.expectEqual(rest, consoleConsumer(group, byHand, rest.size()), "records");
          expectCommitted(group, byHand, 10);
          return rest.size() + " records from offset 5 on";
        });
    report.check("group-offsets-topic", () -> offsetsTopic(group, byHand));
    return "";
  }

  /** So many records of a group's topic, which commits by itself, at its end at the latest. */
  private TreeSet<Row> consoleConsumer(ToolGroup group, String id, int count)
      throws InterruptedException {
    String shown = "";
    for (String part : List.of("partition", "offset", "key")) {
      shown += " --formatter-property print." + part + "=true";
    }
    String amount = " --from-beginning --max-messages " + count + " --timeout-ms 60000";
    String line = "console-consumer --topic " + group.id + " --group " + id + amount + shown;
    List<String> lines = Console.finish(tools.start(line, ""), count);
    Report.expectEqual(count, lines.size(), "lines");
    var rows = new TreeSet<Row>();
    for (String said : lines) {
      rows.add(Row.parse(Arrays.asList(said.replaceAll("(Partition|Offset):", "").split("\t"))));
    }
    return rows;
  }

  private void expectCommitted(ToolGroup group, String id, long offset) throws Exception {
    Report.expectEqual(ToolGroup.everywhere(offset), group.committed(id), "committed");
  }

  /** What the brokers keep of the group, by the formatters for their own topic. */
  private String offsetsTopic(ToolGroup group, String id) throws Exception {
    List<String> offsets = new ArrayList<>();
    for (int partition = 0; partition < ToolGroup.PARTITIONS; partition++) {
      String place = "\"topic\":\"" + group.id + "\",\"partition\":" + partition + "}";
      for (String offset : List.of("\"offset\":5,", "\"offset\":10,")) {
        offsets.add(place + ".*" + offset);
      }
    }
    untilKept("OffsetsMessageFormatter", id, offsets);
    untilKept("GroupMetadataMessageFormatter", id, List.of("\"protocol\":\"range\""));
    return offsets.size() + " offsets, and its members";
  }

  /** Until lines of a group have all this. The tool is done when nothing came for a while. */
  private void untilKept(String formatter, String group, List<String> wanted) throws Exception {
    String all = "console-consumer --topic __consumer_offsets --from-beginning --timeout-ms 2000";
    String line = all + " --formatter org.apache.kafka.tools.consumer." + formatter;
    Tools.until(
        () -> {
          String said = tools.start(line, "").waitFor().out();
          return said.lines().filter(each -> each.contains("\"group\":\"" + group)).toList();
        },
        lines -> wanted.stream().allMatch(each -> lines.stream().anyMatch(has(each))));
  }

  private static Predicate<String> has(String pattern) {
    String literal = pattern.replaceAll("[{}\\[\\]]", "\\\\$0");
    return Pattern.compile(literal).asPredicate();
  }

  private String staticMember(ToolGroup group) throws Exception {
    String id = " --group-instance-id first";
    var first = group.join(id);
    var second = group.join(" --group-instance-id second");
    group.sharedBy(first, second);
    group.round();
    var before = first.partitions();
    var history = second.history();
    first.end();
    var again = group.join(id);
    String shares = group.sharedBy(again, second);
    Report.expectEqual(before, again.partitions(), "its partitions");
    Report.expectEqual(history, second.history(), "what the other had");
    group.round();
    return shares;
  }

  private String cooperative(ToolGroup group) throws Exception {
    var first = group.join(COOPERATIVE);
    group.sharedBy(first);
    int since = first.history().size() - 1;
    var second = group.join(COOPERATIVE);
    String shares = group.sharedBy(first, second);
    var history = first.history();
    for (var had : history.subList(since, history.size())) {
      Report.expect(had.containsAll(first.partitions()), "it lost what it keeps: " + history);
    }
    group.round();
    return shares + ", the first kept " + first.partitions();
  }

  private String nextGeneration(ToolGroup group) throws Exception {
    var first = group.join(" --group-protocol consumer");
    group.sharedBy(first);
    // Later than the first, it sends its heartbeat, every five seconds, when the first has given way.
    var second = group.join(" --group-protocol consumer");
    String shares = group.sharedBy(first, second);
    group.round();
    Tools.until(() -> group.committed(group.id), ToolGroup.everywhere(10)::equals);
    expectLine(tools.run("groups --list --consumer"), group.id + " +Consumer +consumer.*");
    return shares + ", of type consumer";
  }

  private String administer(ToolGroup group) throws Exception {
    group.sharedBy(group.join(""), group.join(""));
    group.allRead();
    expectLine(tools.run("groups --list"), group.id + " +Classic +consumer.*");
    expectLine(tools.run("consumer-groups --list --state stable"), group.id + " +Stable *");
    expectLine(consumerGroups(group.id, "--describe --state"), group.id + ".* range +Stable +2 *");
    var members = consumerGroups(group.id, "--describe --members --verbose");
    for (var member : group.members) {
      String share = member.partitions().toString().replaceAll("[\\[ \\]]", "");
      expectLine(members, group.id + " .* 3 .*" + share + ".*");
    }
    Tools.until(() -> group.committed(group.id), ToolGroup.everywhere(5)::equals);
    group.end();
    var all = Map.of("--to-earliest", 0L, "--to-latest", 5L, "--shift-by -2", 3L);
    for (String how : List.of("--to-earliest", "--to-latest", "--shift-by -2")) {
      consumerGroups(group.id, "--reset-offsets --execute --all-topics " + how);
      expectCommitted(group, group.id, all.get(how));
    }
    consumerGroups(group.id, "--reset-offsets --dry-run --all-topics --to-earliest");
    expectCommitted(group, group.id, 3);
    consumerGroups(group.id, "--delete-offsets --topic " + group.id + ":0,1,2");
    Report.expectEqual(Map.of(3, 3L, 4, 3L, 5, 3L), group.committed(group.id), "what is left");
    consumerGroups(group.id, "--delete");
    boolean isLeft = tools.run("consumer-groups --list").contains(group.id);
    Report.expect(!isLeft, "it is still listed");
    return "kafka-groups; list, describe, reset and delete offsets, delete";
  }

  private List<String> consumerGroups(String group, String line) throws InterruptedException {
    return tools.run("consumer-groups --group " + group + " " + line);
  }

  private static void expectLine(List<String> lines, String pattern) {
    Report.expect(lines.stream().anyMatch(line -> line.matches(pattern)), pattern + ": " + lines);
  }
}
