import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Kafka's TransactionalMessageCopier, which aborts at random: killed half-way, and started again with
 * the same transactional id.
 */
final class Copying {
  private static final int RECORDS = 300;
  private static final Pattern PROGRESS = Pattern.compile("\"totalProcessed\":(\\d+)");

  private final Tools tools;
  private final Console console;
  private final String input;
  private final String output;

  Copying(Tools tools, Console console, String name) {
    this.tools = tools;
    this.console = console;
    input = name + "-from";
    output = name + "-to";
  }

  String check() throws Exception {
    console.create(input, 1);
    console.create(output, 1);
    String what = " --payload-monotonic --throughput -1 --num-records " + RECORDS;
    tools.run("producer-perf-test --topic " + input + what);

    Process first = start();
    int done = untilHalf(first.inputReader());
    first.destroyForcibly().waitFor();
    Process second = start();
    List<String> said = second.inputReader().lines().toList();
    Report.expectEqual(0, second.waitFor(), "exit status; it said " + said);

    console.produce(output, List.of("last"), "");
    List<String> wanted =
        new ArrayList<>(IntStream.range(0, RECORDS).mapToObj(String::valueOf).toList());
    wanted.add("last");
    var read = console.values(output, 0, wanted.size(), "read_committed");
    Report.expectEqual(wanted, read, "read committed");
    return done + " of " + RECORDS + " copied, killed, the rest copied: each once and in order";
  }

  private Process start() throws Exception {
    String from = " --input-topic " + input + " --input-partition 0 --output-topic " + output;
    String as = " --transactional-id " + input + " --consumer-group " + input;
    String how = " --transaction-size 20 --enable-random-aborts --use-group-metadata";
    String where = " --broker-list " + System.getenv("BOOTSTRAP_SERVERS");
    return tools.startInOwnJvmAsIs("transactional-message-copier" + from + as + how + where);
  }

  /** It says so before each transaction; what is open then is left open. */
  private static int untilHalf(BufferedReader saying) throws Exception {
    int done = 0;
    for (String line = saying.readLine(); line != null; line = saying.readLine()) {
      var progress = PROGRESS.matcher(line);
      if (progress.find()) done = Integer.parseInt(progress.group(1));
      if (done >= RECORDS / 2) return done;
    }
    throw new AssertionError("it ended after " + done + " by itself");
  }
}
