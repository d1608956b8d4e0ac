/*
 * The life of one allowance at the bank: spec/settlement.md §1, §2 and §4, spec/judge.md §2 and §3.
 *
 * L units are reserved, for COUNT payments. Up to N documents exist under it, each in the hands of
 * an honest payee who took it: whatever the payer signed (PAYER=0: any sequence, amount and
 * running total that rule 8 lets a payee accept; so any clones of the phone), or an honest journal
 * (PAYER=1). They are handed in by anybody, in any order, alone or in an upload that is held for a
 * review; the payer hands in a Return, a lie or not; people decide reviews and cases whenever they
 * like. Left out, because each adds proofs only: `previous`, a Return's head, a second Return.
 *
 * The environment says what is run: DOCS (0 … N), PAYER, and WEAK: 0 for the design, 1 … 99 for one
 * weaker rule, of which an assertion has to fail, 100 and more for the design with the claim that
 * something never happens, which has to fail as well, or nothing was proved.
 */
#define N 3
#define L 3
#define COUNT 3

#define SEQUENCES_ONLY 1        /* rule 5 without rule 6 */
#define ADJACENT_ONLY 2         /* rule 6 between neighbours in number only */
#define SETTLES_AGAIN 3         /* no rule 4 */
#define EXPIRY_AT_HAND_IN 4     /* `until` judged by the bank */
#define REVOKED_REFUSED 5       /* rule 10 at the bank */
#define REVOKED_RELEASED 6      /* a lost phone's rest goes back at once */
#define NOT_DRAINED 7           /* the window's end does not wait for what was received */
#define EARLY_SPENT 8           /* limit less the highest `spent` goes back at once */
#define RETURN_RELEASES 9       /* limit less a Return's total goes back at once */
#define RETURN_REFUSES 10       /* what contradicts only a Return is refused */
#define RETURN_NO_EVIDENCE 11   /* a payment beyond a Return is no proof */
#define RETURN_NOT_BACKWARDS 12 /* a Return is not compared with what settled before it */
#define REFUSED_COUNTS 13       /* known means received, not settled */
#define HELD_NOT_AWAITED 14     /* the window's end does not wait for reviews */
#define HELD_TIME_IS_VERDICT 15 /* what was held is received when it is released */
#define HELD_BLOCKS 16          /* what is held or rejected counts for other ways too */
#define CASE_NOT_AWAITED 17     /* money goes back under an undecided case */
#define CASE_DECIDED_ONCE 18    /* a later proof opens no case again */

#define NEVER_ALL_SETTLED 100
#define NEVER_CONTRADICTED 101
#define NEVER_A_LIE_FOUND 102
#define NEVER_RELEASED_LATE 103
#define NEVER_CLOSED_AFTER_A_CASE 104
#define NEVER_LAST_RELEASED 105

#define NOT_YET 0
#define SETTLED 1
#define CONTRADICTED 2          /* with proof */
#define REFUSED 3               /* for any other reason: never, in the design */

c_code { \#include <stdlib.h> };
hidden byte weak; hidden byte docs; hidden byte honest;

byte seq[N], amt[N], spent[N];
byte answer[N];
byte way[N];                    /* handed in alone: 0 no, 1 received, 2 decided */
byte heldDoc, held;             /* 0 none, 1 held, 2 released, 3 decided, 4 rejected by review */
bool late;                      /* it was released after the window's end */
byte phase;                     /* 0 active, 1 expired with its claim window open, 2 window over */
byte R, C, M;                   /* reserved, back with the payer, paid to payees */
bool returned, revoked, closed, releasedLast;
byte lastSeq, total;            /* of the Return */
bool evidence, lieFound;
bool undecided;                 /* a proof that nobody decided about: what the assertions see */
bool caseOpen, caseSeen;        /* what the bank's rule sees */
byte a, b, x, y, i, j;
bool found;

/* spec/judge.md §3 for sequence_i < sequence_j */
#define GAP(p, q) (spent[p] + amt[q] > spent[q])
#define STEP(p, q) (seq[p] + 1 == seq[q] && spent[p] + amt[q] != spent[q])
#define ORDERED(p, q) (seq[p] < seq[q] && (GAP(p, q) || STEP(p, q)))
#define CONTRADICT(p, q) (seq[p] == seq[q] || ORDERED(p, q) || ORDERED(q, p))
#define AS_BANK(p, q) (seq[p] == seq[q] || (weak != SEQUENCES_ONLY \
  && (ORDERED(p, q) || ORDERED(q, p)) \
  && (weak != ADJACENT_ONLY || seq[p] + 1 == seq[q] || seq[q] + 1 == seq[p])))
#define BEYOND(p) (returned && (seq[p] > lastSeq || (seq[p] == lastSeq && spent[p] != total) \
  || (seq[p] < lastSeq && spent[p] > total)))
#define KNOWN(p) (answer[p] == SETTLED || (weak == REFUSED_COUNTS && answer[p] == CONTRADICTED))
/* received in time, by a way that no review rejected */
#define IN_TIME(p) (way[p] != 0 || (heldDoc == p && (held == 2 || held == 3)))
#define IS_HELD(p) (heldDoc == p && held == 1)
#define IS_REJECTED(p) (heldDoc == p && held == 4)

inline books() { assert(R + C + M == L) }

inline proof() {
  undecided = true;
  if
  :: weak != CASE_DECIDED_ONCE || !caseSeen -> caseOpen = true; caseSeen = true
  :: else
  fi
}

inline release(what) {
  assert(!undecided);
  assert(R >= what);
  C = C + (what); R = R - (what) /* in this order: `what` may be R */
}

inline settle(p) {
  R = R - amt[p]; M = M + amt[p]; answer[p] = SETTLED;
  if
  :: BEYOND(p) && weak != RETURN_NO_EVIDENCE -> lieFound = true; proof()
  :: else
  fi;
  if
  :: weak == EARLY_SPENT && !releasedLast && R >= L - spent[p] ->
     releasedLast = true; release(L - spent[p])
  :: else
  fi
}

inline decide(p) {
  found = false;
  for (j : 0 .. N - 1) {
    if
    :: j != p && KNOWN(j) && AS_BANK(j, p) -> found = true
    :: else
    fi
  }
  j = 0;
  if
  :: answer[p] == SETTLED && weak == SETTLES_AGAIN && R >= amt[p] -> settle(p)
  :: answer[p] != NOT_YET && (answer[p] != SETTLED || weak != SETTLES_AGAIN || R < amt[p])
  :: answer[p] == NOT_YET ->
     if
     :: found -> answer[p] = CONTRADICTED; evidence = true; proof()
     :: !found && ((weak == REVOKED_REFUSED && revoked) || (weak == RETURN_REFUSES && BEYOND(p)) ||
          (weak == HELD_BLOCKS && IS_REJECTED(p))) -> answer[p] = REFUSED
     :: else ->
        if
        :: R >= amt[p] && !closed -> settle(p)
        :: else -> answer[p] = REFUSED
        fi
     fi
  fi;
  found = false; books()
}

inline sign() {
  if
  :: honest ->
     b = 0;
     for (i : 0 .. N - 1) {
       if
       :: i < docs && b < L ->
          select(a : 1 .. 2);
          if :: b + a > L -> a = 1 :: else fi;
          b = b + a; seq[i] = i + 1; amt[i] = a; spent[i] = b
       :: else
       fi
     }
  :: else ->
     x = 0;
     for (i : 0 .. N - 1) {
       if
       :: i < docs ->
          select(a : 1 .. COUNT); select(b : 1 .. L);
          seq[i] = a; spent[i] = b;
          if
          :: a == 1 -> a = b
          :: else -> if :: b > 1 -> select(a : 1 .. b - 1) :: else -> goto none fi
          fi;
          amt[i] = a;
          /* Which of them is called first does not matter. */
          a = seq[i] * 16 + spent[i] * 4 + amt[i];
          if :: a >= x -> x = a :: else -> goto none fi
       :: else
       fi
     }
  fi;
  a = 0; b = 0; x = 0; i = 0
}

inline handInReturn() {
  if
  :: honest ->
     for (i : 0 .. N - 1) {
       if :: seq[i] > lastSeq -> lastSeq = seq[i]; total = spent[i] :: else fi
     }
  :: else -> select(a : 0 .. COUNT); select(b : 0 .. L); lastSeq = a; total = b
  fi;
  a = 0; b = 0; i = 0; returned = true;
  for (j : 0 .. N - 1) {
    if
    :: answer[j] == SETTLED && BEYOND(j) && weak != RETURN_NOT_BACKWARDS &&
         weak != RETURN_NO_EVIDENCE -> lieFound = true; proof()
    :: else
    fi
  }
  j = 0;
  if
  :: weak == RETURN_RELEASES && !lieFound && !evidence && !closed && !releasedLast &&
       R >= L - total -> releasedLast = true; release(L - total)
  :: else
  fi;
  books()
}

/* What holds once the allowance is closed and everything is decided. */
inline check() {
  for (i : 0 .. N - 1) {
    if
    :: i < docs && seq[i] != 0 && IN_TIME(i) ->
       assert(answer[i] == SETTLED || answer[i] == CONTRADICTED); /* paid, unless proved */
       x = x + amt[i]
    :: else
    fi;
    if :: answer[i] == SETTLED -> y = y + amt[i] :: else fi;
    found = false;
    for (j : 0 .. N - 1) {
      if
      :: i != j && answer[j] == SETTLED && CONTRADICT(i, j) -> found = true
      :: else
      fi
    }
    assert(answer[i] != CONTRADICTED || found);                   /* of two settled by whom */
    assert(answer[i] != SETTLED || !found);
    assert(answer[i] != SETTLED || !BEYOND(i) || lieFound)        /* a lie is found */
  }
  assert(M == y);                                                 /* each is paid once */
  assert(x <= L || evidence);                                     /* overspending is found */
  assert(!honest || (!evidence && !lieFound));                    /* nobody honest is accused */
  assert(weak != NEVER_ALL_SETTLED || M < L || answer[docs - 1] != SETTLED);
  assert(weak != NEVER_CONTRADICTED || !evidence);
  assert(weak != NEVER_A_LIE_FOUND || !lieFound);
  assert(weak != NEVER_RELEASED_LATE || !late || answer[heldDoc] != SETTLED || way[heldDoc] != 0);
  assert(weak != NEVER_CLOSED_AFTER_A_CASE || !evidence || !lieFound);
  assert(weak != NEVER_LAST_RELEASED || !releasedLast || M < L - 1);
  found = false; i = 0; j = 0; x = 0; y = 0
}

#define PENDING(p) (way[p] == 1)
#define REVOCATION_READ (weak == REVOKED_REFUSED || weak == REVOKED_RELEASED)

#define OF_DOCUMENT(p) \
  :: atomic { p < docs && seq[p] != 0 && phase < 2 && (way[p] == 0 \
       || (way[p] == 2 && weak == SETTLES_AGAIN)) -> way[p] = 1; \
     if \
     :: weak == EXPIRY_AT_HAND_IN && phase == 1 -> way[p] = 2; answer[p] = REFUSED \
     :: else \
     fi } \
  :: atomic { p < docs && seq[p] != 0 && phase < 2 && held == 0 -> heldDoc = p; held = 1 } \
  :: atomic { PENDING(p) && (weak != HELD_BLOCKS || !IS_HELD(p)) -> way[p] = 2; decide(p) } \
  :: atomic { seq[p] == COUNT && answer[p] == SETTLED && !releasedLast && !closed \
       && (!caseOpen || weak == CASE_NOT_AWAITED) -> \
     releasedLast = true; release(L - spent[p]); books() }

active proctype life() {
  atomic {
    c_code {
      weak = getenv("WEAK") ? atoi(getenv("WEAK")) : 0;
      docs = getenv("DOCS") ? atoi(getenv("DOCS")) : N;
      honest = getenv("PAYER") ? atoi(getenv("PAYER")) : 0;
    };
    R = L; sign()
  };
  do
  OF_DOCUMENT(0)
  OF_DOCUMENT(1)
  OF_DOCUMENT(2)
  :: atomic { held == 1 -> held = 2; late = (phase == 2);
     if
     :: weak == HELD_TIME_IS_VERDICT && late && answer[heldDoc] == NOT_YET ->
        answer[heldDoc] = REFUSED
     :: else
     fi }
  :: atomic { held == 1 -> held = 4 }
  :: atomic { held == 2 -> held = 3; decide(heldDoc) }
  :: atomic { caseOpen -> caseOpen = false; undecided = false }
  :: atomic { !returned && phase < 2 -> handInReturn() }
  :: atomic { !revoked && REVOCATION_READ && phase < 2 -> revoked = true;
     if :: weak == REVOKED_RELEASED -> C = C + R; R = 0 :: else fi;
     books() }
  :: atomic { phase < 2 -> phase++ }
  :: atomic { phase == 2 && !closed &&
       (weak == NOT_DRAINED || (!PENDING(0) && !PENDING(1) && !PENDING(2))) &&
       (weak == HELD_NOT_AWAITED || weak == HELD_BLOCKS || (held != 1 && held != 2)) &&
       (!caseOpen || weak == CASE_NOT_AWAITED) ->
     release(R); closed = true; books() }
  :: atomic { closed && !PENDING(0) && !PENDING(1) && !PENDING(2) && held != 1 && held != 2 ->
     check(); break }
  od;
none:
  skip
}
