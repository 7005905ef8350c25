import type { TopicsView } from '../group.ts';

/** Knows when the last topic came. A coordinator that has just begun takes them all for new. */
export class TopicWatch {
  #seen: TopicsView['topicsById'] | undefined;
  #version = 0;

  /** The offset in the metadata at which new topics were last seen. */
  versionOf({ topicsById, offset }: TopicsView): number {
    if (this.#seen === topicsById) return this.#version;
    const seen = this.#seen;
    this.#seen = topicsById;
    for (const topicId of topicsById.keys()) {
      if (seen?.has(topicId)) continue;
      this.#version = offset;
      break;
    }
    return this.#version;
  }
}
