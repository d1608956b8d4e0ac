/** What is run of spec/models/spin, and what each run has to say (docs/models.md). */

/** Claims of `life.pml`, each by a part of the assertion's text that no other has. */
export const CLAIMS = {
  'paid, unless a proof says why': '(answer[i]==1)||(answer[i]==2)',
  'refused only with a settled one that contradicts': '(answer[i]!=2)||found',
  'of two that contradict one settles': '(answer[i]!=1)|| !(found)',
  'each paid once': 'M==y',
  'reservation, released and paid are the limit': '((R+C)+M)==',
  'nothing goes back under an undecided case': ' !(undecided)',
  'no more goes back than is left': 'R>=',
  'a Return that lies is found': '||lieFound',
} as const;

export type Claim = keyof typeof CLAIMS;

export interface LifeRun {
  readonly about: string;
  readonly weak: number;
  readonly payer: 'honest' | 'any';
  readonly documents: 1 | 2 | 3;
  /** The claims of which one has to fail; none: every claim holds. */
  readonly breaks?: readonly Claim[];
}

const UNPAID = 'paid, unless a proof says why';
const WINDOW = [UNPAID, 'no more goes back than is left'] as const;

/** The design: every claim holds in every state. */
const HOLDS: readonly LifeRun[] = [
  { about: 'an honest payer', weak: 0, payer: 'honest', documents: 3 },
  { about: 'any two documents', weak: 0, payer: 'any', documents: 2 },
];

/** Ten million states and more: minutes, `npm run models -- --long`. */
export const LONG: readonly LifeRun[] = [
  { about: 'any three documents', weak: 0, payer: 'any', documents: 3 },
];

const both = { documents: 2, payer: 'any' } as const;
const alone = { documents: 2, payer: 'honest' } as const;

/** One weaker rule each. What breaks with an honest payer breaks for everybody. */
const WEAKER: readonly LifeRun[] = [
  {
    ...{ about: 'equal sequences only are compared', weak: 1, ...both },
    breaks: ['of two that contradict one settles', ...WINDOW],
  },
  {
    ...{ about: 'neighbours in number only are compared', weak: 2, ...both },
    breaks: ['of two that contradict one settles', ...WINDOW],
  },
  { about: 'a settled one settles again', weak: 3, ...alone, breaks: ['each paid once', UNPAID] },
  { about: 'expiry is judged when handed in', weak: 4, ...alone, breaks: [UNPAID] },
  { about: 'a claim on a revoked allowance is refused', weak: 5, ...alone, breaks: [UNPAID] },
  { about: 'revoking releases the reservation', weak: 6, ...alone, breaks: [UNPAID] },
  { about: 'the window ends before the inbox is drained', weak: 7, ...alone, breaks: [UNPAID] },
  { about: 'limit less the highest spent is released', weak: 8, ...alone, breaks: [UNPAID] },
  { about: 'a Return releases at once', weak: 9, ...both, breaks: [UNPAID] },
  { about: 'a Return refuses payments', weak: 10, ...both, breaks: [UNPAID] },
  {
    ...{ about: 'a payment beyond a Return is no proof', weak: 11, ...both },
    breaks: ['a Return that lies is found'],
  },
  {
    ...{ about: 'a Return is not compared with what settled before', weak: 12, ...both },
    breaks: ['a Return that lies is found'],
  },
  {
    ...{ about: 'a refused document refuses others', weak: 13, ...both, documents: 3 },
    breaks: ['refused only with a settled one that contradicts'],
  },
  { about: 'the window ends before a review is decided', weak: 14, ...alone, breaks: [UNPAID] },
  { about: 'what was held counts from its release', weak: 15, ...alone, breaks: [UNPAID] },
  { about: 'what is held is refused by other ways too', weak: 16, ...alone, breaks: [UNPAID] },
  {
    ...{ about: 'money goes back under an open case', weak: 17, ...both },
    breaks: ['nothing goes back under an undecided case'],
  },
  {
    ...{ about: 'a case once decided is not opened again', weak: 18, ...both },
    breaks: ['nothing goes back under an undecided case'],
  },
];

/** The design with the claim that something never happens: false, or the model shows nothing. */
export interface Reached {
  readonly about: string;
  readonly weak: number;
  readonly payer: LifeRun['payer'];
}

export const REACHED: readonly Reached[] = [
  { about: 'every payment settles and the limit is spent', weak: 100, payer: 'honest' },
  { about: 'a contradiction is proved', weak: 101, payer: 'any' },
  { about: 'a Return is proved a lie', weak: 102, payer: 'any' },
  { about: 'what was held is released after the window, and settles', weak: 103, payer: 'honest' },
  { about: 'it closes after cases of both kinds were decided', weak: 104, payer: 'any' },
  { about: 'the last sequence releases the rest', weak: 105, payer: 'any' },
];

export const LIFE: readonly LifeRun[] = [...HOLDS, ...WEAKER];

export interface LemmaRun {
  readonly about: string;
  readonly mode: number;
  readonly holds: boolean;
}

/** `lemma.c`: limit 5, four sequences, four documents; `--long`: limit 6, five documents. */
export const LEMMA: readonly LemmaRun[] = [
  { about: 'compared with everything settled', mode: 0, holds: true },
  { about: 'compared with the nearest before and after', mode: 1, holds: true },
  { about: 'and the last sequence releases the rest', mode: 2, holds: true },
  { about: 'equal sequences only', mode: 3, holds: false },
  { about: 'neighbours in number only', mode: 4, holds: false },
  { about: 'limit less the highest spent is released at once', mode: 5, holds: false },
];
export const LEMMA_SIZE = ['5', '4', '4'] as const;
export const LEMMA_LONG_SIZE = ['5', '4', '5'] as const;
