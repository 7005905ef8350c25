import { clientMetricsConfigs } from './client-metrics-configs.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { firstProblem } from './first-problem.ts';
import { parseValue } from './parse-value.ts';
import { invalidConfig, invalidRequest, type Refusal } from './refusal.ts';

const labels = [
  ...['client_id', 'client_instance_id', 'client_software_name', 'client_software_version'],
  ...['client_source_address', 'client_source_port'],
];

function isPattern(text: string): boolean {
  const [label = '', pattern = '', ...rest] = text.split('=');
  if (!labels.includes(label.trim()) || pattern === '' || rest.length > 0) return false;
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Whether a client metrics subscription may have these configs (KIP-714). */
export function checkClientMetricsConfigs(own: ConfigMap): Refusal | undefined {
  for (const name of own.keys()) {
    if (!clientMetricsConfigs.has(name)) {
      return invalidRequest(`Unknown client metrics configuration: ${name}`);
    }
  }
  const problem = firstProblem(clientMetricsConfigs.values(), own);
  if (problem !== undefined) return invalidConfig(problem);
  const interval = Number(own.get('interval.ms') ?? '300000');
  if (interval < 100 || interval > 3_600_000) {
    const why = 'interval must be between 100 and 3600000 (1 hour)';
    return invalidRequest(`Invalid value ${interval} for interval.ms, ${why}`);
  }
  const parsed = parseValue(clientMetricsConfigs.get('match')!, own.get('match') ?? '');
  const patterns = 'value' in parsed && Array.isArray(parsed.value) ? parsed.value : [];
  const stranger = patterns.find((pattern) => !isPattern(pattern));
  return stranger === undefined
    ? undefined
    : invalidConfig(`Illegal client matching pattern: ${stranger}`);
}
