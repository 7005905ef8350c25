import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Where replicas are, and who of them leads. */
final class Replicas {
  private final Tools tools;
  private final Console console;
  private final String topic;

  Replicas(Tools tools, Console console, String topic) {
    this.tools = tools;
    this.console = console;
    this.topic = topic;
  }

  String reassignPartitions() throws Exception {
    tools.run("topics --create --topic " + topic + " --replica-assignment 1:2,2:3");
    described("Replicas: 2,3\\s+Isr: 2,3\\s+Elr:\\s+LastKnownElr:");
    console.produce(topic, List.of("a", "b", "c"), "");
    Path folder = Files.createTempDirectory("reassign-partitions");
    Path topics = folder.resolve("topics.json");
    Path plan = folder.resolve("plan.json");
    Files.writeString(topics, "{\"topics\":[{\"topic\":\"%s\"}],\"version\":1}".formatted(topic));
    List<String> generated =
        reassign("--generate --broker-list 2,3 --topics-to-move-json-file " + topics);
    String proposed = generated.get(generated.size() - 1);
    Report.expect(proposed.contains("\"log_dirs\":[\"any\",\"any\"]"), proposed);
    String moves = "{\"topic\":\"%1$s\",\"partition\":0,\"replicas\":[3,2]},";
    moves += "{\"topic\":\"%1$s\",\"partition\":1,\"replicas\":[3,1]}";
    Files.writeString(plan, ("{\"version\":1,\"partitions\":[" + moves + "]}").formatted(topic));
    String file = " --reassignment-json-file " + plan;
    reassign("--execute --throttle 10000000" + file);
    String done = "Reassignment of partition " + topic + "-%d is completed.";
    Predicate<List<String>> isDone =
        said -> said.contains(done.formatted(0)) && said.contains(done.formatted(1));
    List<String> verified = Tools.until(() -> reassign("--verify" + file), isDone);
    Report.expect(verified.toString().contains("Clearing topic-level throttles"), "" + verified);
    Report.expectEqual(List.of("No partition reassignments found."), reassign("--list"), "list");
    List<String> cancelled = reassign("--cancel" + file);
    String nothing = "None of the specified partition reassignments are active.";
    Report.expect(cancelled.contains(nothing), "" + cancelled);
    described("Partition: 0\\s+Leader: 3\\s+Replicas: 3,2");
    described("Partition: 1\\s+Leader: 3\\s+Replicas: 3,1");
    Report.expectEqual(3, console.read(topic, 3).values().stream().mapToInt(List::size).sum(), "");
    Files.delete(topics);
    Files.delete(plan);
    Files.delete(folder);
    return "generates, executes with a throttle, verifies, lists, cancels";
  }

  /** After the above: broker 3 leads, and in the new order it is not the preferred leader. */
  String leaderElection() throws Exception {
    Path plan = Files.createTempFile("order", ".json");
    String move = "{\"topic\":\"%s\",\"partition\":0,\"replicas\":[2,3]}".formatted(topic);
    Files.writeString(plan, "{\"version\":1,\"partitions\":[" + move + "]}");
    reassign("--execute --reassignment-json-file " + plan);
    Files.delete(plan);
    described("Partition: 0\\s+Leader: 3\\s+Replicas: 2,3");
    String which = " --partition 0 --topic " + topic;
    String elected = "Successfully completed leader election (%s) for partitions " + topic + "-0";
    List<String> first = tools.run("leader-election --election-type preferred" + which);
    Report.expectEqual(List.of(elected.formatted("PREFERRED")), first, "what the election said");
    described("Partition: 0\\s+Leader: 2\\s+Replicas: 2,3");
    List<String> again = tools.run("leader-election --election-type preferred" + which);
    String valid = "Valid replica already elected for partitions " + topic + "-0";
    Report.expectEqual(List.of(valid), again, "what the second election said");
    tools.run("leader-election --election-type unclean --all-topic-partitions");
    return "preferred, and none where none is needed";
  }

  String logDirs() throws Exception {
    List<String> said = tools.run("log-dirs --describe --broker-list 2 --topic-list " + topic);
    String last = said.get(said.size() - 1);
    Report.expect(last.contains("\"partition\":\"" + topic + "-0\""), last);
    Report.expect(!last.contains("\"partition\":\"" + topic + "-1\""), last);
    return "what one broker holds";
  }

  private List<String> reassign(String line) throws InterruptedException {
    return tools.run("reassign-partitions " + line);
  }

  private void described(String pattern) throws Exception {
    Predicate<List<String>> isSo =
        lines -> lines.stream().anyMatch(line -> line.matches(".*" + pattern + ".*"));
    Tools.until(() -> tools.run("topics --describe --topic " + topic), isSo);
  }
}
