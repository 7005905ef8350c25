import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** What one member of a group is given and reads. */
final class Member implements Ears {
  private static final long PATIENCE_MS = 60_000;

  /** Guards all members, and is told of every change. */
  private static final Object NEWS = new Object();

  private final List<List<Integer>> history = new ArrayList<>(List.of(List.of()));
  private final List<Row> reads = new ArrayList<>();
  private GroupConsumer consumer;
  private ConsumerProcess process;

  /** By a consumer in this process. */
  void join(Session session, Joining joining) {
    consumer = new GroupConsumer(session, joining, this);
  }

  /** By a consumer in a process of its own. */
  void joinByProcess(Joining joining) throws IOException {
    process = new ConsumerProcess(joining, this);
  }

  /** Has its consumer, in this process, do this. */
  void ask(Consumer<KafkaConsumer<String, String>> what) {
    consumer.ask(what);
  }

  /** Closes its consumer, or kills its process. */
  void close() {
    if (consumer != null) consumer.close();
    if (process != null) process.close();
    assigned(List.of());
  }

  /** Every set of partitions that it ever had. */
  List<List<Integer>> history() {
    synchronized (NEWS) {
      return List.copyOf(history);
    }
  }

  List<Integer> partitions() {
    synchronized (NEWS) {
      return history.get(history.size() - 1);
    }
  }

  List<Row> reads() {
    synchronized (NEWS) {
      return List.copyOf(reads);
    }
  }

  @Override
  public void assigned(Collection<Integer> partitions) {
    synchronized (NEWS) {
      history.add(List.copyOf(new TreeSet<>(partitions)));
      NEWS.notifyAll();
    }
  }

  @Override
  public void read(Collection<Row> rows) {
    synchronized (NEWS) {
      reads.addAll(rows);
      NEWS.notifyAll();
    }
  }

  /** Until it holds, which only what members are given and read can change. */
  static void until(BooleanSupplier holds, String what, Collection<Member> members)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    synchronized (NEWS) {
      while (!holds.getAsBoolean()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        Report.expect(left > 0, "it never came to this: " + what + "; but " + members);
        NEWS.wait(left);
      }
    }
  }

  @Override
  public String toString() {
    synchronized (NEWS) {
      return history + ", " + reads.size() + " read";
    }
  }
}
