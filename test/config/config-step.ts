interface Answer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly configs?: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly configSource: number;
  }[];
}

interface Common {
  readonly name: string;
  /** The number of the resource's type; not for `create`. */
  readonly type?: number;
  readonly validateOnly?: boolean;
  /** What Apache Kafka said; written by scripts/record-configs.ts. */
  readonly answer: Answer;
  /** Why Odradek says something else. */
  readonly differs?: string;
}

/** One question about configs, and the answer to it. */
export type ConfigStep =
  | (Common & {
      readonly do: 'create' | 'alter';
      readonly configs: readonly (readonly [name: string, value: string | null])[];
    })
  | (Common & {
      readonly do: 'incremental';
      readonly configs: readonly (readonly [
        name: string,
        operation: number,
        value: string | null,
      ])[];
    })
  | (Common & { readonly do: 'describe'; readonly keys: readonly string[] | null });
