import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.utils.Exit;

/**
 * One run of a tool's main class in this JVM, as if it were a process: with its own streams, exit
 * status and shutdown hooks. A JVM for each would take a second or two to start.
 */
final class ToolProcess {
  record Finished(int status, String out, String err) {}

  /** Ends a run's main thread where the tool means to end its process. */
  private static final class Exited extends Error {
    private static final long serialVersionUID = 1;
  }

  private static final long PATIENCE_MS = 60_000;

  /** The run that a thread belongs to; what a tool's thread starts belongs to the same. */
  private static final ThreadLocal<ToolProcess> CURRENT = new InheritableThreadLocal<>();

  private final InputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Runnable> shutdownHooks = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private Finished finished;

  /** To be called before a class of Kafka is used: loggers keep the streams that they find. */
  static void takeOverJvm() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    System.setIn(SwitchedStreams.input(() -> CURRENT.get().in));
    System.setOut(SwitchedStreams.output(() -> CURRENT.get() == null ? out : CURRENT.get().out));
    System.setErr(SwitchedStreams.output(() -> CURRENT.get() == null ? err : CURRENT.get().err));
    Exit.setExitProcedure((status, message) -> CURRENT.get().exit(status));
    Exit.setHaltProcedure((status, message) -> CURRENT.get().exit(status));
    Exit.setShutdownHookAdder((name, hook) -> CURRENT.get().shutdownHooks.add(hook));
  }

  ToolProcess(String name, String mainClass, String input, List<String> args) {
    in = new ByteArrayInputStream(input.getBytes(UTF_8));
    thread = new Thread(() -> run(mainClass, args.toArray(String[]::new)), name);
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** What it has printed so far. */
  String output() {
    return out.toString(UTF_8);
  }

  /** As a signal to a process: runs what the tool does at its end, and waits for it. */
  void terminate() throws InterruptedException {
    var ending = new Thread(this::runShutdownHooks, "end of " + this);
    ending.start();
    ending.join(PATIENCE_MS);
    waitFor();
  }

  /** What the tool still says belongs to its output. */
  private void runShutdownHooks() {
    CURRENT.set(this);
    shutdownHooks.forEach(Runnable::run);
  }

  Finished waitFor() throws InterruptedException {
    thread.join(PATIENCE_MS);
    Report.expect(!isAlive(), this + " does not end; so far it said " + out + err);
    return finished;
  }

  @Override
  public String toString() {
    return thread.getName();
  }

  private void run(String mainClass, String[] args) {
    CURRENT.set(this);
    var loader = new ToolLoader();
    thread.setContextClassLoader(loader);
    try {
      Method main = loader.loadClass(mainClass).getMethod("main", String[].class);
      main.invoke(null, (Object) args);
      end(0);
    } catch (InvocationTargetException problem) {
      if (!(problem.getCause() instanceof Exited)) uncaught(problem.getCause());
    } catch (ReflectiveOperationException problem) {
      uncaught(problem);
    }
  }

  private void uncaught(Throwable problem) {
    problem.printStackTrace();
    end(1);
  }

  private void exit(int status) {
    end(status);
    throw new Exited();
  }

  /**
   * A process would end here. A tool that catches everything catches the end of itself; what it
   * says of it, on its way out through its finally blocks, does not count.
   */
  private void end(int status) {
    if (finished != null) return;
    shutdownHooks.forEach(Runnable::run);
    finished = new Finished(status, out.toString(UTF_8), err.toString(UTF_8));
  }
}
