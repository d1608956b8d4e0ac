/** What a person must know without looking (the look's table of motion, sound and vibration). */
export type Moment = 'signed' | 'paid' | 'amber' | 'red' | 'receipt';

export interface Sound {
  /** Browsers let nothing sound before the first touch: call it in one. */
  unlock(): void;
  play(moment: Moment): void;
}

interface Note {
  readonly hertz: number;
  /** Seconds from the beginning, and how long. */
  readonly at: number;
  readonly lasts: number;
}

const A3 = 220;
const A4 = 440;
const C5 = 523.25;
const G5 = 783.99;
const RISING: readonly Note[] = [
  { hertz: C5, at: 0, lasts: 0.09 },
  { hertz: G5, at: 0.09, lasts: 0.22 },
];

/** Three verdicts that are told apart with closed eyes; loudness from 0 to 1. */
const TUNES: Readonly<
  Record<Moment, { readonly notes: readonly Note[]; readonly loudness: number }>
> = {
  signed: { notes: [], loudness: 0 },
  paid: { notes: RISING, loudness: 0.9 },
  amber: {
    notes: [
      { hertz: A4, at: 0, lasts: 0.14 },
      { hertz: A4, at: 0.2, lasts: 0.14 },
    ],
    loudness: 0.7,
  },
  red: { notes: [{ hertz: A3, at: 0, lasts: 0.4 }], loudness: 0.9 },
  receipt: { notes: RISING, loudness: 0.35 },
};
/** Without an edge: a note that begins at full loudness clicks. */
const EDGE_SECONDS = 0.008;

/** Sounds made here, of no file; silent where the person wants that or the browser cannot. */
export function openSound({ isOn }: { readonly isOn: () => boolean }): Sound {
  let context: AudioContext | undefined;
  const ready = (): AudioContext | undefined => {
    if (!('AudioContext' in globalThis)) return undefined;
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    return context;
  };
  return {
    unlock: () => void ready(),
    play(moment) {
      const audio = isOn() ? ready() : undefined;
      if (audio === undefined) return;
      const { notes, loudness } = TUNES[moment];
      for (const note of notes) sing(audio, note, loudness);
    },
  };
}

function sing(audio: AudioContext, { hertz, at, lasts }: Note, loudness: number): void {
  const begins = audio.currentTime + at;
  const voice = audio.createOscillator();
  const volume = audio.createGain();
  voice.type = 'triangle';
  voice.frequency.value = hertz;
  volume.gain.setValueAtTime(0, begins);
  volume.gain.linearRampToValueAtTime(loudness, begins + EDGE_SECONDS);
  volume.gain.setValueAtTime(loudness, begins + lasts - EDGE_SECONDS);
  volume.gain.linearRampToValueAtTime(0, begins + lasts);
  voice.connect(volume).connect(audio.destination);
  voice.start(begins);
  voice.stop(begins + lasts);
}
