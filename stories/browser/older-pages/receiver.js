/* global ask, must, makeKeys, hashText, signHash, verifyHash, seal, open */
// An older receiver's page: takes files, keeps a chained ledger, seals all of it to the bank.

let keys;
let me;
const ledger = [];

const receiver = {
  async register(fullName) {
    keys = await makeKeys();
    me = await must('/kyc/register', {
      full_name: fullName,
      email_or_phone: 'receiver@example.com',
      role: 'receiver',
      public_key: keys.signingJwk,
    });
    return me;
  },

  /** What it shows a sender. */
  show: () => ({ userId: me.user_id, sealingJwk: keys.sealingJwk }),

  async take(file) {
    const envelope = JSON.parse(file);
    const text = await open(envelope, keys.sealing, envelope.sender_ecdh_public_key);
    const transaction = JSON.parse(text);
    const { txn_id, from_id, to_id, amount, timestamp, prev_hash, wallet_id } = transaction;
    const said = { txn_id, from_id, to_id, amount, timestamp, prev_hash, wallet_id };
    const isHashed = (await hashText(JSON.stringify(said))) === transaction.hash;
    const { hash, signature } = transaction;
    if (!isHashed || !(await verifyHash(envelope.sender_public_key, hash, signature))) {
      throw new Error('The sender did not sign this.');
    }
    const before = ledger.at(-1)?.hash ?? 'GENESIS';
    ledger.push({
      ledger_index: ledger.length,
      transaction,
      hash: await hashText(before + hash),
      status: 'received',
    });
    return txn_id;
  },

  /** As it is uploaded; `change` is what somebody does to the ledger after it was signed. */
  async export(change = (list) => list) {
    const { public_key: bankJwk } = await must('/bank-public-key');
    const hash = await hashText(JSON.stringify(ledger));
    const payload = {
      ledger: change(ledger),
      hash,
      signature: await signHash(keys.signing, hash),
      receiver_public_key: keys.signingJwk,
    };
    const sealed = await seal(JSON.stringify(payload), keys.sealing, bankJwk);
    return { ...sealed, receiver_public_key: keys.sealingJwk };
  },

  verify: async (change) => ask('/verify-ledger', await receiver.export(change)),
  settle: async (change) => ask('/settle-ledger', await receiver.export(change)),
  /** The three shapes that are not sealed. */
  plain: () => ({
    array: ledger,
    entry: ledger[0],
    ledger: {
      ledger: { receiver_id: me.user_id, entries: ledger, exported_at: new Date().toISOString() },
    },
  }),
};
