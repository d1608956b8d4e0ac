/*
 * The funding lemma of spec/judge.md §3, searched: every ordered sequence of DOCUMENTS payments
 * under one allowance, whatever its payer signed that an honest payee accepts (rule 8: the first
 * sequence spent = amount, a later one spent > amount, spent within the limit); first wins. The
 * claim: what contradicts nothing settled is covered by the reservation.
 *
 *   lemma LIMIT COUNT DOCUMENTS MODE
 *
 * MODE 0: the design, compared with everything settled. 1: with the nearest settled predecessor
 * and successor, as the bank does; refuses exactly what 0 refuses. 2: and when the last allowed
 * sequence has settled, limit less its `spent` goes back (spec/settlement.md §4 a). Weaker ones:
 * 3: equal sequences only. 4: neighbours in number only. 5: limit less the highest `spent` goes
 * back at once. Ends with 0 where the claim holds, with 1 where a sequence breaks it.
 */
#include <stdio.h>
#include <stdlib.h>

enum { DESIGN, NEAREST, LAST_RELEASES, SEQUENCES_ONLY, ADJACENT_ONLY, SPENT_RELEASES };
#define MOST_DOCUMENTS 8
#define MOST_KINDS 512

typedef struct { int sequence, amount, spent; } Payment;

static int limit, count, documents, mode, kinds;
static Payment kind[MOST_KINDS], given[MOST_DOCUMENTS];
static int settled[MOST_DOCUMENTS];
static long sequences, broken;

static int contradict(Payment one, Payment other) {
  if (one.sequence == other.sequence) return 1;
  if (mode == SEQUENCES_ONLY) return 0;
  Payment low = one.sequence < other.sequence ? one : other;
  Payment high = one.sequence < other.sequence ? other : one;
  if (low.sequence + 1 == high.sequence) return low.spent + high.amount != high.spent;
  return mode != ADJACENT_ONLY && low.spent + high.amount > high.spent;
}

static int refused_by_all(int at) {
  for (int i = 0; i < at; i++)
    if (settled[i] && contradict(given[i], given[at])) return 1;
  return 0;
}

static int refused_by_nearest(int at) {
  int before = -1, same = -1, after = -1;
  for (int i = 0; i < at; i++) {
    if (!settled[i]) continue;
    int sequence = given[i].sequence, here = given[at].sequence;
    if (sequence == here) same = i;
    if (sequence < here && (before < 0 || sequence > given[before].sequence)) before = i;
    if (sequence > here && (after < 0 || sequence < given[after].sequence)) after = i;
  }
  return same >= 0 || (before >= 0 && contradict(given[before], given[at])) ||
         (after >= 0 && contradict(given[after], given[at]));
}

static void show(int at, int released) {
  printf("breaks:");
  for (int i = 0; i <= at; i++)
    printf(" (%d, %d, %d)%s", given[i].sequence, given[i].amount, given[i].spent,
           i == at ? " not covered" : settled[i] ? " settled" : " refused");
  printf(", %d released\n", released);
}

static void try_all(int at, int paid, int released) {
  sequences++;
  if (at == documents) return;
  for (int each = 0; each < kinds; each++) {
    given[at] = kind[each];
    int refused = refused_by_all(at);
    if (mode == NEAREST && refused_by_nearest(at) != refused) { broken++; show(at, released); }
    settled[at] = !refused;
    if (refused) { try_all(at + 1, paid, released); continue; }
    if (paid + given[at].amount + released > limit) {
      if (!broken) show(at, released);
      broken++;
      continue;
    }
    int back = limit - given[at].spent, after = released;
    if (mode == LAST_RELEASES && given[at].sequence == count) after = back;
    if (mode == SPENT_RELEASES && back > released) after = back;
    try_all(at + 1, paid + given[at].amount, after);
  }
}

int main(int arguments, char **argument) {
  if (arguments != 5) { fprintf(stderr, "lemma LIMIT COUNT DOCUMENTS MODE\n"); return 2; }
  limit = atoi(argument[1]); count = atoi(argument[2]);
  documents = atoi(argument[3]); mode = atoi(argument[4]);
  if (documents < 1 || documents > MOST_DOCUMENTS || limit < 1 || limit * limit * count > MOST_KINDS)
    return 2;
  for (int sequence = 1; sequence <= count; sequence++)
    for (int amount = 1; amount <= limit; amount++)
      for (int spent = amount; spent <= limit; spent++)
        if (sequence == 1 ? spent == amount : spent > amount)
          kind[kinds++] = (Payment){sequence, amount, spent};
  try_all(0, 0, 0);
  printf("%d kinds of payment, %ld sequences, %ld broken\n", kinds, sequences, broken);
  return broken > 0;
}
