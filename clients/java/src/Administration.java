import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** What Admin makes, shows, changes and takes away. */
final class Administration {
  private final Session session;
  private final Admin admin;

  Administration(Session session, Admin admin) {
    this.session = session;
    this.admin = admin;
  }

  String createTopic(String topic, int partitions) throws Exception {
    var configs = Map.of("retention.ms", "86400000");
    create(new NewTopic(topic, partitions, (short) 3).configs(configs), new CreateTopicsOptions());
    var description = until(() -> TopicNames.describe(admin, topic), Administration::isInSync);
    Report.expectEqual(partitions, description.partitions().size(), "partitions");
    untilConfig(topic, "retention.ms", "86400000");
    return partitions + " partitions, 3 replicas, retention.ms=86400000";
  }

  String metadata(String topic) throws Exception {
    var cluster = admin.describeCluster();
    Set<String> brokers =
        cluster.nodes().get().stream()
            .map(node -> node.host() + ":" + node.port())
            .collect(Collectors.toSet());
    Report.expectEqual(Set.of(System.getenv("BOOTSTRAP_SERVERS").split(",")), brokers, "brokers");
    Node controller = cluster.controller().get();
    Report.expect(cluster.nodes().get().contains(controller), "the controller is no broker");
    Map<Integer, Node> leaders =
        TopicNames.describe(admin, topic).partitions().stream()
            .collect(Collectors.toMap(at -> at.partition(), at -> at.leader()));
    try (var producer = session.producer("metadata", Map.of())) {
      for (var at : producer.partitionsFor(topic)) {
        Report.expectEqual(leaders.get(at.partition()), at.leader(), "leader");
        Report.expectEqual(3, at.inSyncReplicas().length, "replicas in sync");
      }
    }
    var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures().keySet();
    return "cluster " + cluster.clusterId().get() + ", 3 brokers, 3 leaders, features " + features;
  }

  String everythingElse(String topic) throws Exception {
    NewTopic newTopic = new NewTopic(topic, 1, (short) 3);
    create(newTopic, new CreateTopicsOptions().validateOnly(true));
    create(newTopic, new CreateTopicsOptions());
    Throwable problem = failure(() -> create(newTopic, new CreateTopicsOptions()));
    Report.expect(problem instanceof TopicExistsException, "a second time: " + problem);
    until(() -> TopicNames.describe(admin, topic), Administration::isInSync);

    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
    until(() -> TopicNames.describe(admin, topic), seen -> seen.partitions().size() == 3);

    alterConfig(topic, new AlterConfigOp(new ConfigEntry("segment.bytes", "2097152"), OpType.SET));
    untilConfig(topic, "segment.bytes", "2097152");
    alterConfig(topic, new AlterConfigOp(new ConfigEntry("segment.bytes", ""), OpType.DELETE));
    untilConfig(topic, "segment.bytes", "1073741824");

    deleteRecords(new TopicPartition(topic, 0));

    admin.deleteTopics(Set.of(topic)).all().get();
    until(() -> admin.listTopics().names().get(), names -> !names.contains(topic));
    return "validate, create, list, delete topics; create partitions; configs; delete, list offsets";
  }

  private void deleteRecords(TopicPartition partition) throws Exception {
    try (var producer = session.producer("admin", Map.of("acks", "all"))) {
      IntStream.range(0, 5)
          .forEach(i -> producer.send(new ProducerRecord<>(partition.topic(), 0, null, "x" + i)));
    }
    var before = Map.of(partition, RecordsToDelete.beforeOffset(3));
    var deleted = admin.deleteRecords(before).lowWatermarks().get(partition).get();
    Report.expectEqual(3L, deleted.lowWatermark(), "low watermark");
    Report.expectEqual(3L, offset(partition, OffsetSpec.earliest()), "earliest offset");
    Report.expectEqual(5L, offset(partition, OffsetSpec.latest()), "latest offset");
  }

  private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
    return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
  }

  private Object create(NewTopic topic, CreateTopicsOptions options) throws Exception {
    return admin.createTopics(Set.of(topic), options).all().get();
  }

  private void alterConfig(String topic, AlterConfigOp change) throws Exception {
    Collection<AlterConfigOp> changes = Set.of(change);
    admin.incrementalAlterConfigs(Map.of(resource(topic), changes)).all().get();
  }

  private void untilConfig(String topic, String name, String value) throws Exception {
    var resource = resource(topic);
    until(
        () -> admin.describeConfigs(Set.of(resource)).all().get().get(resource).get(name).value(),
        value::equals);
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static boolean isInSync(TopicDescription topic) {
    return topic.partitions().stream().allMatch(at -> at.isr().size() == 3);
  }

  private static Throwable failure(Callable<?> call) throws Exception {
    try {
      call.call();
      return null;
    } catch (ExecutionException problem) {
      return problem.getCause();
    }
  }

  /** Brokers learn of a change one after the other: asks again until it is seen. */
  private static <T> T until(Callable<T> see, Predicate<T> isSo) throws Exception {
    Object last = null;
    for (int attempt = 0; attempt < 400; attempt++) {
      try {
        T seen = see.call();
        if (isSo.test(seen)) return seen;
        last = seen;
      } catch (ExecutionException problem) {
        if (!(problem.getCause() instanceof RetriableException)) throw problem;
        last = problem;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("after 20 s still " + last);
  }
}
