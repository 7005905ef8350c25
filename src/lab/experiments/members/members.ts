import { ClassicGroup } from '../../../coordinator/classic-group.ts';
import { ConsumerGroup } from '../../../coordinator/consumer/consumer-group.ts';
import { randomUuidText } from '../../../coordinator/random-uuid-text.ts';
import { Random } from '../../../simulation/random.ts';
import { type ActingCoordinator, actingCoordinator } from '../../groups/acting-coordinator.ts';
import type { Facts } from '../facts.ts';
import type { Stage } from '../stage.ts';
import { type ConsumerSettings, defaultSettings } from './consumer-settings.ts';
import { Ownership } from './ownership.ts';
import { type Consumed, groupId, StoryConsumer } from './story-consumer.ts';

/** The consumers of a story, all of one group, and all that they have done. */
export class Members {
  readonly #stage: Stage;
  readonly #settings: ConsumerSettings;
  /** Who bears a name at present. */
  readonly #consumers = new Map<string, StoryConsumer>();
  readonly #ownership: Ownership;
  readonly processed: Consumed[] = [];
  readonly #ids: Random;
  #rebalances = 0;

  constructor(stage: Stage, settings: Partial<ConsumerSettings>, seed: number) {
    this.#ids = new Random(seed).fork('members');
    this.#stage = stage;
    this.#settings = { ...defaultSettings, ...settings };
    this.#ownership = new Ownership(() => stage.laboratory.nowMs);
    stage.onEvent(({ event: { type } }) => {
      if (type === 'generation-started' || type === 'target-assignment-made') this.#rebalances++;
    });
  }

  /** Has the story any? */
  get any(): boolean {
    return this.#consumers.size > 0;
  }

  /** As a client makes one of its own (KIP-1082), but that it tells whose it is. */
  newMemberId(name: string): string {
    return `${name}-${randomUuidText(this.#ids)}`;
  }

  /** The group is stable, every partition is somebody's, and these know what is theirs. */
  areSettled(names: readonly string[]): boolean {
    if (!names.every((name) => this.get(name).isSettled)) return false;
    const owned = [...this.#consumers.values()].flatMap((consumer) => consumer.owned);
    if (new Set(owned).size < this.#stage.partitionCount) return false;
    return this.coordinator?.shard.groups.get(groupId)?.stateName === 'Stable';
  }

  get(name: string): StoryConsumer {
    return this.#consumers.get(name)!;
  }

  /** Under a name that is somebody's already it is a new process. */
  start(name: string, settings: Partial<ConsumerSettings> = {}): void {
    const consumer = new StoryConsumer({
      stage: this.#stage,
      name,
      settings: { ...this.#settings, ...settings },
      ownership: this.#ownership,
      processed: (record) => this.processed.push(record),
    });
    this.#consumers.set(name, consumer);
  }

  /** How often all was assigned anew, and what stood still, since this was asked last. */
  pauses(): Facts {
    const rebalances = this.#rebalances;
    this.#rebalances = 0;
    return { rebalances, ...this.#ownership.pauses() };
  }

  /** The group as its coordinator has it. */
  group(): Facts {
    const { coordinator } = this;
    if (coordinator === undefined) return { state: 'without a coordinator', members: [] };
    const group = coordinator.shard.groups.get(groupId);
    if (group instanceof ClassicGroup) {
      const { state, generationId: generation, members } = group.protocol;
      return { state, generation, members: namesOf(members.all()) };
    }
    if (group instanceof ConsumerGroup) {
      const { groupEpoch } = group.committedEpochs;
      const members = namesOf(group.members.committedValues());
      return { state: group.stateName, groupEpoch, members };
    }
    return { state: 'none', members: [] };
  }

  get coordinator(): ActingCoordinator | undefined {
    return actingCoordinator(this.#stage.cluster, groupId);
  }
}

/** `A` of `A-6f…`: members' ids begin with the name of the client, or of the instance. */
const namesOf = (members: readonly { readonly memberId: string }[]): string[] =>
  members.map(({ memberId }) => memberId.slice(0, memberId.indexOf('-'))).sort();
