import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/** What kafka-console-producer writes, kafka-console-consumer reads. */
final class Records {
  private static final String NOTHING_BEFORE = "";
  private static final String NO_HEADERS = "NO_HEADERS\t";
  private static final String NO_HEADERS_NO_KEY = "NO_HEADERS\tnull\t";
  private static final String WITH_KEY = " --reader-property parse.key=true";
  private static final String WITH_NULL = " --reader-property null.marker=null";

  private final Console console;
  private final String prefix;
  private final Map<String, Map<Integer, List<String>>> journal;

  Records(Console console, String prefix, Map<String, Map<Integer, List<String>>> journal) {
    this.console = console;
    this.prefix = prefix;
    this.journal = journal;
  }

  /** One partition, so that the order counts. */
  String codec(String codec) throws Exception {
    String topic = newTopic(codec, 1);
    for (String acks : List.of("0", "1", "all")) {
      List<String> values = numbered(codec + ", acks " + acks + ", record ", 100);
      roundTrip(topic, values, withAcks(acks) + " --compression-codec " + codec, NO_HEADERS_NO_KEY);
    }
    return "100 records with each of acks 0, 1 and all";
  }

  String acks(String acks) throws Exception {
    String topic = newTopic("acks-" + acks, 1);
    roundTrip(topic, numbered("record ", 50), withAcks(acks), NO_HEADERS_NO_KEY);
    return "50 records";
  }

  private static String withAcks(String acks) {
    String idempotent = " --command-property enable.idempotence=" + acks.equals("all");
    return " --request-required-acks " + acks + idempotent;
  }

  /** The producer hashes the key's bytes with murmur2; so does this. */
  String keyed() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) lines.add("key " + i % 20 + "\trecord " + i);
    var partitions = roundTrip(newTopic("keyed", 3), lines, WITH_KEY, NO_HEADERS);
    for (int partition : partitions.keySet()) {
      for (String record : partitions.get(partition)) {
        String key = record.split("\t")[1];
        int chosen = Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % 3;
        Report.expectEqual(chosen, partition, "partition of " + key);
      }
    }
    return "60 records, 20 keys, " + partitions.size() + " partitions";
  }

  String unkeyed() throws Exception {
    String topic = newTopic("unkeyed", 3);
    // Small batches: the sticky partitioner moves on with each.
    var read = roundTrip(topic, numbered("record ", 60), " --batch-size 100", NO_HEADERS_NO_KEY);
    return "60 records, " + read.size() + " partitions";
  }

  String nullValue() throws Exception {
    List<String> lines = List.of("gone\tnull", "empty\t", "null\tnull");
    roundTrip(newTopic("null-value", 1), lines, WITH_KEY + WITH_NULL, NO_HEADERS);
    return "a null value, an empty one, and neither key nor value";
  }

  String headers() throws Exception {
    List<String> lines = List.of("trace:a,trace:b,empty:,none:null\tkey\tvalue");
    String options = WITH_KEY + WITH_NULL + " --reader-property parse.headers=true";
    roundTrip(newTopic("headers", 1), lines, options, NOTHING_BEFORE);
    return lines.get(0).split("\t")[0];
  }

  String sizes() throws Exception {
    Stream<Integer> sizes = Stream.of(1, 100, 10_240, 1_048_576 - 100);
    List<String> values = sizes.map("x"::repeat).toList();
    roundTrip(newTopic("sizes", 1), values, "", NO_HEADERS_NO_KEY);
    return "1 B, 100 B, 10 KB, 1 MB less 100 B";
  }

  String idempotent() throws Exception {
    List<String> values = numbered("record ", 1000);
    String options = withAcks("all") + " --batch-size 500";
    roundTrip(newTopic("idempotent", 1), values, options, NO_HEADERS_NO_KEY);
    return "1000 records";
  }

  private String newTopic(String check, int partitions) throws InterruptedException {
    String topic = prefix + "-" + check;
    console.create(topic, partitions);
    return topic;
  }

  private static List<String> numbered(String text, int count) {
    return IntStream.range(0, count).mapToObj(i -> text + i).toList();
  }

  /** The consumer shows each line with what stands for the parts that the producer was not given. */
  private Map<Integer, List<String>> roundTrip(
      String topic, List<String> lines, String options, String before) throws Exception {
    List<String> expected = new ArrayList<>(inAll(journal.getOrDefault(topic, Map.of())));
    console.produce(topic, lines, options);
    lines.forEach(line -> expected.add(before + line));
    var partitions = console.read(topic, expected.size());
    journal.put(topic, partitions);
    List<String> seen = inAll(partitions);
    boolean inOrder = partitions.size() == 1;
    Report.expectEqual(
        inOrder ? expected : sorted(expected), inOrder ? seen : sorted(seen), "records");
    return partitions;
  }

  private static List<String> inAll(Map<Integer, List<String>> partitions) {
    return partitions.values().stream().flatMap(List::stream).toList();
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }
}
