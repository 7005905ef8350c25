import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** What an admin does for the programs, and the waiting for what comes about by itself. */
final class Cluster implements AutoCloseable {
  interface Condition {
    boolean holds() throws Exception;
  }

  static final String BOOTSTRAP_SERVERS = System.getenv("BOOTSTRAP_SERVERS");

  private static final long PATIENCE_NS = 120_000_000_000L;
  private static final long PAUSE_MS = 50;

  final Admin admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP_SERVERS));

  /** Asks again and again, as a broker does not tell; ends with an error after two minutes. */
  static void until(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NS;
    while (!condition.holds()) {
      Report.expect(System.nanoTime() < deadline, "two minutes have passed until " + what);
      Thread.sleep(PAUSE_MS);
    }
  }

  /** Those that were deleted a moment ago may still be there for another. */
  void createTopics(Collection<String> names, int partitions) throws Exception {
    var topics = names.stream().map(name -> new NewTopic(name, partitions, (short) 3)).toList();
    until("the topics can be created", () -> isCreated(topics));
  }

  private boolean isCreated(List<NewTopic> topics) throws Exception {
    try {
      admin.createTopics(topics).all().get();
      return true;
    } catch (ExecutionException problem) {
      if (problem.getCause() instanceof TopicExistsException) return false;
      throw problem;
    }
  }

  Set<String> topics(Predicate<String> wanted) throws Exception {
    return admin.listTopics().names().get().stream().filter(wanted).collect(Collectors.toSet());
  }

  void deleteTopics(Predicate<String> wanted) throws Exception {
    admin.deleteTopics(topics(wanted)).all().get();
  }

  /** Whether a group has committed the end of every partition in which it has an offset. */
  boolean hasReadAll(String group) throws Exception {
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    var ends = offsets(committed.keySet(), OffsetSpec.latest());
    return committed.entrySet().stream()
        .allMatch(each -> each.getValue().offset() == ends.get(each.getKey()).offset());
  }

  Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Collection<TopicPartition> partitions, OffsetSpec which) throws Exception {
    var wanted = partitions.stream().collect(Collectors.toMap(each -> each, each -> which));
    return admin.listOffsets(wanted).all().get();
  }

  @Override
  public void close() {
    admin.close();
  }
}
