import type { MailWords } from '../templates.ts';

const ONCE = 'It works once, within 10 minutes. Give it to nobody: the bank never asks for it.';
const NOT_YOU = 'If this was not you, change your password now and call your bank.';

export const english: MailWords = {
  footer: 'Sikka. This mail was sent by itself; answers are not read.',
  clock: { locale: 'en-GB', suffix: '(Pakistan time)' },
  mails: {
    verify_email: {
      subject: 'Confirm your e-mail address',
      body: [
        'Enter this code to confirm your e-mail address:',
        '{code}',
        ONCE,
        'If you did not sign up, do nothing: without the code nothing happens.',
      ],
    },
    login_code: {
      subject: 'Your sign-in code',
      body: [
        'Enter this code to sign in:',
        '{code}',
        ONCE,
        'If you are not signing in, somebody knows your password. Change it now.',
      ],
    },
    step_up_code: {
      subject: 'Confirm that it is you',
      body: ['Enter this code to confirm what you are doing now:', '{code}', ONCE, NOT_YOU],
    },
    reset_code: {
      subject: 'Reset your password',
      body: [
        'Enter this code to choose a new password:',
        '{code}',
        ONCE,
        'If you did not ask for it, do nothing: your password stays as it is.',
      ],
    },
    wallet_code: {
      subject: 'Open your wallet',
      body: ['Enter this code to open your wallet:', '{code}', ONCE, NOT_YOU],
    },
    topup_code: {
      subject: 'Confirm your top-up',
      body: ['Enter this code to add {amount} to your wallet:', '{code}', ONCE, NOT_YOU],
    },
    withdrawal_ordered: {
      subject: 'Money is on its way to your bank account',
      body: ['On {when} you sent {amount} from your wallet to your bank account.', NOT_YOU],
    },
    withdrawal_returned: {
      subject: 'Your money is back in your wallet',
      body: [
        'Your other bank did not take the {amount} that you sent to it.',
        'It is back in your wallet since {when}. Ask that bank before you send it again.',
      ],
    },
    someone_signed_up: {
      subject: 'You already have an account',
      body: [
        'On {when} somebody tried to sign up with this address.',
        'You already have an account, and nothing about it has changed. If it was you, sign in, ' +
          'or reset your password.',
      ],
    },
    password_changed: {
      subject: 'Your password was changed',
      body: ['Your password was changed on {when}. Other sessions have ended.', NOT_YOU],
    },
    email_changed: {
      subject: 'Your e-mail address was changed',
      body: [
        'Your e-mail address was changed on {when}. Mail goes to the new address from now on.',
        NOT_YOU,
      ],
    },
    new_session: {
      subject: 'New sign-in',
      body: [
        'Your account was signed in to on {when}.',
        'If this was not you, end that session, change your password and call your bank.',
      ],
    },
    session_reuse: {
      subject: 'A session was ended',
      body: [
        'On {when} a sign-in that had been replaced was used again. It may have been copied, so ' +
          'that session has ended.',
        'Sign in again. End every session that you do not know, and change your password.',
      ],
    },
    key_released: {
      subject: 'The key of your wallet was given out',
      body: [
        'On {when} the private key of wallet {wallet} was given to a signed-in device. Whoever ' +
          'has it can spend what is left in that wallet.',
        'If this was not you, deactivate the wallet now and call your bank.',
      ],
    },
    key_changed: {
      subject: 'The key of your wallet was replaced',
      body: [
        'On {when} the key of wallet {wallet} was replaced. The key before it signs nothing more.',
        'If this was not you, deactivate the wallet now and call your bank.',
      ],
    },
    passkeys_changed: {
      subject: 'A passkey was added or removed',
      body: ['On {when} a passkey was added to your account, or removed from it.', NOT_YOU],
    },
    name_verified: {
      subject: 'Your name was verified',
      body: [
        'Since {when} whoever pays you is shown this name and town: {name}, {town}.',
        'To be paid by phone, set up your till or print your code now. If anything in it is ' +
          'wrong, call your bank.',
      ],
    },
    phone_verified: {
      subject: 'Your phone number was verified or taken away',
      body: [
        'On {when} the bank verified the number at which it reached you, or took it from your ' +
          'account. Money that shops and agents send to a verified number comes to its account.',
        'If this is not as you asked, call your bank.',
      ],
    },
    device_enrolled: {
      subject: 'A phone was added to your account',
      body: [
        'On {when} a phone was enrolled. It can spend what you load for paying offline.',
        'If this was not you, revoke it now, change your password and call your bank.',
      ],
    },
    blocked: {
      subject: 'Your account is being reviewed',
      body: [
        'Since {when} your account is paused while the bank reviews it. Your money stays yours.',
        'Payments already made offline can still be handed in. Call your bank.',
      ],
    },
    dispute_upheld: {
      subject: 'Your dispute was decided',
      body: [
        'On {when} the bank decided that you are right about payment {payment}.',
        'No money moves by this alone. What is due to you comes as a payment or a refund of its ' +
          'own; call your bank if nothing comes.',
      ],
    },
    dispute_dismissed: {
      subject: 'Your dispute was decided',
      body: [
        'On {when} the bank looked at payment {payment} and found nothing wrong with it.',
        'If you know more than the bank did, call it.',
      ],
    },
    webhook_added: {
      subject: 'A webhook was added',
      body: [
        'Since {when} events of your account are also told to {host}: payments and balances.',
        NOT_YOU,
      ],
    },
    webhook_disabled: {
      subject: 'A webhook was switched off',
      body: [
        'The webhook at {host} did not take an event in ten tries, so it was switched off on ' +
          '{when}.',
        'Register it again once it answers.',
      ],
    },
  },
};
