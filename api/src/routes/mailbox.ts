import { Type } from '@sinclair/typebox';
import type { Route } from '../route.ts';
import { Closed, OneOf } from '../shapes.ts';

export const mailboxRoutes = {
  getMailbox: {
    method: 'GET',
    path: '/demo/mailbox',
    tag: 'Service',
    summary: 'Mails of a demo, newest first, codes included',
    auth: 'public',
    limit: 'other',
    only: 'demo',
    query: Closed({ lang: Type.Optional(OneOf(['en', 'ur'])) }),
    statuses: { 200: 'The page.' },
    answer: { type: 'page', mediaType: 'text/html' },
    problems: [],
  },
  getMailboxStyle: {
    method: 'GET',
    path: '/demo/mailbox.css',
    tag: 'Service',
    summary: 'The style of that page',
    auth: 'public',
    limit: 'other',
    only: 'demo',
    statuses: { 200: 'The style sheet.' },
    answer: { type: 'page', mediaType: 'text/css' },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
