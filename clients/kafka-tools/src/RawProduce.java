import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A transactional record of a producer that no coordinator knows: one Produce, version 3. */
final class RawProduce {
  private RawProduce() {}

  static void write(String topic, long producerId, String value, long timestamp)
      throws IOException {
    byte[] request = request(topic, records(producerId, value, timestamp));
    for (String broker : System.getenv("BOOTSTRAP_SERVERS").split(",")) {
      int colon = broker.lastIndexOf(':');
      int port = Integer.parseInt(broker.substring(colon + 1));
      try (var socket = new Socket(broker.substring(0, colon), port)) {
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(request.length);
        out.write(request);
        if (readErrorCode(new DataInputStream(socket.getInputStream())) == 0) return;
      }
    }
    throw new AssertionError("nobody takes it for " + topic);
  }

  private static ByteBuffer records(long producerId, String value, long timestamp) {
    var record = new SimpleRecord(timestamp, null, value.getBytes());
    return MemoryRecords.withTransactionalRecords(
            0L, Compression.NONE, producerId, (short) 0, 0, -1, record)
        .buffer();
  }

  private static byte[] request(String topic, ByteBuffer records) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeShort(0); // Produce
    out.writeShort(3);
    out.writeInt(0); // correlation id
    out.writeUTF(topic); // client id
    out.writeUTF(topic); // transactional id
    out.writeShort(-1); // acks
    out.writeInt(30_000); // timeout
    out.writeInt(1);
    out.writeUTF(topic);
    out.writeInt(1);
    out.writeInt(0); // partition
    out.writeInt(records.remaining());
    out.write(records.array(), records.arrayOffset() + records.position(), records.remaining());
    return bytes.toByteArray();
  }

  private static int readErrorCode(DataInputStream in) throws IOException {
    in.readInt(); // size
    in.readInt(); // correlation id
    in.readInt(); // one topic
    in.readUTF();
    in.readInt(); // one partition
    in.readInt();
    return in.readShort();
  }
}
