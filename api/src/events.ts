import { Type } from '@sinclair/typebox';
import type { TObject } from '@sinclair/typebox';
import { Amount, CurrencyCode, Id, OneOf, Timestamp, WalletNumber } from './shapes.ts';

const PaymentId = Type.String({ ...Id, title: 'PaymentId', description: 'The payment’s id.' });
const Moved = Type.Object(
  { payment_id: PaymentId, amount: Amount, currency: CurrencyCode, wallet_id: WalletNumber },
  { title: 'PaymentMoved', description: '`wallet_id` is the reader’s own.' },
);
const Refused = Type.Object(
  {
    payment_id: PaymentId,
    code: Type.String({ pattern: '^[a-z_]+$', description: 'As in the outcomes of a batch.' }),
  },
  { title: 'PaymentRefused' },
);
const Changed = Type.Object(
  {
    wallet_id: WalletNumber,
    change: Type.String({
      pattern: '^[+-](0|[1-9][0-9]{0,15})(\\.[0-9]{1,4})?$',
      description: 'With its sign, in major units.',
    }),
    currency: CurrencyCode,
    reason: OneOf(['transfer', 'settlement']),
    transfer_id: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { title: 'BalanceChanged' },
);
const Standing = Type.Object(
  { status: OneOf(['active', 'review', 'closed']) },
  { title: 'ReviewChanged' },
);
const OfWallet = Type.Object(
  { wallet_id: WalletNumber, is_active: Type.Boolean() },
  { title: 'WalletChanged' },
);

/** What is told of a kind of event. */
export interface EventMeaning {
  readonly summary: string;
  readonly data: TObject;
  readonly example: Readonly<Record<string, string | number | boolean>>;
  /** Of the example, under `EVENT_EXAMPLE.secret`. */
  readonly signature: string;
}

const payment_id = '5f'.repeat(32);
const paid = { payment_id, amount: '123.45', currency: 'PKR', wallet_id: 590_000_000_008 };

const signed = (mac: string) => `t=1795230901,v1=${mac}`;

/** What can be told, by streams and webhooks: ids and amounts as the API writes them, no names. */
export const EVENTS = {
  'payment.settled': {
    summary: 'A payment of this account’s has moved money',
    data: Moved,
    example: paid,
    signature: signed('105b66261c627e3f022e156496300bf9179e35680f87d3965725ef4e23b6ba8c'),
  },
  'payment.received': {
    summary: 'This account was paid',
    data: Moved,
    example: paid,
    signature: signed('e7b6650587aecb56891f964b0316a7ff4d2d25a5e27e941e5492839eaf0f53d6'),
  },
  'payment.rejected': {
    summary: 'A payment that this account handed in was refused',
    data: Refused,
    example: { payment_id, code: 'double_spend' },
    signature: signed('f726f81231307b8b41e3b789b2fbddfb0432f5d68c6c92620894321ebc1eb7d7'),
  },
  'balance.changed': {
    summary: 'A wallet has more or less than before',
    data: Changed,
    example: {
      ...{ wallet_id: paid.wallet_id, change: '+500.00', currency: 'PKR' },
      ...{ reason: 'transfer', transfer_id: 12 },
    },
    signature: signed('ebc02dcc14949b13c4c54b578ce87ca987bbbad450c90f0f3d809365ca8893ef'),
  },
  'review.changed': {
    summary: 'The account was blocked, released or closed',
    data: Standing,
    example: { status: 'active' },
    signature: signed('c5806841b5b625312dfbebabdc39a2a259f967c1f81a7588284f5abb160ca354'),
  },
  'wallet.changed': {
    summary: 'A wallet was made, topped up, given a key, switched on or off: look at it again',
    data: OfWallet,
    example: { wallet_id: paid.wallet_id, is_active: true },
    signature: signed('f28639bdfa8219cc00c7aa6cf635fa120f0a153a0fbda8da7d7e00ceb6b163c7'),
  },
} as const satisfies Readonly<Record<string, EventMeaning>>;

export type EventKind = keyof typeof EVENTS;

/** Every kind, in the order in which they are described. */
export const EVENT_KINDS = Object.keys(EVENTS) as readonly EventKind[];

/** What every example has besides its data, and the secret that the examples are signed with. */
export const EVENT_EXAMPLE = {
  id: '17',
  at: '2026-11-21T03:15:00.000Z',
  secret: 'whsec_c2lra2EgZXhhbXBsZSBzZWNyZXQsIG5vdCB1c2Vk',
} as const;

/** An event of one kind, as streams and webhooks carry it. */
export function eventSchema(kind: EventKind): TObject {
  return Type.Object({
    id: Type.String({
      pattern: '^[1-9][0-9]{0,18}$',
      description: 'Greater than those before; the same however often the event is delivered.',
    }),
    kind: Type.String({ const: kind }),
    at: Timestamp,
    data: EVENTS[kind].data,
  });
}

/** The example of a kind, with its members in the order in which they are sent. */
export function eventExample(kind: EventKind) {
  const { id, at } = EVENT_EXAMPLE;
  return { id, kind, at, data: EVENTS[kind].example };
}
