import java.util.Collection;

/** Who is told what a consumer in a group is given and reads. */
interface Ears {
  /** It now has these partitions, and no others. */
  void assigned(Collection<Integer> partitions);

  void read(Collection<Row> rows);
}
