import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A topic, all that is written to it in transactions, and two who read it from its start. */
final class Ledger implements AutoCloseable {
  private record Written(Row row, Transactional.Fate fate) {}

  final String topic;
  final Member committed;
  final Member uncommitted;
  private final int partitions;
  private final List<Written> all = new ArrayList<>();

  Ledger(Session session, Admin admin, String name, int partitions) throws Exception {
    topic = session.prefix + "-" + name;
    this.partitions = partitions;
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 3))).all().get();
    committed = read(session, "read_committed");
    uncommitted = read(session, "read_uncommitted");
  }

  private Member read(Session session, String isolation) {
    var joining = new Joining(topic + "-" + isolation, topic, Joining.Commits.SYNC, Map.of());
    var member = new Member();
    member.join(session, joining.with("isolation.level", isolation));
    return member;
  }

  @Override
  public void close() {
    committed.close();
    uncommitted.close();
  }

  /** Two rows for each partition, which have no offsets yet. */
  List<Row> batch() {
    List<Row> rows = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      for (String key : List.of("a", "b")) {
        rows.add(new Row(partition, -1, key, "row-" + all.size() + "-" + partition + key));
      }
    }
    return rows;
  }

  /** Writes in the open transaction of a producer, of which is known how it will end. */
  List<Row> write(Transactional producer, Transactional.Fate fate) throws Exception {
    return write(producer, fate, batch());
  }

  List<Row> write(Transactional producer, Transactional.Fate fate, List<Row> rows)
      throws Exception {
    List<Row> written = producer.send(topic, rows);
    written.forEach(row -> all.add(new Written(row, fate)));
    return written;
  }

  void transaction(Transactional producer, Transactional.Fate fate) throws Exception {
    producer.begin();
    write(producer, fate);
    producer.end(fate);
  }

  /** Until somebody has read these rows, which are the last of all. */
  void untilRead(Member reader, List<Row> rows) throws InterruptedException {
    Member.until(
        () -> reader.reads().containsAll(rows), rows.size() + " are read", List.of(reader));
  }

  /** A last transaction: when both have read it, they have read just what they should. */
  String settle(Transactional producer) throws Exception {
    producer.begin();
    List<Row> last = write(producer, Transactional.Fate.COMMIT);
    producer.end(Transactional.Fate.COMMIT);
    for (Member reader : List.of(committed, uncommitted)) untilRead(reader, last);
    for (int partition = 0; partition < partitions; partition++) compare(partition);
    long aborted = all.stream().filter(each -> each.fate == Transactional.Fate.ABORT).count();
    return all.size() + " records, " + aborted + " of them aborted";
  }

  private void compare(int partition) {
    List<Written> written =
        all.stream().filter(each -> each.row.partition() == partition).toList();
    List<Row> rows = written.stream().map(Written::row).toList();
    Report.expectEqual(rows, readIn(uncommitted, partition), "read uncommitted");
    List<Row> counting =
        written.stream()
            .filter(each -> each.fate == Transactional.Fate.COMMIT)
            .map(Written::row)
            .toList();
    Report.expectEqual(counting, readIn(committed, partition), "read committed");
  }

  /** What was read of a partition, in that order; what a rebalance brought again, once. */
  static List<Row> readIn(Member reader, int partition) {
    Map<Long, Row> rows =
        reader.reads().stream()
            .filter(row -> row.partition() == partition)
            .collect(
                Collectors.toMap(Row::offset, row -> row, (a, b) -> a, LinkedHashMap::new));
    return List.copyOf(rows.values());
  }
}
