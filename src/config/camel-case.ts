/** `log.retention.ms` as `logRetentionMs`. */
export type CamelCase<Name extends string> = Name extends `${infer First}.${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

export const camelCase = (name: string): string =>
  name.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase());
