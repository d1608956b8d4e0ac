/** What a refused caller is told; nothing about anybody else’s money. */
export const sentences = {
  'amount/invalid': 'The amount is not more than zero and exact at the currency’s minor unit.',
  'idempotency/key_reused': 'This idempotency key was used for another request.',
  'wallet/not_found': 'There is no such wallet, or it is not yours to spend from.',
  'wallet/inactive': 'One of the two wallets has been deactivated.',
  'wallet/same_wallet': 'The two wallets are one.',
  'wallet/currency_mismatch': 'The currency is not that of both wallets.',
  'wallet/transfer_not_allowed':
    'Money for spending offline moves between its owner’s two wallets only.',
  'wallet/insufficient_funds': 'The wallet holds less than that, besides what is reserved.',
  'wallet/exists': 'This account already has a wallet of this kind and currency.',
  'wallet/bank_account_invalid': 'The bank account is no IBAN with right check digits.',
  'wallet/key_invalid':
    'The key is not RSA of 2,048 bits with e = 65,537 in PEM, or the wallet is not one for ' +
    'spending offline.',
  'wallet/key_taken': 'This key is or was in use. Each key is one wallet’s, once.',
  'wallet/possession_unproven': 'The challenge is not signed by this key for this wallet.',
  'wallet/key_device_held': 'The private half of this wallet’s key is not at the bank.',
  'withdrawal/account_unproved':
    'Money goes out only to the account from which your own last came in, by a top-up.',
  'withdrawal/rejected': 'The other bank refused. Nothing has moved.',
  'rate/limited': 'That was done too often with this wallet. Wait before doing it again.',
  'server/busy': 'Too many keys are being made at this moment.',
  'device/name_unverified': 'An operator has to verify your name and town first.',
  'idempotency/in_progress': 'The same request is being carried out; ask again for its answer.',
  'transaction/not_found': 'There is no such transaction among yours.',
  'transaction/sender_not_you': 'The sender is another account than the one signed in.',
  'transaction/reference_taken': 'You have used this reference for another transaction.',
  'bulletin/not_found': 'There is no bulletin of this version.',
  'allowance/request_invalid': 'The bytes are not one packet of kind 9 with an allowance request.',
  'allowance/wrong_bank': 'The request names another bank.',
  'allowance/wrong_account': 'The request names another account than the one signed in.',
  'allowance/device_unknown': 'You have no enrolled device with this key that may pay.',
  'allowance/signature_invalid': 'The request is not signed by the enrolled key.',
  'allowance/nonce_used': 'Another request with this journal nonce was granted.',
  'allowance/currency_unsupported': 'The bank issues no allowances in this currency.',
  'allowance/over_limit': 'The amount is more than one allowance may hold.',
  'allowance/limit_reached': 'With this one, more would be out than the bank allows.',
  'device/challenge_invalid':
    'The challenge was not made for this account and purpose, has been used, or has expired.',
  'device/revoked': 'The device has been revoked.',
  'auth/step_up_required':
    'Without a fresh second factor no more than this can be paid to others in a day.',
  'auth/account_blocked': 'The account was blocked while this request was under way.',
} as const;
