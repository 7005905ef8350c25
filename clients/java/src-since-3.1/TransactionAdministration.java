import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/** What Admin has for transactions. */
final class TransactionAdministration {
  static final boolean IS_THERE = true;

  private final Session session;
  private final Admin admin;

  TransactionAdministration(Session session, Admin admin) {
    this.session = session;
    this.admin = admin;
  }

  String check() throws Exception {
    try (var ledger = new Ledger(session, admin, "transaction-admin", 1);
        var producer = new Transactional(session, "transaction-admin")) {
      ledger.transaction(producer, Transactional.Fate.COMMIT);
      producer.begin();
      ledger.write(producer, Transactional.Fate.ABORT);
      abortsByPartition(ledger);
      producer.end(Transactional.Fate.ABORT);
      return "list, describe, describe producers, abort, fence; " + fences(ledger, producer);
    }
  }

  private String fences(Ledger ledger, Transactional producer) throws Exception {
    producer.begin();
    ledger.write(producer, Transactional.Fate.ABORT);
    admin.fenceProducers(List.of(ledger.topic)).all().get();
    boolean isFenced = false;
    try {
      producer.end(Transactional.Fate.COMMIT);
    } catch (ProducerFencedException problem) {
      isFenced = true;
    }
    Report.expect(isFenced, "it is not fenced");
    try (var next = new Transactional(session, "transaction-admin")) {
      return ledger.settle(next);
    }
  }

  private void abortsByPartition(Ledger ledger) throws Exception {
    String id = ledger.topic;
    var listed =
        admin.listTransactions().all().get().stream()
            .filter(each -> each.transactionalId().equals(id))
            .map(TransactionListing::state)
            .collect(Collectors.toList());
    Report.expectEqual(List.of(TransactionState.ONGOING), listed, "what is listed");
    var partition = new TopicPartition(id, 0);
    var described = admin.describeTransactions(Set.of(id)).description(id).get();
    Report.expectEqual(Set.of(partition), described.topicPartitions(), "its partitions");
    ProducerState writer = writer(partition);
    Report.expectEqual(described.producerId(), writer.producerId(), "producer id");
    long start = writer.currentTransactionStartOffset().orElse(-1);
    Report.expectEqual(3L, start, "first offset of what is open");
    var spec =
        new AbortTransactionSpec(
            partition,
            writer.producerId(),
            (short) writer.producerEpoch(),
            writer.coordinatorEpoch().orElse(0));
    admin.abortTransaction(spec).all().get();
    boolean isOpen = writer(partition).currentTransactionStartOffset().isPresent();
    Report.expect(!isOpen, "it is open still");
  }

  private ProducerState writer(TopicPartition partition) throws Exception {
    var states = admin.describeProducers(Set.of(partition)).partitionResult(partition).get();
    Report.expectEqual(1, states.activeProducers().size(), "producers");
    return states.activeProducers().get(0);
  }
}
