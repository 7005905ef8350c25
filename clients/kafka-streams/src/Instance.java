import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own. What it says is heard, and goes to the log of the run. */
final class Instance implements AutoCloseable {
  private static final long PATIENCE_MS = 150_000;

  private final String name;
  private final Process process;
  private final Thread listening;
  private final List<String> said = new ArrayList<>();

  Instance(String name, String mainClass, String... args) throws IOException {
    this.name = name;
    String java = ProcessHandle.current().info().command().orElse("java");
    List<String> command = new ArrayList<>(List.of(java, "-Xmx256m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    for (String key : List.of("java.io.tmpdir", "org.slf4j.simpleLogger.defaultLogLevel")) {
      command.add("-D" + key + "=" + System.getProperty(key));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(args));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    listening = new Thread(() -> process.inputReader().lines().forEach(this::hear));
    listening.start();
  }

  private synchronized void hear(String line) {
    System.err.println(name + ": " + line);
    said.add(line);
    notifyAll();
  }

  synchronized boolean hasSaid(String words) {
    return said.stream().anyMatch(line -> line.contains(words));
  }

  /** Waits until it has said it; that it ends without is an error. */
  synchronized void awaitSaid(String words) throws InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MS;
    while (!hasSaid(words)) {
      Report.expect(listening.isAlive(), name + " has ended without saying " + words);
      long left = deadline - System.currentTimeMillis();
      Report.expect(left > 0, name + " does not say " + words);
      wait(Math.min(left, 1_000)); // that it has ended wakes nobody
    }
  }

  /** Waits until it has ended and said its last. */
  void listen() throws InterruptedException {
    listening.join(PATIENCE_MS);
    Report.expect(!listening.isAlive(), name + " does not end");
  }

  /** Asks it to end (SIGTERM). */
  void end() throws InterruptedException {
    process.toHandle().destroy(); // the process's own destroy would close what we listen to
    listen();
  }

  /** Kills it (SIGKILL): it can say nothing more to anyone. */
  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }
}
