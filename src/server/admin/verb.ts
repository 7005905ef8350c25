import type { KafkaCluster } from '../kafka-cluster.ts';
import type { Answer, AnswerName } from './answers.ts';
import type { Kind } from './kind.ts';

export interface Parameter<T> {
  readonly kind: Kind<T>;
  readonly about: string;
  readonly place: 'path' | 'body';
  readonly required: boolean;
  /** On the command line it stands by its place, without a name. */
  readonly positional: boolean;
}

type Parameters = Readonly<Record<string, Parameter<unknown>>>;

type ArgumentsOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

interface Definition<P extends Parameters, Name extends AnswerName> {
  /** The fixture's word for it, and the operation's id. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /api/v1. */
  readonly path: string;
  /** Its word on the command line; two may share one, for brokers and for controllers. */
  readonly command?: string;
  readonly about: string;
  readonly parameters: P;
  readonly answer: Name;
  run(cluster: KafkaCluster, given: ArgumentsOf<P>): Answer<Name> | Promise<Answer<Name>>;
}

/** Something that can be asked of a cluster, or done to it, from outside. */
export interface Verb extends Omit<Definition<Parameters, AnswerName>, 'run'> {
  run(cluster: KafkaCluster, given: Readonly<Record<string, unknown>>): unknown;
}

/** `run` gets what its parameters say; who calls it has checked that. */
export const verb = <const P extends Parameters, Name extends AnswerName>(
  definition: Definition<P, Name>,
): Verb => ({
  ...definition,
  run: (cluster, given) => definition.run(cluster, given as ArgumentsOf<P>),
});

export const inPath = <T>(kind: Kind<T>, about: string): Parameter<T> => ({
  kind,
  about,
  place: 'path',
  required: true,
  positional: true,
});

export const needed = <T>(kind: Kind<T>, about: string): Parameter<T> => ({
  kind,
  about,
  place: 'body',
  required: true,
  positional: true,
});

export const optional = <T>(kind: Kind<T>, about: string): Parameter<T | undefined> => ({
  kind,
  about,
  place: 'body',
  required: false,
  positional: false,
});

/** Without what was not given. */
export function given<T extends object>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
