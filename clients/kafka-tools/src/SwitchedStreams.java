import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Streams that are another one each time they are used. */
final class SwitchedStreams {
  private SwitchedStreams() {}

  static InputStream input(Supplier<InputStream> now) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return now.get().read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return now.get().read(bytes, offset, length);
      }

      @Override
      public int available() throws IOException {
        return now.get().available();
      }
    };
  }

  static PrintStream output(Supplier<OutputStream> now) {
    var stream =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            now.get().write(one);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            now.get().write(bytes, offset, length);
          }
        };
    return new PrintStream(stream, true, UTF_8);
  }
}
