import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.streams.tests.SmokeTestDriver;
import org.apache.kafka.streams.tests.StreamsSmokeTest;

/**
 * The smoke test of Kafka Streams with exactly_once_v2: two instances of its client, of which one
 * ends while data are coming, and its driver, which verifies everything. SmokeTest [ROUNDS
 * [RECORDS]] is one round with 300 records for each key.
 */
public final class SmokeTest {
  private interface End {
    void of(Instance instance) throws Exception;
  }

  private static final int PARTITIONS = 3;
  private static final int KEYS = 10;
  private static final String FAILED = "SMOKE-TEST-CLIENT-EXCEPTION";

  private final String application;
  private final int records;

  private SmokeTest(String name, int records) {
    this.application = System.getenv("TOPIC_PREFIX") + "-" + name;
    this.records = records;
  }

  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    int records = args.length > 1 ? Integer.parseInt(args[1]) : 300;
    var report = new Report();
    for (int round = 1; round <= rounds; round++) {
      String name = "smoke-test" + (round > 1 ? "-" + round : "");
      report.check(name + "-closed", () -> run(name + "-closed", records, SmokeTest::closes));
      report.check(name + "-killed", () -> run(name + "-killed", records, Instance::close));
    }
    System.exit(report.allOk() ? 0 : 1);
  }

  private static String run(String name, int records, End end) throws Exception {
    var test = new SmokeTest(name, records);
    try (var cluster = new Cluster()) {
      cluster.createTopics(List.of(SmokeTestDriver.topics()), PARTITIONS);
      try {
        return test.withTwoInstances(end);
      } finally {
        var own = List.of(SmokeTestDriver.topics());
        cluster.deleteTopics(each -> own.contains(each) || each.startsWith(test.application));
      }
    }
  }

  private String withTwoInstances(End end) throws Exception {
    try (var first = client("first");
        var second = client("second")) {
      first.awaitSaid("REBALANCING -> RUNNING");
      second.awaitSaid("REBALANCING -> RUNNING");
      try (var driver = driver()) {
        first.awaitSaid("records from topic=data");
        driver.awaitSaid(" " + KEYS * records / 2 + " records produced");
        end.of(first);
        Report.expect(!driver.hasSaid("Result Verification"), "it was over before one has ended");
        driver.awaitSaid("Result Verification");
        driver.listen();
        Report.expect(driver.hasSaid("ALL-RECORDS-DELIVERED"), "records are missing");
        Report.expect(driver.hasSaid("SUCCESS"), "the driver found a fault");
      }
      for (var each : List.of(first, second)) Report.expect(!each.hasSaid(FAILED), "a client failed");
    }
    return KEYS + " keys of " + records + " records";
  }

  private Instance client(String name) throws IOException {
    var properties = new Properties();
    properties.put("bootstrap.servers", Cluster.BOOTSTRAP_SERVERS);
    properties.put("application.id", application);
    properties.put("processing.guarantee", "exactly_once_v2");
    properties.put("session.timeout.ms", "6000"); // Kafka's shortest
    Path file = Files.createTempFile(name, ".properties");
    try (var out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return new Instance(name, StreamsSmokeTest.class.getName(), file.toString(), "process");
  }

  private Instance driver() throws IOException {
    String keys = Integer.toString(KEYS);
    return new Instance("driver", "SmokeDriver", application, keys, Integer.toString(records));
  }

  private static void closes(Instance client) throws InterruptedException {
    client.end();
    Report.expect(client.hasSaid("SMOKE-TEST-CLIENT-CLOSED"), "a client did not close");
  }
}
