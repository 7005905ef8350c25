import java.lang.reflect.Method;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.VerifiableConsumer;

/** The tool's own main method, but that its shutdown hook is one that a ToolProcess knows of. */
public final class VerifiableConsumerMain {
  private VerifiableConsumerMain() {}

  public static void main(String[] args) throws Exception {
    Method argParser = VerifiableConsumer.class.getDeclaredMethod("argParser");
    argParser.setAccessible(true);
    var parser = (ArgumentParser) argParser.invoke(null);
    VerifiableConsumer consumer = VerifiableConsumer.createFromArgs(parser, args);
    Exit.addShutdownHook("verifiable-consumer", consumer::close);
    consumer.run();
  }
}
