import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The rest of the tools that need no group. */
final class Others {
  private final Tools tools;
  private final Console console;
  private final String prefix;
  private final Map<String, Map<Integer, List<String>>> journal;

  Others(
      Tools tools,
      Console console,
      String prefix,
      Map<String, Map<Integer, List<String>>> journal) {
    this.tools = tools;
    this.console = console;
    this.prefix = prefix;
    this.journal = journal;
  }

  String producerPerfTest() throws Exception {
    String topic = prefix + "-perf-test";
    console.create(topic, 1);
    String what = " --payload-monotonic --num-records 1000 --throughput -1";
    List<String> said = tools.run("producer-perf-test --topic " + topic + what);
    String last = said.get(said.size() - 1);
    Report.expect(last.startsWith("1000 records sent"), last);
    IntStream numbers = IntStream.range(0, 1000);
    List<String> lines = numbers.mapToObj(i -> "NO_HEADERS\tnull\t" + i).toList();
    journal.put(topic, Map.of(0, lines));
    Report.expectEqual(journal.get(topic), console.read(topic, 1000), "records");
    return "1000 records";
  }

  /** It reads the files of a broker's log; here, what a broker says that these would hold. */
  String dumpLog(List<String> codecs) throws Exception {
    Path folder = Files.createTempDirectory("dump-log");
    Path file = folder.resolve("00000000000000000000.log");
    for (String codec : codecs) {
      Files.write(file, RawFetch.records(prefix + "-" + codec));
      List<String> lines = tools.runAsIs("dump-log --deep-iteration --files " + file);
      for (String line : lines) {
        if (!line.startsWith("baseOffset: ")) continue;
        Report.expect(line.contains(" isvalid: true"), line);
        Report.expect(line.contains(" compresscodec: " + codec + " "), line);
      }
      long records = lines.stream().filter(line -> line.startsWith("| offset: ")).count();
      Report.expectEqual(300L, records, "records in " + codec);
    }
    Files.delete(file);
    Files.delete(folder);
    return String.join(", ", codecs) + ": every batch is valid";
  }

  String features() throws Exception {
    List<String> said = tools.runCommand("features", "describe");
    String level = "Feature: metadata.version\\s.*FinalizedVersionLevel: 4\\.3-IV0\\s.*";
    Report.expect(said.stream().anyMatch(feature -> feature.matches(level)), "features: " + said);
    return said.size() + " features";
  }
}
