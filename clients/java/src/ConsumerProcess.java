import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A consumer in a group in a JVM of its own, so that it can be killed, and then cannot leave. */
public final class ConsumerProcess implements AutoCloseable {
  private final Process process;
  private final CompletableFuture<Void> listening;

  ConsumerProcess(Joining joining, Ears ears) throws IOException {
    String java = ProcessHandle.current().info().command().orElse("java");
    List<String> command = new ArrayList<>(List.of(java, "-Xmx64m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "ConsumerProcess"));
    command.addAll(joining.words());
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Runnable listen = () -> process.inputReader().lines().forEach(line -> hear(line, ears));
    listening = CompletableFuture.runAsync(listen, work -> new Thread(work).start());
  }

  private static void hear(String line, Ears ears) {
    List<String> words = List.of(line.split(" "));
    if (words.get(0).equals("read")) ears.read(List.of(Row.parse(words.subList(1, words.size()))));
    else ears.assigned(words.stream().skip(1).map(Integer::valueOf).toList());
  }

  /** Kills it. */
  @Override
  public void close() {
    process.toHandle().destroyForcibly(); // the process's own would close what we listen to
    process.onExit().join();
    listening.join();
  }

  /** The other side of it: joins as the words say, until the one who started it is gone. */
  public static void main(String[] words) throws Exception {
    var joining = Joining.parse(Arrays.asList(words));
    var consumer = new GroupConsumer(new Session(), joining, new Teller());
    System.in.readAllBytes();
    consumer.close();
  }

  private static final class Teller implements Ears {
    @Override
    public void assigned(Collection<Integer> partitions) {
      String list = partitions.stream().map(each -> " " + each).collect(Collectors.joining());
      System.out.println("assigned" + list);
    }

    @Override
    public void read(Collection<Row> rows) {
      rows.forEach(row -> System.out.println("read " + row));
    }
  }
}
