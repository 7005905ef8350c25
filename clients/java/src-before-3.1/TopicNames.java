import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/** Describing a topic by name, as Admin called it before 3.1; since 4.0 the name is gone. */
final class TopicNames {
  private TopicNames() {}

  static TopicDescription describe(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(Set.of(topic)).all().get().get(topic);
  }
}
