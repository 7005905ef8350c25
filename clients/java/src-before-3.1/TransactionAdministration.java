import org.apache.kafka.clients.admin.Admin;

/** What Admin has for transactions since 3.0: nothing yet. */
final class TransactionAdministration {
  static final boolean IS_THERE = false;

  TransactionAdministration(Session session, Admin admin) {}

  String check() {
    throw new AssertionError("there is none");
  }
}
