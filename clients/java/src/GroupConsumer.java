import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

/** A consumer in a group, and the thread that alone uses it. */
final class GroupConsumer implements ConsumerRebalanceListener, AutoCloseable {
  private final Joining joining;
  private final Ears ears;
  private final KafkaConsumer<String, String> consumer;
  private final Set<Integer> owned = new TreeSet<>();
  private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> running;
  private volatile boolean isOpen = true;

  GroupConsumer(Session session, Joining joining, Ears ears) {
    this.joining = joining;
    this.ears = ears;
    consumer = session.member(joining.consumerConfigs());
    running = CompletableFuture.runAsync(this::run, work -> new Thread(work).start());
  }

  private void run() {
    try (consumer) {
      consumer.subscribe(List.of(joining.topic()), this);
      while (isOpen) {
        poll();
        for (var each = asked.poll(); each != null; each = asked.poll()) each.run();
      }
    }
  }

  private void poll() {
    List<Row> rows = new ArrayList<>();
    for (var record : consumer.poll(Duration.ofMillis(100))) {
      rows.add(new Row(record.partition(), record.offset(), record.key(), record.value()));
    }
    if (rows.isEmpty()) return;
    ears.read(rows);
    if (joining.commits() == Joining.Commits.ASYNC) consumer.commitAsync();
    if (joining.commits() == Joining.Commits.SYNC) commit();
  }

  private void commit() {
    try {
      consumer.commitSync();
    } catch (CommitFailedException | RebalanceInProgressException rebalance) {
      // Whoever has the partition now reads from the last commit on.
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> owned.add(partition.partition()));
    ears.assigned(owned);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (joining.commits() == Joining.Commits.REVOKED) consumer.commitSync();
    partitions.forEach(partition -> owned.remove(partition.partition()));
    ears.assigned(owned);
  }

  /** Has its thread do this between two polls, and waits until it is done. */
  void ask(Consumer<KafkaConsumer<String, String>> what) {
    var done = new CompletableFuture<Void>();
    asked.add(
        () -> {
          try {
            what.accept(consumer);
            done.complete(null);
          } catch (RuntimeException problem) {
            done.completeExceptionally(problem);
          }
        });
    done.join();
  }

  @Override
  public void close() {
    isOpen = false;
    running.join();
  }
}
