import type { Connection } from './connection.ts';
import { type FetchMany, fetchMany, type wanted } from './fetching.ts';

type Topics = readonly ReturnType<typeof wanted>[];

/**
 * A fetch session as a client keeps it: full first, then only changes, with the next epoch each
 * time.
 */
export class FetchSession {
  readonly id: number;
  readonly #connection: Connection;
  readonly #version: number;
  #epoch = 1;

  /** The full fetch that opens a session, and what it brought. */
  static async open(connection: Connection, topics: Topics, version = 18) {
    const reply = await fetchMany(connection, topics, { version, sessionEpoch: 0 });
    return { session: new FetchSession(connection, reply.sessionId, version), ...reply };
  }

  private constructor(connection: Connection, id: number, version: number) {
    this.#connection = connection;
    this.id = id;
    this.#version = version;
  }

  /** The next incremental fetch; the topics are those that are new or changed. */
  async next(topics: Topics = [], options: Omit<FetchMany, 'sessionId' | 'sessionEpoch'> = {}) {
    return await this.send(this.#epoch++, topics, options);
  }

  /** A fetch of this session at any epoch; does not count as the next. */
  async send(sessionEpoch: number, topics: Topics = [], options: FetchMany = {}) {
    return await fetchMany(this.#connection, topics, {
      version: this.#version,
      sessionId: this.id,
      sessionEpoch,
      ...options,
    });
  }
}
