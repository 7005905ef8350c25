import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import { ClassicGroup } from './classic-group.ts';
import type { Group, GroupHost } from './group.ts';

/** The groups of one shard, of whatever kind. */
export class GroupStore {
  readonly #host: GroupHost;
  readonly #groups = new Map<string, Group>();

  constructor(host: GroupHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#groups.size;
  }

  get(groupId: string): Group | undefined {
    return this.#groups.get(groupId);
  }

  all(): Group[] {
    return [...this.#groups.values()];
  }

  put(group: Group): void {
    this.#groups.set(group.groupId, group);
  }

  remove(group: Group): void {
    if (this.#groups.get(group.groupId) === group) this.#groups.delete(group.groupId);
  }

  /** A classic group without members. Nothing of it is written yet. */
  addClassic(groupId: string): ClassicGroup {
    const group = new ClassicGroup(groupId, this.#host);
    this.put(group);
    return group;
  }

  loaded(): void {
    for (const group of this.#groups.values()) group.loaded();
  }

  unload(): void {
    for (const group of this.#groups.values()) group.unload();
  }

  replay({ key, value }: CoordinatorRecord<'group-metadata'>): void {
    const known = this.#groups.get(key.group);
    if (value === null) {
      if (known?.type === 'classic') this.delete(known);
      return;
    }
    // What is written of a living group it knows already, and more.
    if (known?.type === 'classic' && this.#host.isActive) return;
    this.put(new ClassicGroup(key.group, this.#host, value));
  }

  /** Its tombstone says so. */
  delete(group: Group): void {
    this.remove(group);
    group.deleted();
    if (this.#host.isActive) this.#host.emit({ type: 'group-deleted' }, group.groupId);
  }
}
