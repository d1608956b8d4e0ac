import { accountOf } from './batch.ts';
import type { History, RiskBatch } from './batch.ts';
import { limits } from './limits.ts';

/** Who paid whom within `limits.flowMs`: the history and the batch itself. Floats are left out. */
export interface Flows {
  /** How often. */
  paid(from: bigint, to: bigint): number;
  /** By how many of those whom `from` paid, other than `to`, money may have come to `to`. */
  ways(from: bigint, to: bigint): number;
}

type Graph = Map<bigint, Map<bigint, number>>;

export function flowsOf(batch: RiskBatch, history: History): Flows {
  const out: Graph = new Map();
  const into: Graph = new Map();
  const add = (from: bigint, to: bigint) => {
    count(out, from, to);
    count(into, to, from);
  };
  const since = batch.receivedAt.getTime() - limits.flowMs;
  for (const [account, { paid }] of history.identities) {
    for (const { at, to, ownFloat } of paid) {
      if (to !== undefined && !ownFloat && at.getTime() > since) add(account, to);
    }
  }
  for (const [from, tos] of history.onward) for (const to of tos) add(from, to);
  for (const { payerWallet, payeeWallet, ownFloat } of batch.items) {
    const from = accountOf(payerWallet, history);
    const to = accountOf(payeeWallet, history);
    if (from !== undefined && to !== undefined && !ownFloat) add(from, to);
  }
  const sources = new Map<bigint, ReadonlySet<bigint>>();
  const sourcesOf = (to: bigint) => {
    const known = sources.get(to) ?? reaching(into, to);
    sources.set(to, known);
    return known;
  };
  return {
    paid: (from, to) => out.get(from)?.get(to) ?? 0,
    ways: (from, to) => {
      const next = [...(out.get(from)?.keys() ?? [])];
      return next.filter((one) => one !== to && one !== from && sourcesOf(to).has(one)).length;
    },
  };
}

function count(graph: Graph, from: bigint, to: bigint): void {
  const edges = graph.get(from) ?? new Map<bigint, number>();
  graph.set(from, edges.set(to, (edges.get(to) ?? 0) + 1));
}

/** Who paid `to`, or paid who paid `to`, and so on, over `limits.ringHops` hops at most. */
function reaching(into: Graph, to: bigint): ReadonlySet<bigint> {
  const found = new Set<bigint>();
  let layer: readonly bigint[] = [to];
  for (let hop = 0; hop < limits.ringHops; hop += 1) {
    const next: bigint[] = [];
    for (const one of layer) {
      for (const source of into.get(one)?.keys() ?? []) {
        if (source === to || found.has(source)) continue;
        if (found.size >= limits.ringParties) return found;
        found.add(source);
        next.push(source);
      }
    }
    layer = next;
  }
  return found;
}
