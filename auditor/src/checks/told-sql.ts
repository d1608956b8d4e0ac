import { limits } from '../limits.ts';
import { ACTIONS, OF_KEYS, PROPOSED, TELLING } from './actions.ts';
import { EFFECTS } from './effects-sql.ts';
import { EFFECTS_OF_SOME } from './more-effects-sql.ts';

const TOLERANCE = `${limits.clockSeconds} seconds`;

/** Whether an event says so; some have a space about each colon. */
const SAYS = `strpos(replace(e.details, '" : ', '":'), replace(one, '" : ', '":'))`;

/** Of more forks at once than this the bank tells only the first. */
const FORKS_TOLD = 100;

const UNTOLD = `
  f.named_by = 'ledger_forks' and (
    select count(*) from ledger_forks as o
    where o.review = (select m.review from ledger_forks as m where m.id::text = f.key limit 1)
  ) > ${FORKS_TOLD}`;

/** Rows of one kind of which fewer events tell than there are: one was made up. */
const TWICE = `
  select f.action, f.subject, f.named_by, max(f.key) as key
  from f
  left join (
    select action, subject, count(*) as told from audit_events group by action, subject
  ) as e on e.action = f.action and e.subject = f.subject
  where not (${UNTOLD})
  group by f.action, f.subject, f.named_by, e.told
  having count(*) > coalesce(e.told, 0)`;

/** A row of which no event tells, or another than it is. What is unknown was not said. */
export const SILENT = `
  with f as materialized (${EFFECTS})
  select f.action, f.subject, f.named_by, f.key
  from f
  where not exists (
    select from audit_events as e
    where e.action = f.action and e.subject = f.subject
      and (f.at is null
        or e.at between f.at - interval '${TOLERANCE}' and f.at + interval '${TOLERANCE}')
      and (f.actor is null or e.actor = f.actor)
      and not exists (select from unnest(f.said) as one
        where coalesce(${SAYS}, 0) = 0)
  ) and not (${UNTOLD})
  union
  ${TWICE}
  order by named_by, key`;

const listOf = (actions: readonly string[]) => `any ('{${actions.join(',')}}')`;

/** What events are about, as they name it: only kinds of which no effect is told. */
const NAMED = `
  select 'account:' || public_id as subject from accounts
  union all select 'wallet:' || number from wallets
  union all select 'upload:' || id from uploads
  union all select 'topup:' || id from top_ups
  union all select 'kyc:' || user_id from kyc_users
  union all select 'till:' || device_id from tills`;

/** Where no wrong bundle or payment needs to be anybody's. */
const OF_NOBODY = `e.action <> 'bundle.refused' and e.subject <> 'topup:unknown'`;

/**
 * An event of which there is no row, or a second of one: what it tells, who did it or what it is
 * about is not there. And one of an action that the bank does not have.
 */
export const LOST = `
  with f as materialized (${EFFECTS} union all ${EFFECTS_OF_SOME}),
    named as materialized (${NAMED})
  select e.id, e.action, e.subject, 'gone' as how
  from audit_events as e
  where e.action = ${listOf(TELLING)}
    and not exists (
      select from f
      where f.action = e.action and f.subject = e.subject
        and not exists (select from unnest(f.said) as one where ${SAYS} = 0)
    )
  union all
  select t.id, t.action, t.subject, 'told'
  from (
    select action, subject, count(*) as told, max(id) as id
    from audit_events where action = ${listOf(TELLING)} group by action, subject
  ) as t
  join (
    select action, subject, max(made) as made
    from (
      select action, subject, named_by, count(*) as made from f group by action, subject, named_by
    ) as f
    group by action, subject
  ) as m on m.action = t.action and m.subject = t.subject
  where t.told > m.made
  union all
  select max(id), action, subject, 'told'
  from audit_events where action = ${listOf(OF_KEYS)}
  group by action, subject, outcome, details having count(*) > 1
  union all
  select e.id, e.action, e.subject, 'gone'
  from audit_events as e
  where e.action = ${listOf(OF_KEYS)} and not exists (
    select from wallet_keys as k
    where e.subject = 'wallet:' || k.wallet
      and encode(k.id, 'hex') = substring(e.details from '"key":"([0-9a-f]{64})"')
  )
  union all
  select e.id, e.action, e.subject, 'gone'
  from audit_events as e
  where e.action in ('device.enrol', 'device.print_code') and strpos(e.details, '"serial":') > 0
    and not exists (
      select from credentials as c
      where e.subject = 'device:' || c.device_no
        and strpos(e.details, '"serial":' || c.serial || '}') > 0
    )
  union all
  select e.id, e.action, e.subject, 'gone'
  from audit_events as e
  where e.action = ${listOf(PROPOSED)} and not exists (
    select from approvals as p
    where p.subject = e.subject and e.actor = (
        select 'account:' || o.public_id from accounts as o where o.id = p.proposed_by
      )
      and substring(e.details from '"approval":"?([0-9]{1,18})') = p.id::text
  )
  union all
  select e.id, e.action, e.subject, 'gone'
  from audit_events as e
  where split_part(e.subject, ':', 1) in ('account', 'wallet', 'upload', 'topup', 'kyc', 'till')
    and ${OF_NOBODY} and e.action <> all ('{${[...TELLING, ...OF_KEYS].join(',')}}')
    and not exists (select from named as n where n.subject = e.subject)
  union all
  select e.id, e.action, e.actor, 'nobody'
  from audit_events as e
  where e.actor like 'account:%'
    and not exists (select from named as n where n.subject = e.actor)
  union all
  select id, action, subject, 'unknown'
  from audit_events where action <> all ('{${ACTIONS.join(',')}}')
  order by id`;
