import './coin.css';
import { reeds } from './reeds.ts';

interface CoinProps {
  /** 28 or 96 px. */
  readonly size?: 'bar' | 'hero';
}

/** The mark: one coin cut in two halves that match. */
export function Coin({ size = 'bar' }: CoinProps) {
  return (
    <svg class={`coin coin-${size}`} viewBox="0 0 32 32" aria-hidden="true">
      <g transform="translate(-.8 -1.3)">
        <path class="coin-half" d="M16 4a12 12 0 0 0 0 24z" />
        <path class="coin-edge" d={reeds({ ...COIN, from: 22, to: 44 })} />
      </g>
      <g transform="translate(.8 1.3)">
        <path class="coin-half" d="M16 4a12 12 0 0 1 0 24z" />
        <path class="coin-edge" d={reeds({ ...COIN, from: 0, to: 22 })} />
      </g>
    </svg>
  );
}

const COIN = { size: 32, count: 44, inner: 11.8, outer: 13.8 };

interface BrandHeroProps {
  readonly en: string;
  readonly ur: string;
}

/** The mark above the name in both scripts: before anybody chose a language. */
export function BrandHero({ en, ur }: BrandHeroProps) {
  return (
    <>
      <Coin size="hero" />
      <h1 class="brand-hero">
        <span lang="en" dir="ltr">
          {en}
        </span>
        <span lang="ur" dir="rtl">
          {ur}
        </span>
      </h1>
    </>
  );
}

/** The mark with the name, as the home bar has it. */
export function Brand({ name }: { readonly name: string }) {
  return (
    <div class="brand">
      <Coin />
      <span>{name}</span>
    </div>
  );
}
