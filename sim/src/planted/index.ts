import { BANK_BUGS } from './bank-bugs.ts';
import type { Bug } from './bug.ts';
import { CLOSER_BUGS } from './closer-bugs.ts';
import { FURTHER_BUGS } from './further-bugs.ts';
import { KEY_BUGS } from './key-bugs.ts';
import { ORDER_BUGS } from './order-bugs.ts';
import { PROTOCOL_BUGS } from './protocol-bugs.ts';
import { SAYING_BUGS } from './saying-bugs.ts';
import { SQL_BUGS } from './sql-bugs.ts';
import { WALLET_BUGS } from './wallet-bugs.ts';

export type { Bug, Edit } from './bug.ts';

export const BUGS: readonly Bug[] = [
  ...PROTOCOL_BUGS,
  ...WALLET_BUGS,
  ...BANK_BUGS,
  ...FURTHER_BUGS,
  ...SAYING_BUGS,
  ...KEY_BUGS,
  ...ORDER_BUGS,
  ...CLOSER_BUGS,
  ...SQL_BUGS,
];
