/** A score and what the item was. */
export interface Judged {
  readonly score: number;
  readonly isThief: boolean;
}

/**
 * The area under the ROC curve: how often a thief's item scores above an honest one, ties by half.
 * 0 to 1; 0.5 knows nothing.
 */
export function rocAuc(judged: readonly Judged[]): number {
  const groups = byScore(judged);
  const honest = judged.filter(({ isThief }) => !isThief).length;
  const thieves = judged.length - honest;
  let below = 0;
  let above = 0;
  // From the lowest score: honest items below and half of those at the same score.
  for (const group of [...groups].reverse()) {
    above += group.thieves * (below + group.honest / 2);
    below += group.honest;
  }
  return above / (honest * thieves);
}

export interface AtCapacity {
  /** Items that people look at. */
  readonly reviewed: number;
  /** Of those, the part that are thieves'. */
  readonly precision: number;
  /** Of the thieves' items, the part that is looked at. */
  readonly recall: number;
}

/** When people look at `capacity` items, highest first; of equal ones as many as come by luck. */
export function atCapacity(judged: readonly Judged[], capacity: number): AtCapacity {
  const thieves = judged.filter(({ isThief }) => isThief).length;
  let left = Math.min(capacity, judged.length);
  const reviewed = left;
  let found = 0;
  for (const group of byScore(judged)) {
    const size = group.thieves + group.honest;
    const taken = Math.min(left, size);
    found += (group.thieves * taken) / size;
    left -= taken;
    if (left === 0) break;
  }
  return { reviewed, precision: found / reviewed, recall: found / thieves };
}

interface Group {
  readonly thieves: number;
  readonly honest: number;
}

/** Highest score first. */
function byScore(judged: readonly Judged[]): readonly Group[] {
  const groups = new Map<number, { thieves: number; honest: number }>();
  for (const { score, isThief } of judged) {
    const group = groups.get(score) ?? { thieves: 0, honest: 0 };
    if (isThief) group.thieves += 1;
    else group.honest += 1;
    groups.set(score, group);
  }
  return [...groups].sort(([a], [b]) => b - a).map(([, group]) => group);
}
