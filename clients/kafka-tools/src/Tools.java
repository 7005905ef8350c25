import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The tools, called by lines as one would type them, less the kafka- in front. */
final class Tools {
  private static final String CLUSTER = " --bootstrap-server " + System.getenv("BOOTSTRAP_SERVERS");

  /** Apache Kafka's brokers learn of a change one after the other; a tool may come too early. */
  private static final boolean NEWS_TAKES_TIME = "1".equals(System.getenv("REAL"));

  private static final String TOO_EARLY =
      "WARN .*(UNKNOWN_TOPIC_OR_PARTITION|LEADER_NOT_AVAILABLE|NOT_LEADER_OR_FOLLOWER"
          + "|UnknownTopicOrPartition|NotLeaderOrFollower).*";

  /** What tools for groups and transactions say on standard error when all is well. */
  private static final String REMARK =
      "The consumer rebalance protocol .KIP-848. is production-ready!.*"
          + "|Consumer group '.*' has no active members\\."
          + "|.* retrying .* Error: (CONCURRENT_TRANSACTIONS|OUT_OF_ORDER_SEQUENCE_NUMBER) .*|";

  private final Path script;
  private final Properties mainClasses = new Properties();

  /** Takes the folder of the script that runs a tool in a JVM of its own. */
  Tools(Path folder) throws IOException {
    script = folder.resolve("kafka-tools");
    try (var reader = Files.newBufferedReader(folder.resolve("tools.properties"))) {
      mainClasses.load(reader);
    }
  }

  /** Runs a tool on the cluster to its end, which must be a quiet one. */
  List<String> run(String line) throws InterruptedException {
    return run(line, "");
  }

  List<String> run(String line, String input) throws InterruptedException {
    return finish(start(line, input), "");
  }

  /** A tool whose commands come behind the cluster. */
  List<String> runCommand(String tool, String command) throws InterruptedException {
    return runAsIs(tool + CLUSTER + " " + command);
  }

  /** Runs a tool that asks nobody, or is told in the line whom. */
  List<String> runAsIs(String line) throws InterruptedException {
    return finish(startAsIs(line, ""), "");
  }

  ToolProcess start(String line, String input) {
    return startAsIs(line + CLUSTER, input);
  }

  /** A kafka-verifiable-consumer that can be ended. */
  ToolProcess startVerifiableConsumer(String options) {
    List<String> words = List.of((options + CLUSTER).split(" "));
    return new ToolProcess(options, VerifiableConsumerMain.class.getName(), "", words);
  }

  private ToolProcess startAsIs(String line, String input) {
    List<String> words = List.of(line.split(" "));
    String mainClass = mainClasses.getProperty(words.get(0));
    return new ToolProcess(line, mainClass, input, words.subList(1, words.size()));
  }

  /** Runs a tool in a JVM of its own, which can be killed. */
  Process startInOwnJvm(String line) throws IOException {
    return startInOwnJvmAsIs(line + CLUSTER);
  }

  Process startInOwnJvmAsIs(String line) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(line.split(" ")));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** For a tool that does the last of its work when its JVM ends: all that it says, anywhere. */
  List<String> runInOwnJvm(String line) throws IOException, InterruptedException {
    Process process = startInOwnJvm(line);
    List<String> said = process.inputReader().lines().filter(Tools::counts).toList();
    Report.expectEqual(0, process.waitFor(), line + ": exit status");
    return said;
  }

  /** What it printed; it must end with 0, and with nothing but `said` on standard error. */
  static List<String> finish(ToolProcess process, String said) throws InterruptedException {
    var finished = process.waitFor();
    String err = finished.err().lines().filter(Tools::counts).collect(Collectors.joining("\n"));
    Report.expectEqual(said, err, process + ": standard error");
    Report.expectEqual(0, finished.status(), process + ": exit status");
    return finished.out().lines().toList();
  }

  private static boolean counts(String line) {
    return !line.matches(REMARK) && (!NEWS_TAKES_TIME || !line.matches(TOO_EARLY));
  }

  /** Asks again until it is so; with Odradek a complaint in between is none that passes. */
  static <T> T until(Callable<T> see, Predicate<T> isSo) throws Exception {
    Object last = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        T seen = see.call();
        if (isSo.test(seen)) return seen;
        last = seen;
      } catch (AssertionError complaint) {
        if (!NEWS_TAKES_TIME) throw complaint;
        last = complaint;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("still " + last);
  }
}
