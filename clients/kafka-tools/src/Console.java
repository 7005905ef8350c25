import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Topics and records through the tools. A record is a line as the consumer prints it: headers, key
 * and value with tabs in between.
 */
final class Console {
  private final Tools tools;

  Console(Tools tools) {
    this.tools = tools;
  }

  void create(String topic, int partitions) throws InterruptedException {
    String shape = " --partitions " + partitions + " --replication-factor 3";
    tools.run("topics --create --topic " + topic + shape);
  }

  void produce(String topic, List<String> lines, String options) throws InterruptedException {
    String line = "console-producer --topic " + topic + " --command-property client.id=" + topic;
    tools.run(line + options, String.join("\n", lines) + "\n");
  }

  /** So many lines of a partition, from an offset or from earliest. */
  List<String> consume(String topic, int partition, Object offset, int count)
      throws InterruptedException {
    return finish(startConsumer(topic, partition, offset, count), count);
  }

  ToolProcess startConsumer(String topic, int partition, Object offset, int count) {
    String format = "print.headers=true --formatter-property print.key=true";
    return startConsumer(topic, partition, offset, count, format);
  }

  /** So many values of a partition from its start, at an isolation level. */
  List<String> values(String topic, int partition, int count, String isolation)
      throws InterruptedException {
    String format = "print.value=true --isolation-level " + isolation;
    return finish(startConsumer(topic, partition, "earliest", count, format), count);
  }

  private ToolProcess startConsumer(
      String topic, int partition, Object offset, int count, String format) {
    String place = " --topic %s --partition %d --offset %s".formatted(topic, partition, offset);
    String end = " --max-messages " + count + " --timeout-ms 20000";
    // Closing waits for the fetch under way, and so for this long.
    String client = " --command-property fetch.max.wait.ms=50 --command-property client.id=" + topic;
    String shown = " --formatter-property " + format;
    return tools.start("console-consumer" + place + end + client + shown, "");
  }

  /** The records' timestamps, from the start of a partition. */
  List<String> timestamps(String topic, int count) throws InterruptedException {
    String format = "print.timestamp=true --formatter-property print.value=false";
    List<String> lines = finish(startConsumer(topic, 0, "earliest", count, format), count);
    return lines.stream().map(line -> line.replace("CreateTime:", "")).toList();
  }

  static List<String> finish(ToolProcess consumer, int count) throws InterruptedException {
    return Tools.finish(consumer, "Processed a total of " + count + " messages");
  }

  /** The place of earliest, latest or a time in each partition that has one. */
  Map<Integer, Long> offsets(String topic, Object time) throws InterruptedException {
    Map<Integer, Long> offsets = new TreeMap<>();
    for (String line : tools.run("get-offsets --topic " + topic + " --time " + time)) {
      String[] parts = line.split(":", -1);
      if (!parts[2].isEmpty()) offsets.put(Integer.valueOf(parts[1]), Long.valueOf(parts[2]));
    }
    return offsets;
  }

  /** Every partition from its start, once there are so many lines in all. */
  Map<Integer, List<String>> read(String topic, int count) throws Exception {
    var ends = Tools.until(() -> offsets(topic, "latest"), all -> sum(all) == count);
    Map<Integer, List<String>> lines = new TreeMap<>();
    for (int partition : ends.keySet()) {
      int end = ends.get(partition).intValue();
      if (end > 0) lines.put(partition, consume(topic, partition, "earliest", end));
    }
    return lines;
  }

  /** Reads every topic once more, beside what it should hold. */
  String compare(Map<String, Map<Integer, List<String>>> journal) throws Exception {
    int total = 0;
    for (String topic : journal.keySet()) {
      int count = journal.get(topic).values().stream().mapToInt(List::size).sum();
      Report.expectEqual(journal.get(topic), read(topic, count), topic);
      total += count;
    }
    return total + " records in " + journal.size() + " topics";
  }

  private static long sum(Map<Integer, Long> offsets) {
    return offsets.values().stream().mapToLong(offset -> offset).sum();
  }
}
