import type { Stage } from '../stage.ts';
import { defaultProducerSettings, type ProducerSettings } from './producer-settings.ts';
import { StoryProducer, type Written } from './story-producer.ts';

/** The producers of a story that have names, and all that they have been told. */
export class Producers {
  readonly #stage: Stage;
  readonly #settings: ProducerSettings;
  /** Who bears a name at present. */
  readonly #producers = new Map<string, StoryProducer>();
  readonly #everyone: StoryProducer[] = [];

  constructor(stage: Stage, settings: Partial<ProducerSettings>) {
    this.#stage = stage;
    this.#settings = { ...defaultProducerSettings, ...settings };
  }

  get(name: string): StoryProducer {
    return this.#producers.get(name)!;
  }

  /** Under a name that is somebody's already it is a new process. */
  start(name: string, settings: Partial<ProducerSettings> = {}): StoryProducer {
    const own = { ...this.#settings, ...settings };
    const producer = new StoryProducer({ stage: this.#stage, name, settings: own });
    this.#producers.set(name, producer);
    this.#everyone.push(producer);
    return producer;
  }

  written(): Written[] {
    return this.#everyone.flatMap(({ written }) => written);
  }

  aborted(): Written[] {
    return this.#everyone.flatMap(({ aborted }) => aborted);
  }
}
