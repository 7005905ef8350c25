import static java.util.stream.Collectors.groupingBy;
import static org.apache.kafka.clients.CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
import static org.apache.kafka.clients.CommonClientConfigs.CLIENT_ID_CONFIG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients of one cluster, and a journal of everything written with them. */
final class Session {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final String prefix = System.getenv("TOPIC_PREFIX");
  final Map<TopicPartition, List<Entry>> journal = new HashMap<>();

  Admin admin() {
    return Admin.create(configs("admin", Map.of()));
  }

  Producer<String, String> producer(String name, Map<String, Object> options) {
    var strings = new StringSerializer();
    return new KafkaProducer<>(configs(name + "-producer", options), strings, strings);
  }

  /** A consumer without a group: it is told its partitions. */
  Consumer<String, String> consumer(String name, Collection<TopicPartition> partitions) {
    return consumer(name, partitions, Map.of());
  }

  Consumer<String, String> consumer(
      String name, Collection<TopicPartition> partitions, Map<String, Object> options) {
    Map<String, Object> configs = configs(name + "-consumer", options);
    configs.put("enable.auto.commit", false);
    // Closing waits for the fetch under way, and so for this long.
    configs.put("fetch.max.wait.ms", 50);
    var strings = new StringDeserializer();
    var consumer = new KafkaConsumer<>(configs, strings, strings);
    consumer.assign(partitions);
    return consumer;
  }

  /** A consumer that is to subscribe. */
  KafkaConsumer<String, String> member(Map<String, Object> options) {
    var strings = new StringDeserializer();
    return new KafkaConsumer<>(configs("member", options), strings, strings);
  }

  private Map<String, Object> configs(String name, Map<String, Object> options) {
    Map<String, Object> configs = new HashMap<>(options);
    configs.put(BOOTSTRAP_SERVERS_CONFIG, System.getenv("BOOTSTRAP_SERVERS"));
    configs.put(CLIENT_ID_CONFIG, prefix + "-" + name);
    return configs;
  }

  /** Sends all without waiting in between, waits for the end of it, and keeps it in the journal. */
  List<Entry> write(
      Producer<String, String> producer, List<ProducerRecord<String, String>> records)
      throws ExecutionException, InterruptedException {
    List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
    producer.flush();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      entries.add(Entry.written(records.get(i), sent.get(i).get()));
    }
    for (Entry entry : entries) {
      journal.computeIfAbsent(entry.partition(), partition -> new ArrayList<>()).add(entry);
    }
    return entries;
  }

  /** Reads on until this many records have come, and makes sure that no more are there. */
  static List<Entry> read(Consumer<String, String> consumer, int count) {
    List<Entry> entries = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (entries.size() < count && System.nanoTime() < deadline) {
      for (var record : consumer.poll(Duration.ofMillis(500))) entries.add(Entry.read(record));
    }
    Report.expectEqual(count, entries.size(), "records read");
    consumer
        .endOffsets(consumer.assignment())
        .forEach((at, end) -> Report.expectEqual(end, consumer.position(at), "position in " + at));
    return entries;
  }

  /** Every partition from its start, beside everything that was ever written to it. */
  String compareAll() {
    try (var consumer = consumer("all", journal.keySet())) {
      consumer.seekToBeginning(journal.keySet());
      int count = journal.values().stream().mapToInt(List::size).sum();
      Report.expectEqual(journal, byPartition(read(consumer, count)), "records");
      return count + " records in " + journal.size() + " partitions";
    }
  }

  static Map<TopicPartition, List<Entry>> byPartition(List<Entry> entries) {
    return entries.stream().collect(groupingBy(Entry::partition));
  }
}
