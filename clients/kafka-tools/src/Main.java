import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Apache Kafka's own command line tools: each must end with 0 and complain about nothing. */
public final class Main {
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  private Main() {}

  public static void main(String[] args) throws Exception {
    ToolProcess.takeOverJvm();
    var tools = new Tools(Path.of(args[0]));
    var console = new Console(tools);
    String prefix = System.getenv("TOPIC_PREFIX");
    Map<String, Map<Integer, List<String>>> journal = new TreeMap<>();
    var report = new Report();

    var administration = new Administration(tools, console);
    report.check("create-topic", () -> administration.createTopic(prefix + "-created"));

    var groups = new Groups(report, tools, prefix);
    groups.start(); // beside all the rest, as they mostly wait
    var transactions = new Transactions(report, tools, prefix);
    transactions.start();

    var records = new Records(console, prefix, journal);
    for (String codec : CODECS) {
      String check = "produce-" + (codec.equals("none") ? "uncompressed" : codec);
      report.check(check, () -> records.codec(codec));
    }
    for (String acks : List.of("0", "1", "all")) {
      report.check("acks-" + acks, () -> records.acks(acks));
    }
    report.check("keyed", records::keyed);
    report.check("unkeyed", records::unkeyed);
    report.check("null-value", records::nullValue);
    report.check("headers", records::headers);
    report.check("sizes", records::sizes);
    report.check("idempotent", records::idempotent);

    var places = new Places(tools, prefix + "-places", journal);
    report.check("read-from-earliest", places::fromEarliest);
    report.check("read-from-offset", places::fromOffset);
    report.check("read-from-timestamp", places::fromTimestamp);
    report.check("read-from-latest", places::fromLatest);

    var others = new Others(tools, console, prefix, journal);
    report.check("producer-perf-test", others::producerPerfTest);
    report.check("dump-log", () -> others.dumpLog(CODECS));
    report.check("features", others::features);

    var replicas = new Replicas(tools, console, prefix + "-replicas");
    report.check("reassign-partitions", replicas::reassignPartitions);
    report.check("leader-election", replicas::leaderElection);
    report.check("log-dirs", replicas::logDirs);

    report.check("compare-all", () -> console.compare(journal));
    report.check("metadata", () -> administration.metadata(prefix + "-created"));
    report.check("admin", () -> administration.everythingElse(prefix + "-admin"));
    groups.join();
    transactions.join();
    System.exit(report.allOk() ? 0 : 1);
  }
}
