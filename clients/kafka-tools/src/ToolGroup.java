import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/** A group of kafka-verifiable-consumers, its topic, and all that was written to it. */
final class ToolGroup {
  static final int PARTITIONS = 6;
  private static final int AT_ONCE = 5;
  private static final long PATIENCE_MS = 60_000;

  /** A key that the producer sends to each partition. */
  private static final List<String> KEYS =
      IntStream.range(0, PARTITIONS)
          .mapToObj(
              partition ->
                  Stream.iterate(0, i -> i + 1)
                      .map(i -> "key-" + i)
                      .filter(key -> partitionOf(key) == partition)
                      .findFirst()
                      .orElseThrow())
          .toList();

  final String id;
  final Set<Row> written = new TreeSet<>();
  final List<VerifiableMember> members = new ArrayList<>();
  private final Tools tools;
  private final Console console;
  private final String configs;

  /** Named as its topic. `configs` is a file of them. */
  ToolGroup(Tools tools, String id, String configs) throws Exception {
    this.tools = tools;
    this.console = new Console(tools);
    this.id = id;
    this.configs = configs;
    console.create(id, PARTITIONS);
    write();
  }

  private static int partitionOf(String key) {
    return Utils.toPositive(Utils.murmur2(Utils.utf8(key))) % PARTITIONS;
  }

  /** Writes a few records to each partition. */
  void write() throws Exception {
    List<String> lines = new ArrayList<>();
    long first = written.size() / PARTITIONS;
    for (long offset = first; offset < first + AT_ONCE; offset++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        var row = new Row(partition, offset, KEYS.get(partition), partition + "-" + offset);
        lines.add(row.key() + "\t" + row.value());
        written.add(row);
      }
    }
    // The default of a second and a half is no time on a busy machine.
    String patience = " --request-timeout-ms 30000";
    console.produce(id, lines, " --reader-property parse.key=true" + patience);
  }

  private String member(String options) {
    return "--verbose --topic " + id + " --group-id " + id + options;
  }

  VerifiableMember join(String options) {
    var member = VerifiableMember.start(tools, member(options + " --command-config " + configs));
    members.add(member);
    return member;
  }

  VerifiableMember joinInOwnJvm(String options) throws Exception {
    var member = VerifiableMember.startInOwnJvm(tools, member(options));
    members.add(member);
    return member;
  }

  void end() throws InterruptedException {
    for (var member : members) member.end();
  }

  /** Until all that was written was read, by whomever; what was read is just that. */
  String allRead() throws InterruptedException {
    until(() -> read().containsAll(written), written.size() + " records are read");
    Report.expectEqual(written, read(), "read");
    return written.size() + " records";
  }

  private Set<Row> read() {
    return members.stream()
        .flatMap(member -> member.reads().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Writes once more, until all is read. */
  String round() throws Exception {
    write();
    return allRead();
  }

  /** Until these have all partitions, each some, and none is two members'. */
  String sharedBy(VerifiableMember... sharing) throws InterruptedException {
    List<Integer> wanted = IntStream.range(0, PARTITIONS).boxed().toList();
    List<List<Integer>> shares = new ArrayList<>();
    until(
        () -> {
          shares.clear();
          for (var member : sharing) shares.add(member.partitions());
          var all = shares.stream().flatMap(List::stream).sorted().toList();
          return all.equals(wanted) && shares.stream().noneMatch(List::isEmpty);
        },
        sharing.length + " share the partitions");
    return shares.toString();
  }

  /** The group's offsets, as kafka-consumer-groups describes them. */
  Map<Integer, Long> committed(String group) throws InterruptedException {
    Map<Integer, Long> offsets = new TreeMap<>();
    for (String line : tools.run("consumer-groups --describe --group " + group)) {
      String[] words = line.trim().split("\\s+");
      if (!words[0].equals(group) || words[3].equals("-")) continue;
      offsets.put(Integer.valueOf(words[2]), Long.valueOf(words[3]));
    }
    return offsets;
  }

  static Map<Integer, Long> everywhere(long offset) {
    return IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toMap(at -> at, at -> offset));
  }

  /** What members say is only to be asked for, again and again. */
  private void until(BooleanSupplier holds, String what) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (!holds.getAsBoolean()) {
      boolean isLate = System.nanoTime() > deadline;
      Report.expect(!isLate, "it never came to this: " + what + "; but " + members);
      Thread.sleep(20);
    }
  }
}
