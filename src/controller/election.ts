/** A leader that is not there. */
export const noLeader = -1;

/**
 * `preferred`: the first replica, if it may lead. `online`: whoever leads, else the first that may.
 * `unclean`: rather one who lacks what was committed than nobody.
 */
export type Election = 'preferred' | 'online' | 'unclean';

interface Candidates {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly elr: readonly number[];
  /** The one who led until now, or -1. */
  readonly leader: number;
  /** The last to have led before nobody did: may lead again when no one better is left. */
  readonly lastLeader: number | undefined;
  readonly mayLead: (brokerId: number) => boolean;
}

interface Elected {
  readonly leader: number;
  /** It may lack what was committed. */
  readonly unclean: boolean;
}

/**
 * Who leads next. Clean is a member of the ISR, or of the eligible leader replicas when the ISR is
 * empty: they hold all that is committed.
 */
export function electLeader(election: Election, candidates: Candidates): Elected {
  const { replicas, isr, elr, leader, lastLeader, mayLead } = candidates;
  const clean = isr.length > 0 ? isr : elr;
  const isClean = (brokerId: number) => clean.includes(brokerId) && mayLead(brokerId);
  const [preferred] = replicas;
  const first = election === 'preferred' && preferred !== undefined ? [preferred] : [];
  const elected = [...first, leader, ...replicas].find(isClean);
  if (elected !== undefined) return { leader: elected, unclean: false };
  if (clean.length === 0 && lastLeader !== undefined && mayLead(lastLeader)) {
    return { leader: lastLeader, unclean: true };
  }
  const anyone = election === 'unclean' ? replicas.find(mayLead) : undefined;
  return { leader: anyone ?? noLeader, unclean: anyone !== undefined };
}
