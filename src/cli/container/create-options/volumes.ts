import { sourceFrom } from './mount.ts';

/** The values of `--volume`: those with a source, and those that are only a path in the container. */
export interface Volumes {
  readonly binds: readonly string[];
  readonly anonymous: Readonly<Record<string, Record<string, never>>>;
}

/** Relative sources begin at `directory`. @throws Error with the stock client's words for an empty part */
export function splitVolumes(texts: readonly string[], directory: string): Volumes {
  const binds: string[] = [];
  const anonymous: Record<string, Record<string, never>> = {};
  for (const text of texts) {
    checkVolume(text);
    const [source = '', ...rest] = text.split(':');
    if (rest.length === 0) anonymous[text] = {};
    else binds.push([sourceFrom(directory, source), ...rest].join(':'));
  }
  return { binds, anonymous };
}

function checkVolume(text: string): void {
  if (text === '') throw new Error('invalid empty volume spec');
  const parts = text.split(':');
  if (parts.length > 1 && parts.includes(''))
    throw new Error(`invalid spec: ${text}: empty section between colons`);
}
