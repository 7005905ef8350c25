import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a member joins: its group, the topic, when it commits, and configs of the consumer. */
record Joining(String group, String topic, Commits commits, Map<String, String> configs) {
  enum Commits {
    /** After each poll that brought something. */
    SYNC,
    ASYNC,
    /** When partitions are taken away, and at the end. */
    REVOKED,
    /** The consumer does it. */
    AUTO,
    /** When it is told. */
    TOLD
  }

  Joining with(Commits other) {
    return new Joining(group, topic, other, configs);
  }

  Joining with(String config, String value) {
    Map<String, String> more = new TreeMap<>(configs);
    more.put(config, value);
    return new Joining(group, topic, commits, more);
  }

  Map<String, Object> consumerConfigs() {
    Map<String, Object> all = new HashMap<>(configs);
    all.put("group.id", group);
    all.put("auto.offset.reset", "earliest");
    all.put("enable.auto.commit", commits == Commits.AUTO);
    all.put("auto.commit.interval.ms", 100);
    all.put("fetch.max.wait.ms", 100);
    // With KIP-848 the broker says how often.
    if (!configs.containsKey("group.protocol")) all.put("heartbeat.interval.ms", 500);
    return all;
  }

  /** As words of a command line, of which `parse` makes it again. */
  List<String> words() {
    List<String> words = new ArrayList<>(List.of(group, topic, commits.name()));
    configs.forEach((name, value) -> words.add(name + "=" + value));
    return words;
  }

  static Joining parse(List<String> words) {
    var commits = Commits.valueOf(words.get(2));
    var joining = new Joining(words.get(0), words.get(1), commits, Map.of());
    for (String config : words.subList(3, words.size())) {
      int equals = config.indexOf('=');
      joining = joining.with(config.substring(0, equals), config.substring(equals + 1));
    }
    return joining;
  }
}
