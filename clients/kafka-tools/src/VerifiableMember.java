import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A kafka-verifiable-consumer, which says all that it is given and reads, a line of JSON each. */
final class VerifiableMember {
  interface End {
    void run() throws InterruptedException;
  }

  private static final Pattern PARTITION = Pattern.compile("\"partition\":(\\d+)");
  private static final Pattern RECORD =
      Pattern.compile(
          "\"name\":\"record_data\",\"key\":\"([^\"]*)\",\"value\":\"([^\"]*)\","
              + "\"topic\":\"[^\"]*\",\"partition\":(\\d+),\"offset\":(\\d+)");

  private final Supplier<String> output;
  private final End end;

  private VerifiableMember(Supplier<String> output, End end) {
    this.output = output;
    this.end = end;
  }

  static VerifiableMember start(Tools tools, String options) {
    var process = tools.startVerifiableConsumer(options);
    return new VerifiableMember(process::output, process::terminate);
  }

  /** In a JVM of its own, so that it can be killed, and then cannot leave. */
  static VerifiableMember startInOwnJvm(Tools tools, String options) throws IOException {
    var process = tools.startInOwnJvm("verifiable-consumer " + options);
    var said = new ByteArrayOutputStream();
    var listening = new Thread(() -> copy(process.getInputStream(), said));
    listening.start();
    End kill =
        () -> {
          process.toHandle().destroyForcibly(); // the process's own would close what we listen to
          process.waitFor();
          listening.join();
        };
    return new VerifiableMember(() -> said.toString(UTF_8), kill);
  }

  private static void copy(InputStream from, ByteArrayOutputStream to) {
    try (from) {
      from.transferTo(to);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Ends it as a signal would, or kills the one in its own JVM. */
  void end() throws InterruptedException {
    end.run();
  }

  List<Row> reads() {
    return RECORD.matcher(output.get()).results().map(VerifiableMember::row).toList();
  }

  private static Row row(MatchResult found) {
    int partition = Integer.parseInt(found.group(3));
    return new Row(partition, Long.parseLong(found.group(4)), found.group(1), found.group(2));
  }

  List<Integer> partitions() {
    var history = history();
    return history.get(history.size() - 1);
  }

  /** Every set of partitions that it ever had. */
  List<List<Integer>> history() {
    List<List<Integer>> history = new ArrayList<>(List.of(List.of()));
    var owned = new TreeSet<Integer>();
    for (String line : output.get().split("\n")) {
      boolean isGiven = line.contains("\"name\":\"partitions_assigned\"");
      if (!isGiven && !line.contains("\"name\":\"partitions_revoked\"")) continue;
      var partitions =
          PARTITION.matcher(line).results().map(at -> Integer.valueOf(at.group(1))).toList();
      if (isGiven) owned.addAll(partitions);
      else owned.removeAll(partitions);
      history.add(List.copyOf(owned));
    }
    return history;
  }

  @Override
  public String toString() {
    return history() + ", " + reads().size() + " read";
  }
}
