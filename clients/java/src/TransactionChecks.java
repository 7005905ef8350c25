import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.errors.ProducerFencedException;

/** The checks of transactions, some beside each other. */
final class TransactionChecks {
  private static final Transactional.Fate COMMIT = Transactional.Fate.COMMIT;
  private static final Transactional.Fate ABORT = Transactional.Fate.ABORT;

  private final Report report;
  private final Session session;
  private final Admin admin;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  TransactionChecks(Report report, Session session, Admin admin) {
    this.report = report;
    this.session = session;
    this.admin = admin;
  }

  void start() {
    running.add(threads.submit(this::onOneTopic));
    start("transaction-offsets", this::offsets);
    start("transaction-consume-transform-produce", this::consumeTransformProduce);
    var administration = new TransactionAdministration(session, admin);
    if (TransactionAdministration.IS_THERE) start("transaction-admin", administration::check);
    else report.lacks("transaction-admin", "this version has no administration of transactions");
  }

  private void start(String name, Report.Check check) {
    running.add(threads.submit(() -> report.check(name, check)));
  }

  void join() throws Exception {
    for (var each : running) each.get();
    threads.shutdown();
  }

  private Transactional producer(String name) {
    return new Transactional(session, "transactions-" + name);
  }

  /** One after the other, as all write to one topic. */
  private Void onOneTopic() throws Exception {
    try (var ledger = new Ledger(session, admin, "transactions", 3)) {
      report.check("transaction-commit", () -> committed(ledger));
      report.check("transaction-abort", () -> aborted(ledger));
      report.check("transaction-isolation", () -> isolated(ledger));
      report.check("transaction-fencing", () -> fenced(ledger));
    }
    return null;
  }

  private String committed(Ledger ledger) throws Exception {
    try (var only = producer("only")) {
      for (int i = 0; i < 3; i++) ledger.transaction(only, COMMIT);
      return ledger.settle(only);
    }
  }

  private String aborted(Ledger ledger) throws Exception {
    try (var a = producer("a");
        var b = producer("b")) {
      for (var fate : List.of(COMMIT, ABORT, COMMIT, ABORT)) ledger.transaction(a, fate);
      a.begin();
      ledger.write(a, ABORT);
      b.begin();
      ledger.write(b, COMMIT);
      ledger.write(a, ABORT);
      a.end(ABORT);
      ledger.write(b, COMMIT);
      b.end(COMMIT);
      return ledger.settle(a);
    }
  }

  private String isolated(Ledger ledger) throws Exception {
    try (var open = producer("open");
        var other = producer("other")) {
      int before = ledger.committed.reads().size();
      open.begin();
      ledger.write(open, COMMIT);
      other.begin();
      List<Row> behind = ledger.write(other, COMMIT);
      other.end(COMMIT);
      ledger.untilRead(ledger.uncommitted, behind);
      Report.expectEqual(before, ledger.committed.reads().size(), "records read committed");
      open.end(COMMIT);
      return ledger.settle(open);
    }
  }

  private String fenced(Ledger ledger) throws Exception {
    try (var first = producer("twice");
        var second = fencing(first, ledger)) {
      ledger.transaction(second, COMMIT);
      String said = "nothing";
      try {
        first.end(COMMIT);
      } catch (ProducerFencedException problem) {
        said = problem.getClass().getSimpleName();
      }
      Report.expectEqual("ProducerFencedException", said, "what the first is told");
      return ledger.settle(second) + "; the first is told " + said;
    }
  }

  private Transactional fencing(Transactional first, Ledger ledger) throws Exception {
    first.begin();
    ledger.write(first, ABORT);
    return producer("twice");
  }

  private String offsets() throws Exception {
    try (var group = Group.create(session, admin, "transaction-offsets");
        var ledger = new Ledger(session, admin, "transaction-offsets-output", 1);
        var producer = new Transactional(session, "transaction-offsets")) {
      var member = group.join(group.joining().with(Joining.Commits.TOLD));
      group.allRead();
      var metadata = Processor.metadata(member);
      transaction(ledger, group, 1, metadata, producer, ABORT);
      Report.expectEqual(Map.of(), group.committed(), "offsets of the aborted one");
      transaction(ledger, group, 2, metadata, producer, COMMIT);
      group.committedEverywhere(3);
      ledger.settle(producer);
    }
    return "none of the aborted one, 3 of the committed one in each partition";
  }

  /** With the offsets behind this one in each partition. */
  private static void transaction(
      Ledger ledger,
      Group group,
      long offset,
      ConsumerGroupMetadata metadata,
      Transactional producer,
      Transactional.Fate fate)
      throws Exception {
    producer.begin();
    ledger.write(producer, fate);
    var rows = group.written.stream().filter(row -> row.offset() == offset).toList();
    producer.sendOffsets(group, rows, metadata);
    producer.end(fate);
  }

  private String consumeTransformProduce() throws Exception {
    try (var group = Group.create(session, admin, "to-transform");
        var ledger = new Ledger(session, admin, "transformed", Group.PARTITIONS)) {
      group.write();
      int total = group.written.size();
      try (var first = new Processor(session, group, ledger)) {
        first.work(20);
        first.settle();
        first.leaveOne();
        try (var second = new Processor(session, group, ledger)) {
          second.settle(); // what was open is aborted
          second.work(total - first.done());
          String seen = second.settle();
          for (int partition = 0; partition < Group.PARTITIONS; partition++) {
            compare(group, ledger, partition);
          }
          group.committedEverywhere(10);
          return first.done() + " of " + total + " by the first; " + seen;
        }
      }
    }
  }

  private static void compare(Group group, Ledger ledger, int partition) {
    var wanted =
        group.written.stream()
            .filter(row -> row.partition() == partition)
            .map(Processor::transformed)
            .toList();
    var results =
        Ledger.readIn(ledger.committed, partition).stream()
            .filter(row -> row.key().startsWith("key"))
            .map(row -> new Row(partition, -1, row.key(), row.value()))
            .toList();
    Report.expectEqual(wanted, results, "results");
  }
}
