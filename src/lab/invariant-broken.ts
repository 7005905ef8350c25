/** Something that must hold does not. `id` as in docs/SIMULATION.md. */
export class InvariantBroken extends Error {
  readonly id: string;

  constructor(id: string, detail: string) {
    super(`${id}: ${detail}`);
    this.name = 'InvariantBroken';
    this.id = id;
  }
}

/** `detail` is only worked out when it is needed. */
export function mustHold(id: string, condition: boolean, detail: () => string): void {
  if (!condition) throw new InvariantBroken(id, detail());
}
