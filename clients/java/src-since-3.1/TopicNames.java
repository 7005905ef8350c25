import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/** Describing a topic by name, as Admin has called it since 3.1, when topics could also be asked by id. */
final class TopicNames {
  private TopicNames() {}

  static TopicDescription describe(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic);
  }
}
