import type { ConfigTypeName } from './config-definition.ts';
import type { ConfigValue } from './config-value.ts';
import { formatDouble } from './format-double.ts';

/** A config's value as DescribeConfigs shows it. */
export function formatValue(type: ConfigTypeName, value: ConfigValue): string {
  if (Array.isArray(value)) return value.join(',');
  if (type === 'DOUBLE' && typeof value === 'number') return formatDouble(value);
  return String(value);
}
