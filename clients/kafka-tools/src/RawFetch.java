import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** The bytes of a partition as its leader stores them: one Fetch, version 4, of partition 0. */
final class RawFetch {
  private static final int MAX_BYTES = 10_000_000;

  private RawFetch() {}

  static byte[] records(String topic) throws IOException {
    for (String broker : System.getenv("BOOTSTRAP_SERVERS").split(",")) {
      int colon = broker.lastIndexOf(':');
      int port = Integer.parseInt(broker.substring(colon + 1));
      try (var socket = new Socket(broker.substring(0, colon), port)) {
        byte[] request = request(topic);
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(request.length);
        out.write(request);
        byte[] records = readResponse(new DataInputStream(socket.getInputStream()));
        if (records != null) return records;
      }
    }
    throw new AssertionError("nobody leads " + topic);
  }

  private static byte[] request(String topic) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeShort(1); // Fetch
    out.writeShort(4);
    out.writeInt(0); // correlation id
    out.writeUTF(topic); // client id
    out.writeInt(-1); // no replica
    out.writeInt(0); // do not wait
    out.writeInt(0);
    out.writeInt(MAX_BYTES);
    out.writeByte(0); // read uncommitted
    out.writeInt(1);
    out.writeUTF(topic);
    out.writeInt(1);
    out.writeInt(0); // partition
    out.writeLong(0);
    out.writeInt(MAX_BYTES);
    return bytes.toByteArray();
  }

  /** Null where the broker is not the leader. */
  private static byte[] readResponse(DataInputStream in) throws IOException {
    in.readInt(); // size
    in.readInt(); // correlation id
    in.readInt(); // throttle time
    in.readInt(); // one topic
    in.readUTF();
    in.readInt(); // one partition
    in.readInt();
    int errorCode = in.readShort();
    in.readLong(); // high watermark
    in.readLong(); // last stable offset
    for (int aborted = in.readInt(); aborted > 0; aborted--) in.skipNBytes(16);
    int sizeBytes = in.readInt();
    return errorCode == 0 ? in.readNBytes(sizeBytes) : null;
  }
}
