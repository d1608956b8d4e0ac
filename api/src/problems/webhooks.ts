import { no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of webhooks. */
export const WEBHOOK_PROBLEM_CODES = {
  'webhook/url_refused': no(
    400,
    'Address refused',
    'Give an https address of the public network, on port 443 or 8443.',
  ),
  'webhook/limit_reached': no(409, 'Too many webhooks', 'Delete one that is no longer used.'),
  'webhook/not_found': no(404, 'No such webhook', 'List your webhooks and their deliveries.'),
  'webhook/disabled': no(409, 'Webhook switched off', 'Delete it, and register it again.'),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;
