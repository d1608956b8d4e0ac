import type { ComponentChildren, RefObject } from 'preact';
import './viewfinder.css';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

interface ViewfinderProps {
  /** Where platform/camera puts its stream. */
  readonly video: RefObject<HTMLVideoElement | null>;
  /** "Hold the shop’s code inside the corners". */
  readonly hint: ComponentChildren;
  /** The `Bar`, over the picture. */
  readonly children?: ComponentChildren;
}

/** What the camera sees, with the corners to hold a code in. Inside a camera `Screen`. */
export function Viewfinder({ video, hint, children }: ViewfinderProps) {
  return (
    <div class="viewfinder">
      <video ref={video} autoplay muted playsInline aria-hidden="true" />
      {children}
      <svg class="viewfinder-frame" viewBox="0 0 268 268" aria-hidden="true">
        <path d={CORNERS} />
      </svg>
      <p class="viewfinder-hint" role="status">
        <Words>{hint}</Words>
      </p>
    </div>
  );
}

const CORNERS =
  'M3 44V17A14 14 0 0 1 17 3h27M224 3h27a14 14 0 0 1 14 14v27' +
  'M265 224v27a14 14 0 0 1-14 14h-27M44 265H17a14 14 0 0 1-14-14v-27';

/** In one line; more stand in pairs. */
const THREE = 3;

interface TilesProps {
  readonly label: string;
  readonly tiles: readonly {
    readonly icon: IconName;
    readonly label: string;
    readonly onPress: () => void;
  }[];
}

/** Up to four other ways, at the bottom: till number, photo, paste, a till close by. */
export function Tiles({ label, tiles }: TilesProps) {
  return (
    <div
      class={tiles.length > THREE ? 'tiles tiles-pairs surface-ground' : 'tiles surface-ground'}
      role="group"
      aria-label={label}
    >
      {tiles.map((tile) => (
        <button key={tile.label} type="button" class="tile" onClick={tile.onPress}>
          <Icon name={tile.icon} />
          <span>
            <Words>{tile.label}</Words>
          </span>
        </button>
      ))}
    </div>
  );
}
