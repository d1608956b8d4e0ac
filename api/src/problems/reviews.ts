import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of what staff decide: reviews, proved cases, and items that failed again and again. */
export const REVIEW_PROBLEM_CODES = {
  'review/not_found': no(404, 'No such review', 'List the open ones.'),
  'review/decided': no(409, 'Decided otherwise', 'Read the review: its verdict is final.'),
  'review/own': no(403, 'Your own', 'Somebody who gains or loses nothing by it decides.'),
  'case/decided': no(409, 'Case decided otherwise', 'The decision of a case is final.'),
  'case/not_covered': no(409, 'Not covered', 'Name less, or leave the loss with the payee.'),
  'case/not_funded': no(409, 'Guarantee not funded', 'Put money into the guarantee account.'),
  'held/not_found': no(404, 'No held items', 'List those that are held.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
