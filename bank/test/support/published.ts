import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of the published vectors beside the checkout, found by walking up; or none. */
export function readPublished<T>(file: string): T | undefined {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'shared', 'vectors', file);
    if (existsSync(candidate)) return JSON.parse(readFileSync(candidate, 'utf8')) as T;
    if (folder === path.dirname(folder)) return undefined;
  }
}
