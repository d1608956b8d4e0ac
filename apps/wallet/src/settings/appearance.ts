import { effect, signal } from '@preact/signals';
import type { Settings } from './settings.ts';

/** Keeps `<html>` as the settings and the phone say: language, direction, theme, contrast, text. */
export function applyAppearance(settings: Settings, page: Document, window: Window): void {
  const dark = follow(window, '(prefers-color-scheme: dark)');
  const more = follow(window, '(prefers-contrast: more)');
  effect(() => {
    const { documentElement: root } = page;
    const language = settings.language.value ?? 'en';
    root.lang = language;
    root.dir = language === 'ur' ? 'rtl' : 'ltr';
    const theme = settings.theme.value;
    root.dataset['theme'] = theme === 'system' ? (dark.value ? 'dark' : 'light') : theme;
    const contrast = settings.contrast.value;
    root.dataset['contrast'] = contrast === 'system' ? (more.value ? 'more' : 'normal') : contrast;
    root.dataset['text'] = settings.text.value;
  });
}

function follow(window: Window, query: string) {
  const media = window.matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener('change', (event) => {
    matches.value = event.matches;
  });
  return matches;
}
