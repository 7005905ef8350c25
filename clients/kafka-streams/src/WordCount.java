import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Counts words with exactly_once_v2: lines, by a repartition topic, to a store with a changelog,
 * and every new count to a topic.
 */
final class WordCount implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KafkaStreams streams;

  /** The word at which a thread dies, once; null for none. */
  private final AtomicReference<String> deadly = new AtomicReference<>();

  WordCount(String application, String lines, String counts) throws Exception {
    var configs = new Properties();
    configs.put("application.id", application);
    configs.put("bootstrap.servers", Cluster.BOOTSTRAP_SERVERS);
    configs.put("processing.guarantee", "exactly_once_v2");
    configs.put("num.stream.threads", 2);
    configs.put("session.timeout.ms", 6000); // Kafka's shortest: a thread that dies says nothing
    configs.put("statestore.cache.max.bytes", 0); // every count is written, and not only the last
    configs.put("repartition.purge.interval.ms", 200);
    configs.put("state.dir", Files.createTempDirectory("word-count").toString());
    configs.put("default.key.serde", Serdes.StringSerde.class);
    configs.put("default.value.serde", Serdes.StringSerde.class);
    configs.put("auto.offset.reset", "earliest");
    streams = new KafkaStreams(topology(lines, counts), configs);
    streams.setUncaughtExceptionHandler(problem -> StreamThreadExceptionResponse.REPLACE_THREAD);
    streams.start();
  }

  private Topology topology(String lines, String counts) {
    var builder = new StreamsBuilder();
    var counted =
        builder.<String, String>stream(lines)
            .flatMapValues(line -> Arrays.asList(line.split(" ")))
            .groupBy((key, word) -> word, Grouped.as("by-word"))
            .count(Materialized.as("counts"))
            .toStream();
    counted.to(counts, Produced.with(Serdes.String(), Serdes.Long()));
    counted.foreach((word, count) -> dieAt(word));
    return builder.build();
  }

  /** The next thread that counts this word dies of it, in the middle of its transaction. */
  void dieOnce(String word) {
    deadly.set(word);
  }

  boolean hasDied() {
    return deadly.get() == null;
  }

  private void dieAt(String word) {
    String found = deadly.get();
    if (word.equals(found) && deadly.compareAndSet(found, null)) {
      throw new IllegalStateException("this is how it was meant to die");
    }
  }

  /** Its topics are there when it runs. */
  void awaitRunning() throws Exception {
    Cluster.until("it runs", () -> streams.state() == KafkaStreams.State.RUNNING);
  }

  /** Leaves nothing on disk: the next one has to read the changelog. */
  @Override
  public void close() {
    Report.expect(streams.close(PATIENCE), "it does not close");
    streams.cleanUp();
  }

  static List<String> internalTopics(String application) {
    return List.of(application + "-by-word-repartition", application + "-counts-changelog");
  }
}
