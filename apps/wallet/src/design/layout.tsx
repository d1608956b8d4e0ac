import type { ComponentChildren } from 'preact';
import './layout.css';
import { classes } from './classes.ts';

interface StackProps {
  readonly children: ComponentChildren;
  /** 4, 8, 12, 16 or 24 px between two things. */
  readonly gap?: 1 | 2 | 3 | 4 | 6;
  /** Takes the height that is free, its contents `top`, `middle` or `bottom` of it. */
  readonly grows?: 'top' | 'middle' | 'bottom';
  readonly center?: boolean;
}

/** Things under each other. */
export function Stack({ children, gap = 2, grows, center = false }: StackProps) {
  const shape = classes(
    'stack',
    `gap-${gap}`,
    grows !== undefined && `grows grows-${grows}`,
    center && 'stack-center',
  );
  return <div class={shape}>{children}</div>;
}

interface LineProps {
  readonly children: ComponentChildren;
  readonly gap?: 1 | 2 | 3 | 4 | 6;
  /** `start` one after the other, `between` as far apart as can be; both wrap in large text. */
  readonly spread?: 'start' | 'between' | 'center';
  readonly align?: 'center' | 'top' | 'baseline';
}

/** Things beside each other. */
export function Line({ children, gap = 2, spread = 'start', align = 'center' }: LineProps) {
  return <div class={`line gap-${gap} line-spread-${spread} line-${align}`}>{children}</div>;
}

/** Inside a `Line`: takes the width that is free. */
export function Grow({ children }: { readonly children: ComponentChildren }) {
  return <div class="grow">{children}</div>;
}

/** The side margin of a screen, for what is not in a `Body`. */
export function Inset({ children }: { readonly children: ComponentChildren }) {
  return <div class="inset">{children}</div>;
}

/** Room, in steps of 4 px: 1 to 6, 8, 10. */
export function Space({ size }: { readonly size: 1 | 2 | 3 | 4 | 5 | 6 | 8 | 10 }) {
  return <div class={`space-${size}`} />;
}

/** What is of no use on paper. */
export function ScreenOnly({ children }: { readonly children: ComponentChildren }) {
  return <div class="screen-only">{children}</div>;
}
