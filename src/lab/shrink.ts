type Events = readonly (readonly number[])[];

/**
 * The simplest list of choices that still fails in the same way, as far as `budget` tries go: first
 * events are left out, in ever smaller pieces, then single choices are made boring.
 */
export function shrink(
  events: Events,
  stillFails: (events: Events) => boolean,
  budget: number,
): Events {
  let best = events;
  let left = budget;
  const attempt = (candidate: Events): boolean => {
    if (left <= 0) return false;
    left--;
    if (!stillFails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length >> 1; size >= 1 && left > 0; size >>= 1) {
    for (let at = best.length - size; at >= 1; at -= size) {
      attempt([...best.slice(0, at), ...best.slice(at + size)]);
    }
  }
  for (let event = 0; event < best.length; event++) {
    for (let index = 0; index < best[event]!.length; index++) {
      if (best[event]![index] === 0) continue;
      const changed = [...best[event]!];
      changed[index] = 0;
      attempt([...best.slice(0, event), changed, ...best.slice(event + 1)]);
    }
  }
  return best;
}
