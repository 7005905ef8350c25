import { apis } from '../protocol/messages/index.ts';

/** How often an API was asked for at one of its versions. */
export interface RequestCount {
  readonly api: string;
  readonly version: number;
  readonly count: number;
}

const rows = Object.values(apis);
const versionsMax = Math.max(...rows.map(({ versions }) => versions[1])) + 1;
const keysMax = Math.max(...rows.map(({ key }) => key)) + 1;

/** What a broker's clients ask for. To count is one addition, as it happens at every request. */
export class RequestCensus {
  readonly #counts = new Uint32Array(keysMax * versionsMax);

  count(apiKey: number, apiVersion: number): void {
    this.#counts[apiKey * versionsMax + apiVersion]! += 1;
  }

  /** What was asked for at least once, by key and version. */
  counts(): RequestCount[] {
    return rows.flatMap(({ name, key, versions: [first, last] }) =>
      Array.from({ length: last - first + 1 }, (_, index) => {
        const version = first + index;
        return { api: name, version, count: this.#counts[key * versionsMax + version]! };
      }).filter(({ count }) => count > 0),
    );
  }
}
