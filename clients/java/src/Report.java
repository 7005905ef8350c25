/** Runs checks and prints a line of JSON for each; any thread may. */
final class Report {
  interface Check {
    /** Returns what was seen, in a few words. */
    String run() throws Exception;
  }

  private volatile boolean allOk = true;

  void check(String name, Check check) {
    long start = System.nanoTime();
    String outcome;
    try {
      String detail = check.run();
      long ms = (System.nanoTime() - start) / 1_000_000;
      outcome = "\"ok\":true,\"ms\":" + ms + ",\"detail\":" + quoted(detail);
    } catch (Exception | AssertionError problem) {
      allOk = false;
      problem.printStackTrace();
      outcome = "\"ok\":false,\"error\":" + quoted(problem.toString());
    }
    System.out.println("{\"check\":" + quoted(name) + "," + outcome + "}");
  }

  /** What the client does not have. */
  void lacks(String name, String why) {
    System.out.println("{\"lacks\":" + quoted(name) + ",\"why\":" + quoted(why) + "}");
  }

  boolean allOk() {
    return allOk;
  }

  static void expect(boolean condition, String otherwise) {
    if (!condition) throw new AssertionError(otherwise);
  }

  static void expectEqual(Object expected, Object seen, String what) {
    expect(expected.equals(seen), what + ": expected " + cut(expected) + ", saw " + cut(seen));
  }

  private static String cut(Object value) {
    String text = String.valueOf(value);
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') json.append('\\').append(c);
      else if (c < ' ') json.append(String.format("\\u%04x", (int) c));
      else json.append(c);
    }
    return json.append('"').toString();
  }
}
