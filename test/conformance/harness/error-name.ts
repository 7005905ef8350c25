import { readFileSync } from 'node:fs';
const list = JSON.parse(readFileSync('/work/shared/kafka-protocol/errors.json', 'utf8')) as any;
const rows: any[] = Array.isArray(list) ? list : (list.errors ?? Object.values(list));
const names = new Map<number, string>(rows.map((r) => [r.code, r.name]));
export function errorName(code: number): string {
  return names.get(code) ?? `unknown error ${code}`;
}
