import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** A record as one side of a topic knows it: equal when what was written is what was read. */
record Entry(
    TopicPartition partition, long timestamp, String key, String value, List<String> headers) {

  static Entry written(ProducerRecord<String, String> record, RecordMetadata metadata) {
    var partition = new TopicPartition(metadata.topic(), metadata.partition());
    long timestamp = metadata.timestamp();
    return new Entry(partition, timestamp, record.key(), record.value(), text(record.headers()));
  }

  static Entry read(ConsumerRecord<String, String> record) {
    var partition = new TopicPartition(record.topic(), record.partition());
    long timestamp = record.timestamp();
    return new Entry(partition, timestamp, record.key(), record.value(), text(record.headers()));
  }

  private static List<String> text(Iterable<Header> headers) {
    List<String> lines = new ArrayList<>();
    for (Header header : headers) {
      byte[] value = header.value();
      lines.add(header.key() + (value == null ? " is null" : "=" + new String(value, UTF_8)));
    }
    return lines;
  }
}
