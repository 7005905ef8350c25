import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/** The checks of transactions. What is to be open is opened by a producer, as no tool leaves one so. */
final class Transactions {
  private static final String VERIFICATION = "transaction.partition.verification.enable";

  /** One that no coordinator has given away. */
  private static final long PRODUCER_ID = 1L << 40;

  // As __transaction_state has them.
  private static final int EMPTY = 0;
  private static final int ONGOING = 1;
  private static final int PREPARE_COMMIT = 2;
  private static final int COMPLETE_COMMIT = 4;

  private final Report report;
  private final Tools tools;
  private final Console console;
  private final String prefix;

  /** Few at once: a tool is loaded anew for each run, and that is work. */
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  private final List<Future<?>> running = new ArrayList<>();

  Transactions(Report report, Tools tools, String prefix) {
    this.report = report;
    this.tools = tools;
    this.prefix = prefix;
    console = new Console(tools);
  }

  void start() {
    report.lacks("transaction-offsets", "no tool has more than consumes, transforms and produces");
    var copying = new Copying(tools, console, prefix + "-copied");
    start("transaction-consume-transform-produce", copying::check);
    start("transaction-commit", this::producerPerfTest);
    running.add(threads.submit(this::open));
    start("transaction-fencing", this::forceTerminate);
    start("transaction-hanging", this::hanging);
    start("transaction-version", this::version);
  }

  private void start(String name, Report.Check check) {
    running.add(threads.submit(() -> report.check(name, check)));
  }

  void join() throws Exception {
    for (var each : running) each.get();
    threads.shutdown();
  }

  private String producerPerfTest() throws Exception {
    String topic = prefix + "-transactions";
    console.create(topic, 3);
    perfTest(topic);
    for (String isolation : List.of("read_committed", "read_uncommitted")) {
      String line = "console-consumer --from-beginning --max-messages 500 --timeout-ms 60000";
      String how = " --topic " + topic + " --isolation-level " + isolation;
      var reading = tools.start(line + how, "");
      List<String> values = Console.finish(reading, 500).stream().sorted().toList();
      List<String> wanted = IntStream.range(0, 500).mapToObj(i -> "" + i).sorted().toList();
      Report.expectEqual(wanted, values, isolation);
    }
    report.check("transaction-state-topic", () -> stateTopic(topic));
    return "kafka-producer-perf-test in transactions, 500 records";
  }

  /** Writes 500 records in transactions of twenty milliseconds. */
  private void perfTest(String topic) throws Exception {
    String what = " --payload-monotonic --num-records 500 --throughput 1000";
    String how = " --transactional-id " + topic + " --transaction-duration-ms 20";
    List<String> said = tools.run("producer-perf-test --topic " + topic + what + how);
    Report.expect(said.get(said.size() - 1).startsWith("500 records sent"), "" + said);
  }

  /** What the coordinator keeps of a transactional id, by the formatter for its own topic. */
  private String stateTopic(String transactionalId) throws Exception {
    int partitions = console.offsets("__transaction_state", "latest").size();
    int partition = Utils.abs(transactionalId.hashCode()) % partitions;
    String place = "console-consumer --topic __transaction_state --partition " + partition;
    String formatter = "org.apache.kafka.tools.consumer.TransactionLogMessageFormatter";
    String line = place + " --offset earliest --timeout-ms 2000 --formatter " + formatter;
    String said = tools.start(line, "").waitFor().out();
    List<String> states = new ArrayList<>();
    for (String kept : said.split("(?=\\{\"key\")")) {
      if (kept.contains("\"" + transactionalId + "\"")) states.add(kept);
    }
    for (int status : List.of(EMPTY, ONGOING, PREPARE_COMMIT, COMPLETE_COMMIT)) {
      String has = "\"transactionStatus\":" + status + ",";
      Report.expect(states.stream().anyMatch(each -> each.contains(has)), has + " not in " + states);
    }
    return "TransactionLogMessageFormatter";
  }

  /** A producer with this transactional id, initialized. */
  private static Producer<String, String> producer(String transactionalId) {
    Map<String, Object> configs =
        Map.of(
            "bootstrap.servers", System.getenv("BOOTSTRAP_SERVERS"),
            "client.id", transactionalId,
            "transactional.id", transactionalId);
    var strings = new StringSerializer();
    var producer = new KafkaProducer<String, String>(configs, strings, strings);
    producer.initTransactions();
    return producer;
  }

  /** An open transaction, that kafka-transactions shows and aborts. */
  private Void open() throws Exception {
    String topic = prefix + "-open";
    console.create(topic, 1);
    try (var producer = producer(topic)) {
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "open")).get();
      console.produce(topic, List.of("behind"), "");
      report.check("transaction-isolation", () -> isolation(topic));
      report.check("transaction-admin", () -> administer(topic));
      report.check("transaction-abort", () -> abort(topic));
      producer.abortTransaction();
    }
    return null;
  }

  private String isolation(String topic) throws Exception {
    List<String> all = List.of("open", "behind");
    Report.expectEqual(all, console.values(topic, 0, 2, "read_uncommitted"), "uncommitted");
    String line = "console-consumer --from-beginning --timeout-ms 1000 --topic " + topic;
    var process = tools.start(line + " --isolation-level read_committed", "");
    Report.expectEqual("", process.waitFor().out(), "what is read committed");
    return "what is open and what is behind it are read uncommitted only";
  }

  private String administer(String topic) throws Exception {
    List<String> listed = transactions("list", topic);
    Report.expectEqual("Ongoing", listed.get(3), "state of what is listed");
    List<String> described = transactions("describe --transactional-id " + topic, topic);
    Report.expectEqual(topic + "-0", described.get(described.size() - 1), "partitions");
    String producerId = listed.get(2);
    var writer = transactions("describe-producers --partition 0 --topic " + topic, producerId);
    Report.expectEqual("0", writer.get(5), "first offset");
    return "list, describe, describe-producers";
  }

  private String abort(String topic) throws Exception {
    transactions("abort --partition 0 --start-offset 0 --topic " + topic, "");
    Report.expectEqual(
        List.of("behind"), console.values(topic, 0, 1, "read_committed"), "what is committed");
    return "kafka-transactions abort; read committed is what was behind";
  }

  private String forceTerminate() throws Exception {
    String topic = prefix + "-terminated";
    console.create(topic, 1);
    try (var producer = producer(topic)) {
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, "open")).get();
      tools.runCommand("transactions", "forceTerminateTransaction --transactionalId " + topic);
      boolean isFenced = false;
      try {
        producer.commitTransaction();
      } catch (ProducerFencedException problem) {
        isFenced = true;
      }
      Report.expect(isFenced, "its producer is not fenced");
    }
    console.produce(topic, List.of("behind"), "");
    List<String> values = console.values(topic, 0, 1, "read_committed");
    Report.expectEqual(List.of("behind"), values, "what is committed");
    return "kafka-transactions forceTerminateTransaction";
  }

  /** Without verification a partition takes what no coordinator will ever end. */
  private String hanging() throws Exception {
    String topic = prefix + "-hanging";
    console.create(topic, 1);
    String cluster = "configs --alter --entity-type brokers --entity-default";
    tools.run(cluster + " --add-config " + VERIFICATION + "=false");
    long anHourAgo = System.currentTimeMillis() - 3_600_000;
    Tools.until(
        () -> {
          RawProduce.write(topic, PRODUCER_ID, "hanging", anHourAgo);
          return true;
        },
        isWritten -> isWritten);
    tools.run(cluster + " --delete-config " + VERIFICATION);
    console.produce(topic, List.of("behind"), "");
    String find = "find-hanging --topic " + topic;
    var found = transactions(find, topic);
    Report.expectEqual("" + PRODUCER_ID, found.get(2), "producer id of what hangs");
    String startOffset = found.get(5);
    transactions("abort --partition 0 --start-offset " + startOffset + " --topic " + topic, "");
    Report.expectEqual(List.of(), transactions(find, topic), "what hangs still");
    List<String> values = console.values(topic, 0, 1, "read_committed");
    Report.expectEqual(List.of("behind"), values, "what is committed");
    return "find-hanging, abort, find-hanging";
  }

  /** Transactions as they were before KIP-890, and as they are. */
  private String version() throws Exception {
    for (String change : List.of("downgrade 1", "upgrade 2")) {
      String[] words = change.split(" ");
      tools.runCommand("features", words[0] + " --feature transaction.version=" + words[1]);
      String level = "Feature: transaction.version\\s.*FinalizedVersionLevel: " + words[1] + "\\s.*";
      Tools.until(
          () -> tools.runCommand("features", "describe"),
          said -> said.stream().anyMatch(feature -> feature.matches(level)));
      String topic = prefix + "-version-" + words[1];
      console.create(topic, 1);
      perfTest(topic);
      var ends = console.values(topic, 0, 500, "read_committed");
      Report.expectEqual(500, ends.size(), "records at version " + words[1]);
    }
    return "kafka-features: 2 to 1 to 2, and transactions at both";
  }

  /** The words of the line, below the heads, that has this word; none if there is no such line. */
  private List<String> transactions(String command, String word) throws Exception {
    return tools.runCommand("transactions", command).stream()
        .skip(1)
        .map(line -> Arrays.asList(line.trim().split("\\s+")))
        .filter(words -> words.contains(word))
        .findFirst()
        .orElse(List.of());
  }
}
