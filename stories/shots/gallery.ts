import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ShotsConfig } from './config.ts';
import { AREA_TITLES, AREAS, fileOf, LANGUAGES, SHOTS, THEMES } from './plan.ts';
import type { PlannedShot, ShotLanguage, ShotTheme } from './plan.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 24px; background: #e5e9e1; color: #12231d }
h2 { margin: 48px 0 8px } h3 { margin: 24px 0 8px; font-size: 16px }
.row { display: flex; gap: 16px; align-items: flex-start; overflow-x: auto }
figure { margin: 0; flex: none } img { width: 270px; display: block; background: #fff }
figcaption { font-size: 14px } .drawn img { outline: 3px solid #dfac50 }
.none { width: 270px; padding: 16px; box-sizing: border-box; background: #f2f4ee }
nav a { margin-inline-end: 16px }`;

/** The page that lays each screen's variants beside each other, and beside the drawn screen. */
export function galleryOf(config: Pick<ShotsConfig, 'folder' | 'drawn'>): string {
  const absent = existsSync(config.drawn)
    ? ''
    : '<p>The drawn screens are not on this machine: what is taken stands alone.</p>';
  return `<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sikka: every screen</title><style>${STYLE}</style>
<h1>Every screen of the wallet app</h1>
<p>Taken by <code>npm run shots</code>. Framed in brass: the drawn screen it is held to.</p>
${absent}
<nav>${AREAS.map((area) => `<a href="#${area}">${AREA_TITLES[area]}</a>`).join('')}</nav>
${AREAS.map((area) => sectionOf(area, config)).join('\n')}
</html>
`;
}

function sectionOf(area: PlannedShot['area'], config: Pick<ShotsConfig, 'folder' | 'drawn'>) {
  const shots = SHOTS.filter((shot) => shot.area === area);
  const rows = shots.map((shot) => rowOf(shot, config)).join('\n');
  return `<h2 id="${area}">${AREA_TITLES[area]}</h2>\n${rows}`;
}

function rowOf(shot: PlannedShot, { folder, drawn }: Pick<ShotsConfig, 'folder' | 'drawn'>) {
  const figures = LANGUAGES.flatMap((language) =>
    THEMES.map((theme) => {
      const file = fileOf(shot, language, theme);
      const caption = `${language}, ${theme}`;
      if (!existsSync(join(folder, file))) return `<div class="none">${caption}: not taken</div>`;
      return figureOf(file, caption);
    }),
  );
  const drawings = drawnOf(shot, drawn).map(({ path, caption }) =>
    figureOf(relative(folder, path), caption, 'drawn'),
  );
  return `<h3>${shot.title} <small>${shot.area}/${shot.name}</small></h3>
<div class="row">${[...drawings, ...figures].join('')}</div>`;
}

function figureOf(source: string, caption: string, kind = ''): string {
  return `<figure class="${kind}"><img loading="lazy" src="${source}" alt="">
<figcaption>${caption}</figcaption></figure>`;
}

/** The drawn screens of a shot that are on this machine. */
export function drawnOf({ drawn }: PlannedShot, folder: string) {
  if (drawn === undefined) return [];
  const variants: readonly (readonly [string, ShotLanguage, ShotTheme])[] = [
    ['', 'en', 'light'],
    ['-dark', 'en', 'dark'],
    ['-ur', 'ur', 'light'],
  ];
  return variants
    .map(([end, language, theme]) => ({
      path: join(folder, `${drawn}${end}.png`),
      caption: `drawn: ${language}, ${theme}`,
      ...{ language, theme },
    }))
    .filter(({ path }) => existsSync(path));
}
