public final class WordCount { public static void main(String[] a) {} }
