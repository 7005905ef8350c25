import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The counts that a reader of committed records sees, and those there have to be. */
final class Counts implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final String topic;
  private final KafkaConsumer<String, Long> consumer;
  private final Map<String, Long> expected = new TreeMap<>();
  private final Map<String, List<Long>> read = new TreeMap<>();

  Counts(String topic, int partitions) {
    this.topic = topic;
    Map<String, Object> configs =
        Map.of(
            "bootstrap.servers", Cluster.BOOTSTRAP_SERVERS,
            "isolation.level", "read_committed",
            "fetch.max.wait.ms", 50);
    consumer = new KafkaConsumer<>(configs, new StringDeserializer(), new LongDeserializer());
    var all = IntStream.range(0, partitions).mapToObj(each -> new TopicPartition(topic, each));
    consumer.assign(all.toList());
    consumer.seekToBeginning(List.of());
  }

  void expect(String word) {
    expected.merge(word, 1L, Long::sum);
  }

  /** Every word has been counted one, two, three, …: none was lost, none counted twice. */
  String compare() {
    long count = expected.values().stream().mapToLong(Long::longValue).sum();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (size() < count && System.nanoTime() < deadline) {
      for (var record : consumer.poll(Duration.ofMillis(500))) {
        read.computeIfAbsent(record.key(), word -> new ArrayList<>()).add(record.value());
      }
    }
    var all = new TreeMap<String, List<Long>>();
    expected.forEach((word, last) -> all.put(word, LongStream.rangeClosed(1, last).boxed().toList()));
    Report.expectEqual(count, size(), "counts");
    Report.expectEqual(all, read, "counts by word");
    return count + " words, " + expected.size() + " different ones";
  }

  private long size() {
    return read.values().stream().mapToLong(List::size).sum();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
