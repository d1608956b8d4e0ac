/* global fetch, location, URLSearchParams */
// The bank as both older pages call it: without a token, from an origin of their own.

/** Port 4000 unless the page's address says otherwise. */
const BANK = new URLSearchParams(location.search).get('bank') ?? 'http://localhost:4000';

async function ask(path, body) {
  const headers = { 'content-type': 'application/json' };
  const order = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(BANK + path, order);
  return { status: answer.status, body: await answer.json() };
}

async function must(path, body) {
  const answer = await ask(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.body;
}

/** What the admin page of the demo does, from the same origin. */
const admin = {
  approvePerson: (userId) =>
    must('/kyc/approve', { user_id: userId, kyc_status: 'approved', notes: '' }),
  approveWallet: (walletId, limit) =>
    must('/wallets/approve', { wallet_id: walletId, approved_limit: limit, status: 'approved' }),
  logs: () => must('/bank-logs?limit=50&offset=0'),
};
