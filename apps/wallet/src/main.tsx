import { render } from 'preact';
import { createThinClient } from '@sikka/api/thin';
import { THIN_ROUTES } from 'virtual:thin-routes';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import { payeeOf } from '@sikka/wallet/payee';
import { openBrowserKeystore, openIndexedDbStore } from '@sikka/wallet/browser';

const bank = createThinClient(THIN_ROUTES, { baseUrl: location.origin });
Object.assign(globalThis, { bank, openWallet, payerOf, payeeOf, openBrowserKeystore, openIndexedDbStore });
const place = document.getElementById('app');
if (place !== null) render(<h1>Sikka</h1>, place);
