/** The row that most stories edit: sequence 7 of the first allowance that was spent. */
export const SOME_PAYMENT = `(select min(allowance_no) from settled_payments)`;

export const THIS_PAYMENT = `allowance_no = ${SOME_PAYMENT} and sequence = 7`;

/** Its key as the auditor names it, in JSON. */
export const ITS_KEY = `
  select '{"allowance_no":"' || ${SOME_PAYMENT} || '","sequence":"7"}' as value`;

export const ITS_TRANSFER = `
  kind = 'settlement'
  and reference = (select payment_id from settled_payments where ${THIS_PAYMENT})`;
