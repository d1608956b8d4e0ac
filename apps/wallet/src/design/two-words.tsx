import './two-words.css';
import { Words } from './words.tsx';

interface TwoWordsProps {
  /** In both scripts, because the two phones may differ in language. */
  readonly en: string;
  /** Left out where it is the same as `en`. */
  readonly ur: string;
  /** "Their phone shows the same two words": never that they prove anything. */
  readonly caption?: string;
  readonly captionAfter?: boolean;
  /** On one line, as a payment's page has them. */
  readonly small?: boolean;
}

/** The two words that both phones show. The reader's own script comes first and larger. */
export function TwoWords({ en, ur, caption, captionAfter = false, small = false }: TwoWordsProps) {
  const said =
    caption === undefined ? undefined : (
      <p class="two-words-caption">
        <Words>{caption}</Words>
      </p>
    );
  return (
    <div class={small ? 'two-words-small' : 'two-words'}>
      {captionAfter ? undefined : said}
      <span class="two-words-en" lang="en" dir="ltr">
        {en}
      </span>
      {ur === en ? undefined : (
        <span class="two-words-ur" lang="ur" dir="rtl">
          {ur}
        </span>
      )}
      {captionAfter ? said : undefined}
    </div>
  );
}
