import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** What a producer writes, a consumer that waits at the end of the topic reads. */
final class Writing {
  private final Session session;
  private final String topic;
  private final List<TopicPartition> partitions;

  Writing(Session session, String topic, int partitionCount) {
    this.session = session;
    this.topic = topic;
    this.partitions =
        IntStream.range(0, partitionCount).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  String withCodec(String codec) throws Exception {
    // Much of the same in one batch, so that it is worth compressing.
    Map<String, Object> options = Map.of("compression.type", codec, "linger.ms", 20);
    return roundTrip(codec, options, keyed(codec, 100)).size() + " records";
  }

  String withAcks(String acks) throws Exception {
    Map<String, Object> options = Map.of("acks", acks, "enable.idempotence", false);
    return roundTrip("acks-" + acks, options, keyed("acks " + acks, 50)).size() + " records";
  }

  /** The producer hashes the key's bytes with murmur2; so does this. */
  String keyed() throws Exception {
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      records.add(new ProducerRecord<>(topic, "key " + i % 20, "record " + i));
    }
    List<Entry> read = roundTrip("keyed", Map.of(), records);
    for (Entry entry : read) {
      int hash = Utils.toPositive(Utils.murmur2(entry.key().getBytes(UTF_8)));
      int expected = hash % partitions.size();
      Report.expectEqual(expected, entry.partition().partition(), "partition of " + entry.key());
    }
    return "60 records, 20 keys, " + Session.byPartition(read).size() + " partitions";
  }

  String unkeyed() throws Exception {
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (int i = 0; i < 60; i++) records.add(new ProducerRecord<>(topic, "unkeyed " + i));
    // Small batches: the sticky partitioner moves on with each.
    List<Entry> read = roundTrip("unkeyed", Map.of("batch.size", 100), records);
    Report.expect(read.stream().allMatch(entry -> entry.key() == null), "there is a key");
    return "60 records, " + Session.byPartition(read).size() + " partitions";
  }

  String nullValue() throws Exception {
    List<ProducerRecord<String, String>> records =
        List.of(
            new ProducerRecord<>(topic, 0, "gone", null),
            new ProducerRecord<>(topic, 0, "empty", ""),
            new ProducerRecord<>(topic, 0, null, null));
    List<Entry> read = roundTrip("null-value", Map.of(), records);
    Report.expect(read.get(0).value() == null, "the null value is not null");
    Report.expectEqual("", read.get(1).value(), "the empty value");
    return "a null value, an empty one, and neither key nor value";
  }

  String headers() throws Exception {
    var record = new ProducerRecord<>(topic, "with headers", "value");
    record.headers().add("trace", bytes("a")).add("trace", bytes("b"));
    record.headers().add("empty", bytes("")).add("null", null).add("ünïcode", bytes("…"));
    List<Entry> read = roundTrip("headers", Map.of(), List.of(record));
    List<String> expected = List.of("trace=a", "trace=b", "empty=", "null is null", "ünïcode=…");
    Report.expectEqual(expected, read.get(0).headers(), "headers");
    return String.join(", ", expected);
  }

  String sizes() throws Exception {
    List<Integer> sizes = List.of(1, 100, 10_240, 1_048_576 - 100);
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (int size : sizes) records.add(new ProducerRecord<>(topic, 0, null, "x".repeat(size)));
    List<Entry> read = roundTrip("sizes", Map.of(), records);
    Report.expectEqual(sizes, read.stream().map(entry -> entry.value().length()).toList(), "sizes");
    return sizes.stream().map(size -> size + " B").collect(Collectors.joining(", "));
  }

  String idempotent() throws Exception {
    Map<String, Object> options =
        Map.of("enable.idempotence", true, "acks", "all", "batch.size", 500);
    return roundTrip("idempotent", options, keyed("idempotent", 1000)).size() + " records";
  }

  private List<ProducerRecord<String, String>> keyed(String what, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ProducerRecord<>(topic, "key " + i, what + " record " + i))
        .toList();
  }

  private List<Entry> roundTrip(
      String name, Map<String, Object> options, List<ProducerRecord<String, String>> records)
      throws Exception {
    try (var consumer = session.consumer(name, partitions);
        var producer = session.producer(name, options)) {
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position); // seeking is lazy
      List<Entry> written = session.write(producer, records);
      List<Entry> read = Session.read(consumer, written.size());
      Report.expectEqual(Session.byPartition(written), Session.byPartition(read), "records");
      return read;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
