-- What the bank pays of a proved double spend (decisions/0030).

alter table case_decisions
  -- The refused payment that the guarantee is for: none is paid for twice.
  add column covered bytea unique,
  add constraint case_decisions_covered check (octet_length(covered) = 32),
  add constraint case_decisions_guaranteed check ((guarantee > 0) = (covered is not null)),
  add constraint case_decisions_bank check (guarantee = 0 or loss = 'bank');

-- Of a payee and a time, and of a proof's refused payment.
create index case_decisions_payee on case_decisions (payee_wallet, at) where guarantee > 0;
create index rejected_items_proof on rejected_items (proof_id) where proof_id is not null;
