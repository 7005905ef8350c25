import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** One partition, its records a second apart, read from different places. */
final class Reading {
  private static final int COUNT = 10;

  private final Session session;
  private final TopicPartition partition;
  private final List<TopicPartition> partitions;
  private final long firstTimestamp = System.currentTimeMillis() - 60_000;

  Reading(Session session, String topic) {
    this.session = session;
    this.partition = new TopicPartition(topic, 0);
    this.partitions = List.of(partition);
  }

  String fromEarliest() throws Exception {
    write(0, COUNT);
    try (var consumer = session.consumer("earliest", partitions)) {
      consumer.seekToBeginning(partitions);
      Report.expectEqual(from(0), Session.read(consumer, COUNT), "records");
      return COUNT + " records";
    }
  }

  String fromLatest() throws Exception {
    try (var consumer = session.consumer("latest", partitions)) {
      consumer.seekToEnd(partitions);
      Report.expectEqual((long) COUNT, consumer.position(partition), "position at the end");
      write(COUNT, 3);
      Report.expectEqual(from(COUNT), Session.read(consumer, 3), "records");
      return "3 records written later, none of the " + COUNT + " before";
    }
  }

  String fromOffset() throws Exception {
    return "from offset 4: " + readFrom("offset", 4) + " records";
  }

  String fromTimestamp() throws Exception {
    try (var consumer = session.consumer("times", partitions)) {
      for (long timestamp : List.of(firstTimestamp + 6_001, firstTimestamp + 7_000)) {
        var found = consumer.offsetsForTimes(Map.of(partition, timestamp)).get(partition);
        Report.expectEqual(7L, found.offset(), "offset found");
        Report.expectEqual(firstTimestamp + 7_000, found.timestamp(), "timestamp found");
      }
      var tooLate = Map.of(partition, firstTimestamp + 60_000);
      Report.expect(consumer.offsetsForTimes(tooLate).get(partition) == null, "found too late");
      return "found offset 7: " + readFrom("timestamp", 7) + " records";
    }
  }

  private int readFrom(String name, int offset) {
    try (var consumer = session.consumer(name, partitions)) {
      consumer.seek(partition, offset);
      List<Entry> expected = from(offset);
      Report.expectEqual(expected, Session.read(consumer, expected.size()), "records");
      return expected.size();
    }
  }

  private List<Entry> from(int offset) {
    List<Entry> all = session.journal.get(partition);
    return all.subList(offset, all.size());
  }

  private void write(int firstOffset, int count) throws Exception {
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (int i = firstOffset; i < firstOffset + count; i++) {
      long timestamp = firstTimestamp + i * 1000L;
      records.add(new ProducerRecord<>(partition.topic(), 0, timestamp, "key", "record " + i));
    }
    try (var producer = session.producer("places", Map.of())) {
      session.write(producer, records);
    }
  }
}
