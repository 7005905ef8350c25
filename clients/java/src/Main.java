import java.util.List;

/** Kafka's own Java client: producer, consumer with assigned partitions and in groups, Admin. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    var report = new Report();
    var session = new Session();
    String topic = session.prefix + "-records";
    String places = session.prefix + "-places";
    try (var admin = session.admin()) {
      var administration = new Administration(session, admin);
      report.check("create-topic", () -> administration.createTopic(topic, 3));

      var groups = new GroupChecks(report, session, admin);
      groups.start(); // beside all the rest, as they mostly wait
      var transactions = new TransactionChecks(report, session, admin);
      transactions.start();

      var writing = new Writing(session, topic, 3);
      report.check("produce-uncompressed", () -> writing.withCodec("none"));
      for (String codec : List.of("gzip", "snappy", "lz4", "zstd")) {
        report.check("produce-" + codec, () -> writing.withCodec(codec));
      }
      for (String acks : List.of("0", "1", "all")) {
        report.check("acks-" + acks, () -> writing.withAcks(acks));
      }
      report.check("keyed", writing::keyed);
      report.check("unkeyed", writing::unkeyed);
      report.check("null-value", writing::nullValue);
      report.check("headers", writing::headers);
      report.check("sizes", writing::sizes);
      report.check("idempotent", writing::idempotent);

      administration.createTopic(places, 1);
      var reading = new Reading(session, places);
      report.check("read-from-earliest", reading::fromEarliest);
      report.check("read-from-latest", reading::fromLatest);
      report.check("read-from-offset", reading::fromOffset);
      report.check("read-from-timestamp", reading::fromTimestamp);

      report.check("compare-all", session::compareAll);
      report.check("metadata", () -> administration.metadata(topic));
      report.check("admin", () -> administration.everythingElse(session.prefix + "-admin"));
      groups.join();
      transactions.join();
    }
    System.exit(report.allOk() ? 0 : 1);
  }
}
