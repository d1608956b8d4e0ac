/* global ask, must, makeKeys, hashText, signHash, seal, crypto */
// An older sender's page: registers, is given a limit, and pays by files while offline.

let keys;
let me;
let wallet;
let last = '';

const sender = {
  async register(fullName) {
    keys = await makeKeys();
    me = await must('/kyc/register', {
      full_name: fullName,
      email_or_phone: 'sender@example.com',
      role: 'sender',
      public_key: keys.signingJwk,
    });
    return me;
  },

  /** As it is answered: 400 before approval, and a second time. */
  requestWallet: async (limit) => {
    const answer = await ask('/wallets/request', { user_id: me.user_id, requested_limit: limit });
    if (answer.status < 300) wallet = answer.body;
    return answer;
  },

  readWallet: () => must(`/wallets/user/${me.user_id}`),

  /** The text of the file that goes to the receiver. */
  async pay(receiver, amount) {
    const said = {
      txn_id: crypto.randomUUID(),
      from_id: me.user_id,
      to_id: receiver.userId,
      amount,
      timestamp: new Date().toISOString(),
      prev_hash: last,
      wallet_id: wallet.wallet_id,
    };
    const hash = await hashText(JSON.stringify(said));
    const signature = await signHash(keys.signing, hash);
    last = hash;
    const transaction = { ...said, hash, signature, sender_public_key: keys.signingJwk };
    return JSON.stringify({
      ...(await seal(JSON.stringify(transaction), keys.sealing, receiver.sealingJwk)),
      sender_ecdh_public_key: keys.sealingJwk,
      sender_public_key: keys.signingJwk,
    });
  },
};
