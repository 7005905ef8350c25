import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/** Reads a group's topic and writes what it makes of it, with its offsets in the same transaction. */
final class Processor implements AutoCloseable {
  private static final int AT_MOST = 10;

  private final Group group;
  private final Ledger ledger;
  private final Transactional producer;
  private final Member member;

  /** By partition, behind what it has taken; a rebalance may bring a row again. */
  private final Map<Integer, Long> next = new HashMap<>();

  private int done;

  Processor(Session session, Group group, Ledger ledger) {
    this.group = group;
    this.ledger = ledger;
    producer = new Transactional(session, "processor");
    var joining = group.joining().with(Joining.Commits.TOLD);
    member = group.join(joining.with("isolation.level", "read_committed"));
  }

  static Row transformed(Row row) {
    return new Row(row.partition(), -1, row.key(), row.value() + "-transformed");
  }

  /** How many rows it has committed. */
  int done() {
    return done;
  }

  /** Until it has committed so many. What it has done first is aborted, and done again. */
  void work(int count) throws Exception {
    var fates = List.of(Transactional.Fate.ABORT, Transactional.Fate.COMMIT);
    while (done < count) {
      List<Row> rows = take();
      for (var fate : fates) {
        transform(rows, fate);
        producer.end(fate);
      }
      done += rows.size();
      fates = List.of(Transactional.Fate.COMMIT);
    }
  }

  /** One more transaction that it does not end, and then it is gone. */
  void leaveOne() throws Exception {
    transform(take(), Transactional.Fate.ABORT);
    member.close();
  }

  private void transform(List<Row> rows, Transactional.Fate fate) throws Exception {
    producer.begin();
    ledger.write(producer, fate, rows.stream().map(Processor::transformed).toList());
    producer.sendOffsets(group, rows, metadata(member));
  }

  /** What the consumer says of itself and its group. */
  static ConsumerGroupMetadata metadata(Member member) {
    var metadata = new AtomicReference<ConsumerGroupMetadata>();
    member.ask(consumer -> metadata.set(consumer.groupMetadata()));
    return metadata.get();
  }

  /** Some rows that it has read and not taken yet. */
  private List<Row> take() throws InterruptedException {
    Member.until(() -> !fresh().isEmpty(), "there is more to read", List.of(member));
    List<Row> rows = fresh().stream().limit(AT_MOST).toList();
    rows.forEach(row -> next.put(row.partition(), row.offset() + 1));
    return rows;
  }

  private List<Row> fresh() {
    return member.reads().stream()
        .filter(row -> row.offset() >= next.getOrDefault(row.partition(), 0L))
        .toList();
  }

  String settle() throws Exception {
    return ledger.settle(producer);
  }

  @Override
  public void close() {
    producer.close();
  }
}
