import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** A producer with a transactional id, initialized. */
final class Transactional implements AutoCloseable {
  /** How a transaction is to end. */
  enum Fate {
    COMMIT,
    ABORT
  }

  private final Producer<String, String> producer;

  Transactional(Session session, String transactionalId) {
    String id = session.prefix + "-" + transactionalId;
    producer = session.producer(transactionalId, Map.of("transactional.id", id));
    producer.initTransactions();
  }

  void begin() {
    producer.beginTransaction();
  }

  /** Gives the rows with their offsets, when all are acknowledged. */
  List<Row> send(String topic, List<Row> rows) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Row row : rows) {
      sent.add(
          producer.send(new ProducerRecord<>(topic, row.partition(), row.key(), row.value())));
    }
    producer.flush();
    List<Row> written = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      written.add(new Row(row.partition(), sent.get(i).get().offset(), row.key(), row.value()));
    }
    return written;
  }

  /** What is behind these rows of a group's topic is what its next member is to read. */
  void sendOffsets(Group group, List<Row> rows, ConsumerGroupMetadata metadata) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Row row : rows) {
      offsets.put(group.partition(row.partition()), new OffsetAndMetadata(row.offset() + 1));
    }
    producer.sendOffsetsToTransaction(offsets, metadata);
  }

  void end(Fate fate) {
    if (fate == Fate.COMMIT) producer.commitTransaction();
    else producer.abortTransaction();
  }

  @Override
  public void close() {
    producer.close();
  }
}
