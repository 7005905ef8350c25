import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A group, its topic, and all that was written to it. */
final class Group implements AutoCloseable {
  static final int PARTITIONS = 6;
  private static final int AT_ONCE = 5;
  private static final long PATIENCE_MS = 20_000;

  final String id;
  final String topic;
  final List<Row> written;
  final List<Member> members = new ArrayList<>();
  private final Session session;
  private final Admin admin;

  private Group(Session session, Admin admin, String id, String topic, List<Row> written) {
    this.session = session;
    this.admin = admin;
    this.id = id;
    this.topic = topic;
    this.written = written;
  }

  /**
   * On a topic of its own, to which is written: so each broker, leader of some of it, has heard of
   * it before anyone joins.
   */
  static Group create(Session session, Admin admin, String name) throws Exception {
    String topic = session.prefix + "-" + name;
    admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 3))).all().get();
    var group = new Group(session, admin, topic, topic, new ArrayList<>());
    group.write();
    return group;
  }

  /** Another one on the same topic; without a suffix the same, with nobody in it. */
  Group another(String suffix) {
    return new Group(session, admin, id + suffix, topic, written);
  }

  Joining joining() {
    return new Joining(id, topic, Joining.Commits.SYNC, Map.of());
  }

  Member join(Joining joining) {
    var member = new Member();
    members.add(member);
    member.join(session, joining);
    return member;
  }

  Member joinByProcess(Joining joining) throws Exception {
    var member = new Member();
    members.add(member);
    member.joinByProcess(joining);
    return member;
  }

  @Override
  public void close() {
    members.forEach(Member::close);
  }

  /** Writes a few records to each partition, and gives these. */
  List<Row> write() throws Exception {
    int first = written.size() / PARTITIONS;
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < PARTITIONS * AT_ONCE; i++) {
      int partition = i % PARTITIONS;
      int offset = first + i / PARTITIONS;
      rows.add(new Row(partition, offset, "key-" + offset, partition + "-" + offset));
    }
    try (var producer = session.producer("groups", Map.of("enable.idempotence", true))) {
      var sent =
          rows.stream()
              .map(row -> new ProducerRecord<>(topic, row.partition(), row.key(), row.value()))
              .map(producer::send)
              .toList();
      for (var each : sent) each.get();
    }
    written.addAll(rows);
    return rows;
  }

  private Stream<Row> reads() {
    return members.stream().flatMap(member -> member.reads().stream());
  }

  /** Until all that was written was read, by whomever; what was read is just that. */
  String allRead() throws InterruptedException {
    var wanted = new TreeSet<>(written);
    Member.until(
        () -> reads().collect(Collectors.toSet()).containsAll(wanted),
        wanted.size() + " records are read",
        members);
    Report.expectEqual(wanted, reads().collect(Collectors.toCollection(TreeSet::new)), "read");
    return wanted.size() + " records";
  }

  /** Writes once more, until all is read. */
  String round() throws Exception {
    write();
    return allRead();
  }

  /**
   * Until each has read what is written to its own partitions. Written to all twice, for a fetch
   * that was under way when a partition moved may still bring the first of it to its last owner.
   */
  void readByOwners() throws Exception {
    round();
    List<Row> rows = write();
    Member.until(
        () -> rows.stream().allMatch(this::isReadByOwner), "everyone reads its own", members);
    allRead();
  }

  private boolean isReadByOwner(Row row) {
    return members.stream()
        .filter(member -> member.partitions().contains(row.partition()))
        .anyMatch(member -> member.reads().contains(row));
  }

  /** Until these have all partitions, each some, and none is two members'. */
  String sharedBy(Member... sharing) throws InterruptedException {
    List<Member> all = List.of(sharing);
    List<Integer> wanted = IntStream.range(0, PARTITIONS).boxed().toList();
    Member.until(
        () ->
            all.stream().noneMatch(member -> member.partitions().isEmpty())
                && all.stream().flatMap(each -> each.partitions().stream()).sorted().toList()
                    .equals(wanted),
        all.size() + " share the partitions",
        all);
    return all.stream().map(member -> "" + member.partitions()).collect(Collectors.joining(" "));
  }

  /** Until the group's offset is this in every partition, asked of Admin. */
  void committedEverywhere(long offset) throws Exception {
    Map<Integer, Long> wanted =
        IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toMap(at -> at, at -> offset));
    until(this::committed, wanted);
  }

  /** The group's offsets, by partition. */
  Map<Integer, Long> committed() throws Exception {
    var offsets = admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata().get();
    return offsets.entrySet().stream()
        .collect(Collectors.toMap(at -> at.getKey().partition(), at -> at.getValue().offset()));
  }

  private static <T> void until(Callable<T> see, T wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    Object seen = see.call();
    while (!wanted.equals(seen) && System.nanoTime() < deadline) {
      Thread.sleep(50);
      seen = see.call();
    }
    Report.expectEqual(wanted, seen, "committed");
  }

  TopicPartition partition(int number) {
    return new TopicPartition(topic, number);
  }
}
