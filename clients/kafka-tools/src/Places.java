import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One partition that kafka-verifiable-producer fills, read from different places. */
final class Places {
  private static final int COUNT = 10;
  private static final String NO_HEADERS_NO_KEY = "NO_HEADERS\tnull\t";

  private final Tools tools;
  private final Console console;
  private final String topic;
  private final List<String> written = new ArrayList<>();

  Places(Tools tools, String topic, Map<String, Map<Integer, List<String>>> journal) {
    this.tools = tools;
    this.console = new Console(tools);
    this.topic = topic;
    journal.put(topic, Map.of(0, written));
  }

  String fromEarliest() throws Exception {
    console.create(topic, 1);
    // Its values count up. Slowly, so that they differ in time.
    String amount = " --throughput 100 --max-messages " + COUNT;
    List<String> events = tools.runInOwnJvm("verifiable-producer --topic " + topic + amount);
    String success = "\"name\":\"producer_send_success\"";
    long sent = events.stream().filter(event -> event.contains(success)).count();
    boolean quiet = events.stream().allMatch(event -> event.startsWith("{"));
    Report.expect(sent == COUNT && quiet, "said: " + events);
    IntStream.range(0, COUNT).forEach(i -> written.add(NO_HEADERS_NO_KEY + i));
    Report.expectEqual(written, console.consume(topic, 0, "earliest", COUNT), "records");
    return COUNT + " records of kafka-verifiable-producer";
  }

  String fromOffset() throws Exception {
    return readFrom(4);
  }

  /** The consumer starts at an offset; kafka-get-offsets knows which one it is. */
  String fromTimestamp() throws Exception {
    List<String> timestamps = console.timestamps(topic, COUNT);
    String last = timestamps.get(COUNT - 1);
    long expected = timestamps.indexOf(last);
    Report.expect(expected > 0, "all records are of one time: " + last);
    Report.expectEqual(Map.of(0, expected), console.offsets(topic, last), "offset of " + last);
    String tooLate = "" + (Long.parseLong(last) + 600_000);
    Report.expectEqual(Map.of(), console.offsets(topic, tooLate), "offset of a time to come");
    return readFrom((int) expected) + ", which kafka-get-offsets finds";
  }

  private String readFrom(int offset) throws Exception {
    List<String> expected = written.subList(offset, written.size());
    Report.expectEqual(expected, console.consume(topic, 0, offset, expected.size()), "records");
    return "from offset " + offset;
  }

  /** Nothing tells that the consumer stands at the end, so records come until it has three. */
  String fromLatest() throws Exception {
    ToolProcess consumer = console.startConsumer(topic, 0, "latest", 3);
    while (consumer.isAlive()) {
      String value = "record " + written.size();
      console.produce(topic, List.of(value), "");
      written.add(NO_HEADERS_NO_KEY + value);
    }
    List<String> seen = Console.finish(consumer, 3);
    int first = written.indexOf(seen.get(0));
    Report.expect(first >= COUNT, "read what was there before: " + seen);
    Report.expectEqual(written.subList(first, first + 3), seen, "records");
    return "3 records written later, none of the " + COUNT + " before";
  }
}
