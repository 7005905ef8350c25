import java.util.List;

/** A record in a group's topic, as the one who writes it and the one who reads it know it. */
record Row(int partition, long offset, String key, String value) implements Comparable<Row> {
  static Row parse(List<String> words) {
    int partition = Integer.parseInt(words.get(0));
    return new Row(partition, Long.parseLong(words.get(1)), words.get(2), words.get(3));
  }

  @Override
  public int compareTo(Row other) {
    int byPartition = Integer.compare(partition, other.partition);
    return byPartition != 0 ? byPartition : Long.compare(offset, other.offset);
  }

  @Override
  public String toString() {
    return partition + " " + offset + " " + key + " " + value;
  }
}
