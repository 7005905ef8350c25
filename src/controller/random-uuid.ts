import type { Random } from '../simulation/random.ts';

/** A topic id in Kafka's own text form. One that starts with a dash would look like an option. */
export function randomUuid(random: Random): string {
  for (;;) {
    const text = Buffer.from(random.bytes(16)).toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}
