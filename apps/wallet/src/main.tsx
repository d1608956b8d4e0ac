import './platform/older-browsers.ts';
import { computed } from '@preact/signals';
import { render } from 'preact';
import { AppProvider } from './app-context.ts';
import { AppScreen } from './app.tsx';
import './design/tokens.css';
import './design/base.css';
import { openApp } from './open-app.ts';
import { mayReplace } from './vault/vault.ts';
import { registerServiceWorker } from './platform/service-worker-registration.ts';

const app = openApp(window, document);
const root = document.getElementById('app');
if (root !== null) {
  render(
    <AppProvider value={app}>
      <AppScreen />
    </AppProvider>,
    root,
  );
}
void registerServiceWorker({
  mayReplace: computed(() => mayReplace(app.vault.state.value)),
  onWake: () => void app.money.value?.sync.run(),
});
