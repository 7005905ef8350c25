const lengthMax = 249;
const legal = /^[a-zA-Z0-9._-]+$/;

/** Why `name` cannot be a topic's, or undefined when it can (Kafka's Topic.validate). */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'the empty string is not allowed';
  if (name === '.' || name === '..') return `'${name}' is not allowed`;
  if (name.length > lengthMax)
    return `the length of '${name}' is longer than the max allowed length ${lengthMax}`;
  if (!legal.test(name)) {
    const allowed = "ASCII alphanumerics, '.', '_' and '-'";
    return `'${name}' contains one or more characters other than ${allowed}`;
  }
  return undefined;
}

/** Metric names turn '.' into '_', so `a.b` and `a_b` may not both exist. */
export const collisionKey = (name: string): string => name.replaceAll('.', '_');
