import type { ComponentChildren } from 'preact';

const ARABIC = /[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]/;
const LATIN = /[A-Za-z\u00c0-\u024f]/;
/** Figures with what belongs to them: 3,150.50 · 6:00 · 4-K · 16/11. */
const FIGURES = /([0-9\u06f0-\u06f9]+(?:[.,:/-][0-9A-Za-z\u06f0-\u06f9]+)*%?)/;

/** The language that a string's letters belong to; undefined where it has none. */
export function scriptOf(text: string): 'ur' | 'en' | undefined {
  if (ARABIC.test(text)) return 'ur';
  return LATIN.test(text) ? 'en' : undefined;
}

/** Text of the interface. In Urdu its figures are set in their own face and direction. */
export function Words({ children }: { readonly children: ComponentChildren }) {
  if (Array.isArray(children)) {
    return (children as readonly ComponentChildren[]).map((child) => <Words>{child}</Words>);
  }
  if (typeof children !== 'string' || scriptOf(children) !== 'ur') return <>{children}</>;
  return <>{withFigures(children)}</>;
}

/** The figures of an Urdu text as elements, every second piece. */
function withFigures(text: string): readonly ComponentChildren[] {
  const pieces = text.split(FIGURES);
  return pieces.map((piece, index) => (index % 2 === 1 ? <Digits>{piece}</Digits> : piece));
}

/** Figures that stand by themselves: a count, a till number, a time. */
export function Digits({ children }: { readonly children: string | number }) {
  return (
    <bdi dir="ltr" class="figures">
      {children}
    </bdi>
  );
}

/** What somebody wrote: a name, a note, a town. Set apart, in the script it is written in. */
export function UserText({ children }: { readonly children: string }) {
  const language = scriptOf(children);
  if (language === undefined) return <bdi dir="auto">{children}</bdi>;
  return (
    <bdi lang={language} dir={language === 'ur' ? 'rtl' : 'ltr'}>
      {language === 'ur' ? withFigures(children) : children}
    </bdi>
  );
}

/** Something only a screen reader says. */
export function ForScreenReaders({ children }: { readonly children: ComponentChildren }) {
  return <span class="for-screen-readers">{children}</span>;
}
