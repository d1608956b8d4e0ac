import type { ComponentChildren } from 'preact';
import './text.css';
import { classes } from './classes.ts';
import { Words } from './words.tsx';

interface TitleProps {
  readonly children: ComponentChildren;
  /** `screen` is the h1 that a screen has once; `part` heads a part of it. */
  readonly level?: 'screen' | 'part';
  readonly center?: boolean;
  readonly id?: string;
}

/** A heading. */
export function Title({ children, level = 'screen', center = false, id }: TitleProps) {
  const Heading = level === 'screen' ? 'h1' : 'h2';
  return (
    <Heading class={classes(`title-${level}`, center && 'center')} {...(id ? { id } : {})}>
      <Words>{children}</Words>
    </Heading>
  );
}

interface TextProps {
  readonly children: ComponentChildren;
  /** 14, 16 or 18 px; `lead` is the paragraph under a title. */
  readonly size?: 'small' | 'body' | 'large' | 'lead';
  readonly tone?: 'normal' | 'quiet' | 'bad' | 'ok' | 'warn';
  readonly strong?: boolean;
  readonly center?: boolean;
  readonly id?: string;
}

/** A paragraph. */
export function Text({ children, size = 'body', tone = 'normal', strong, center, id }: TextProps) {
  const shape = classes(
    'text',
    `text-${size}`,
    tone !== 'normal' && `tone-${tone}`,
    strong && 'strong',
    center && 'center',
  );
  return (
    <p class={shape} {...(id ? { id } : {})}>
      <Words>{children}</Words>
    </p>
  );
}
