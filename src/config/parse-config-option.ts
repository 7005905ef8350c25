type ConfigOption =
  | { readonly brokerId: number | null; readonly name: string; readonly value: string }
  | { readonly problem: string };

/** The command line's `key=value`, or `2:key=value` for broker 2 alone; without outer blanks. */
export function parseConfigOption(text: string): ConfigOption {
  const equals = text.indexOf('=');
  if (equals < 0) return { problem: `'${text}' is not key=value` };
  const key = text.slice(0, equals).trim();
  const value = text.slice(equals + 1).trim();
  const [, id, own] = /^(\d+):(.*)$/.exec(key) ?? [];
  const name = (own ?? key).trim();
  if (name === '') return { problem: `'${text}' has no config name before '='` };
  return { brokerId: id === undefined ? null : Number(id), name, value };
}
