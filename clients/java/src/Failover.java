import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * While brokers crash (clients/failover): a producer, idempotent by default, and a consumer with its
 * partitions assigned.
 */
public final class Failover {
  private static final int TICK_MS = 5;

  private final List<TopicPartition> partitions;
  /** The ends of what was acknowledged. */
  private final Map<TopicPartition, Long> acked = new ConcurrentHashMap<>();

  private volatile boolean isOver = false;
  private volatile boolean isWriting = true;

  private Failover(String topic, int partitionCount) {
    partitions =
        IntStream.range(0, partitionCount).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  public static void main(String[] args) throws Exception {
    var session = new Session();
    int count = Integer.parseInt(System.getenv("PARTITIONS"));
    var failover = new Failover(System.getenv("TOPIC"), count);
    Map<String, Object> strict = Map.of("auto.offset.reset", "none");
    // With more, a batch whose leader stands still can be overtaken by five to the next leader, and
    // is then OUT_OF_ORDER_SEQUENCE_NUMBER, though it is there, until delivery.timeout.ms.
    Map<String, Object> one = Map.of("max.in.flight.requests.per.connection", 1);
    var threads = Executors.newFixedThreadPool(2);
    try (var consumer = session.consumer("failover", failover.partitions, strict);
        var producer = session.producer("failover", one)) {
      var writing = threads.submit(() -> failover.writeAll(producer));
      var reading = threads.submit(() -> failover.readAll(consumer));
      System.in.readAllBytes();
      failover.isOver = true;
      writing.get();
      failover.isWriting = false;
      reading.get();
    } finally {
      threads.shutdown();
    }
  }

  /** A record to each partition every few milliseconds, until standard input ends. */
  private Void writeAll(Producer<String, String> producer) throws InterruptedException {
    for (long number = 0; !isOver; number++) {
      for (var partition : partitions) send(producer, partition, number);
      Thread.sleep(TICK_MS);
    }
    producer.flush();
    return null;
  }

  private void send(Producer<String, String> producer, TopicPartition at, long number) {
    String value = Long.toString(number);
    var record = new ProducerRecord<String, String>(at.topic(), at.partition(), null, value);
    producer.send(
        record,
        (metadata, problem) -> {
          if (problem == null) {
            say("acked", at, number, Long.toString(metadata.offset()));
            acked.put(at, metadata.offset() + 1);
          } else {
            say("gave-up", at, number, Report.quoted(problem.toString()));
          }
        });
  }

  private void readAll(Consumer<String, String> consumer) {
    consumer.seekToBeginning(partitions);
    while (isWriting || partitions.stream().anyMatch(at -> isBehind(consumer, at))) {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
        var at = new TopicPartition(record.topic(), record.partition());
        say("read", at, record.offset(), record.value());
      }
    }
  }

  private boolean isBehind(Consumer<String, String> consumer, TopicPartition at) {
    return consumer.position(at) < acked.getOrDefault(at, 0L);
  }

  private static void say(String what, TopicPartition at, long first, String second) {
    System.out.println("[\"" + what + "\"," + at.partition() + "," + first + "," + second + "]");
  }
}
