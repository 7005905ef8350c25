import java.time.Duration;
import org.apache.kafka.streams.tests.SmokeTestDriver;

/** Kafka's driver: writes the data, and verifies what the instances have made of it. */
public final class SmokeDriver {
  private SmokeDriver() {}

  public static void main(String[] args) throws Exception {
    String application = args[0];
    int keys = Integer.parseInt(args[1]);
    int records = Integer.parseInt(args[2]);
    String kafka = Cluster.BOOTSTRAP_SERVERS;
    var data = SmokeTestDriver.generate(kafka, keys, records, Duration.ofMillis(3L * keys * records));
    // It compares last stable offsets with ends that it has asked for before: nothing may move.
    try (var cluster = new Cluster()) {
      Cluster.until("all is read", () -> cluster.hasReadAll(application));
    }
    SmokeTestDriver.verify(kafka, data, records, true);
  }
}
