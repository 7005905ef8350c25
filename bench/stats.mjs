// Figures of several rounds, and ratios of figures of the same round.

const sorted = (values) => [...values].sort((a, b) => a - b);

export function median(values) {
  const order = sorted(values);
  const { length } = order;
  return (order[(length - 1) >> 1] + order[length >> 1]) / 2;
}

/** The value that `share` of all values do not exceed. */
export function quantile(values, share) {
  const order = sorted(values);
  return order[Math.ceil(share * (order.length - 1))];
}

/** Median and range of the rounds that have a figure; null when none has. */
export function summary(values) {
  const taken = values.filter((value) => typeof value === 'number');
  if (taken.length === 0) return null;
  return { median: median(taken), min: Math.min(...taken), max: Math.max(...taken) };
}

/** Ratios round by round: what slows one round down slows both of its figures. */
export function ratios(values, base) {
  const both = (value, index) => typeof value === 'number' && base[index] > 0;
  return values.map((value, index) => (both(value, index) ? value / base[index] : null));
}
