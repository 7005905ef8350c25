import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the tools make, show, change and take away. */
final class Administration {
  private final Tools tools;
  private final Console console;

  Administration(Tools tools, Console console) {
    this.tools = tools;
    this.console = console;
  }

  String createTopic(String topic) throws Exception {
    String shape = " --partitions 3 --replication-factor 3 --config retention.ms=86400000";
    tools.run("topics --create --topic " + topic + shape);
    List<String> lines = describe(topic, seen -> seen.size() == 4);
    String count = ".*PartitionCount: 3\\s+ReplicationFactor: 3";
    expectMatch(count + "\\s+Configs: .*retention\\.ms=86400000.*", lines.get(0));
    String leader = ".*Partition: \\d\\s+Leader: \\d";
    String replicas = "\\s+Replicas: \\d,\\d,\\d\\s+Isr: \\d,\\d,\\d.*";
    for (String line : lines.subList(1, 4)) expectMatch(leader + replicas, line);
    return "3 partitions, 3 replicas, retention.ms=86400000";
  }

  String metadata(String topic) throws Exception {
    Set<String> expected = Set.of(System.getenv("BOOTSTRAP_SERVERS").split(","));
    Set<String> brokers =
        tools.run("broker-api-versions").stream()
            .filter(line -> line.contains(" (id: "))
            .map(line -> line.split(" ")[0])
            .collect(Collectors.toSet());
    Report.expectEqual(expected, brokers, "brokers");
    Report.expectEqual(4, tools.run("cluster list-endpoints").size(), "a head and three brokers");
    String id = tools.run("cluster cluster-id").get(0);
    expectMatch("Cluster ID: \\S{22}", id);
    Report.expect(tools.run("topics --list").contains(topic), "kafka-topics does not list it");
    return "kafka-broker-api-versions: 3 brokers; kafka-cluster: " + id + "; kafka-topics lists";
  }

  String everythingElse(String topic) throws Exception {
    console.create(topic, 3);
    var again = tools.start("topics --create --topic " + topic, "").waitFor();
    Report.expectEqual(1, again.status(), "exit status when the topic is there already");
    Report.expect(again.err().contains("already exists"), again.err());
    describe(topic, seen -> seen.size() == 4);
    tools.run("topics --alter --partitions 5 --topic " + topic);
    describe(topic, seen -> seen.size() == 6);
    configs("--entity-type topics --entity-name " + topic, "retention.ms=60000");
    configs("--entity-type brokers --entity-name 1", "log.cleaner.threads=2");
    deleteRecords(topic);
    tools.run("topics --delete --topic " + topic);
    Tools.until(() -> tools.run("topics --list"), topics -> !topics.contains(topic));
    return "kafka-topics alters and deletes, kafka-configs of a topic and of a broker,"
        + " kafka-delete-records, kafka-get-offsets";
  }

  private void configs(String entity, String config) throws Exception {
    String shown = "  " + config + " sensitive=false.*";
    tools.run("configs --alter --add-config " + config + " " + entity);
    Predicate<List<String>> isThere = lines -> lines.stream().anyMatch(line -> line.matches(shown));
    Tools.until(() -> tools.run("configs --describe " + entity), isThere);
    tools.run("configs --alter --delete-config " + config.split("=")[0] + " " + entity);
    Tools.until(() -> tools.run("configs --describe " + entity), isThere.negate());
  }

  private void deleteRecords(String topic) throws Exception {
    console.produce(topic, List.of("a", "b", "c"), " --batch-size 1");
    Map<Integer, Long> ends = console.offsets(topic, "latest");
    Path file = Files.createTempFile("delete-records", ".json");
    String upTo = "{\"topic\":\"%s\",\"partition\":%d,\"offset\":-1}";
    String json = "{\"partitions\":[" + upTo + "],\"version\":1}";
    for (int partition : ends.keySet()) {
      Files.writeString(file, json.formatted(topic, partition));
      List<String> said = tools.run("delete-records --offset-json-file " + file);
      String mark = "partition: %s-%d\tlow_watermark: %d";
      String expected = mark.formatted(topic, partition, ends.get(partition));
      Report.expectEqual(expected, said.get(said.size() - 1), "low watermark");
    }
    Files.delete(file);
    Report.expectEqual(ends, console.offsets(topic, "earliest"), "earliest offsets");
  }

  private List<String> describe(String topic, Predicate<List<String>> isSo) throws Exception {
    return Tools.until(() -> tools.run("topics --describe --topic " + topic), isSo);
  }

  private static void expectMatch(String pattern, String line) {
    Report.expect(line.matches(pattern), "'" + line + "' does not match " + pattern);
  }
}
