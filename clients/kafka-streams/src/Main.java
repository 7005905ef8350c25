import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;

/** A word count, beside words counted by hand; while a thread dies, and while it is away. */
public final class Main {
  private static final int PARTITIONS = 3;
  private static final int LINES = 200;
  private static final int WORDS = 23;

  private final String application = System.getenv("TOPIC_PREFIX") + "-word-count";
  private final String lines = application + "-lines";
  private final Counts counts = new Counts(application + "-output", PARTITIONS);
  private final Report report = new Report();
  private final Cluster cluster = new Cluster();
  private int written = 0;

  public static void main(String[] args) throws Exception {
    var main = new Main();
    main.run();
    System.exit(main.report.allOk() ? 0 : 1);
  }

  private void run() throws Exception {
    cluster.createTopics(List.of(lines, counts.topic), PARTITIONS);
    try (cluster; counts) {
      try (var wordCount = new WordCount(application, lines, counts.topic)) {
        report.check("word-count", this::count);
        report.check("word-count-dying-thread", () -> countDying(wordCount));
        report.check("streams-internal-topics", this::internalTopics);
        report.check("streams-purge", this::purge);
        report.check("streams-group", this::group);
      }
      try (var wordCount = new WordCount(application, lines, counts.topic)) {
        wordCount.awaitRunning();
        report.check("word-count-restored", this::count);
      }
    }
  }

  private String count() throws Exception {
    write();
    return counts.compare();
  }

  private String countDying(WordCount wordCount) throws Exception {
    wordCount.dieOnce(word(7));
    String seen = count();
    Report.expect(wordCount.hasDied(), "no thread has died");
    return seen;
  }

  private void write() {
    var configs = Map.<String, Object>of("bootstrap.servers", Cluster.BOOTSTRAP_SERVERS);
    var strings = new StringSerializer();
    try (var producer = new KafkaProducer<>(configs, strings, strings)) {
      for (int end = written + LINES; written < end; written++) {
        List<String> words = words(written);
        producer.send(new ProducerRecord<>(lines, written % PARTITIONS, null, String.join(" ", words)));
        words.forEach(counts::expect);
      }
    }
  }

  private static List<String> words(int line) {
    return IntStream.rangeClosed(1, 1 + line % 5).mapToObj(at -> word(line * at % WORDS)).toList();
  }

  private static String word(int index) {
    return "word-" + index;
  }

  private String internalTopics() throws Exception {
    List<String> seen = new ArrayList<>();
    for (String topic : WordCount.internalTopics(application)) {
      var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      var configs = cluster.admin.describeConfigs(List.of(resource)).all().get().get(resource);
      seen.add(configs.get("cleanup.policy").value());
      var described = cluster.admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      Report.expectEqual(PARTITIONS, described.partitions().size(), "partitions of " + topic);
    }
    Report.expectEqual(List.of("delete", "compact"), seen, "cleanup.policy");
    return String.join(", ", WordCount.internalTopics(application));
  }

  /** What was counted is deleted from the repartition topic, which nothing else would shorten. */
  private String purge() throws Exception {
    String topic = WordCount.internalTopics(application).get(0);
    var partitions =
        IntStream.range(0, PARTITIONS).mapToObj(index -> new TopicPartition(topic, index)).toList();
    var start = cluster.offsets(partitions, OffsetSpec.latest());
    Cluster.until(
        "the repartition topic is purged",
        () -> {
          var earliest = cluster.offsets(partitions, OffsetSpec.earliest());
          return partitions.stream()
              .allMatch(at -> earliest.get(at).offset() >= start.get(at).offset() - 1);
        });
    return start.values().stream().mapToLong(end -> end.offset()).sum() + " offsets";
  }

  /** An assignor of its own, in the classic protocol. */
  private String group() throws Exception {
    var all = cluster.admin.describeConsumerGroups(List.of(application)).all().get();
    var group = all.get(application);
    Report.expectEqual("stream", group.partitionAssignor(), "its assignor");
    Report.expectEqual(2, group.members().size(), "its members");
    return group.type() + ", " + group.groupState();
  }
}
