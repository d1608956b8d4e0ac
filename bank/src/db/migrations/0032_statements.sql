-- What statements read (decisions/0029): the transfers of one account in a period, by time.

-- As before, but by time. Settlements keep to themselves: theirs is the busiest kind.
drop index ledger_transfers_debit;
drop index ledger_transfers_credit;
create index ledger_transfers_debit on ledger_transfers (debit_account, at, id)
  where kind <> 'settlement';
create index ledger_transfers_credit on ledger_transfers (credit_account, at, id)
  where kind <> 'settlement';

-- One entry more for each settled payment, on its payee's side alone: what pays it has no statement
-- (a reservation, a limit, a float) or is a wallet whose key signed (settled_key_payments).
create index ledger_transfers_settled on ledger_transfers (credit_account, at)
  where kind = 'settlement';

-- A day of the whole ledger. Rows come nearly in order of time, so this costs next to nothing.
create index ledger_transfers_at on ledger_transfers using brin (at) with (pages_per_range = 64);
