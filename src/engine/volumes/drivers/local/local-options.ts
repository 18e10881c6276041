import { parseSize, refuse } from '#base';

/** What is mounted on a volume's directory while it is used. */
export interface LocalSource {
  /** A file system's name, or `none` for a bind. */
  readonly type: string;
  readonly device: string;
  /** As mount(8) takes them behind `-o`. */
  readonly options: string;
}

/** What the options of a volume of the local driver ask for. */
export interface LocalSettings {
  /** Absent: its files are in the directory itself. */
  readonly source?: LocalSource;
  /** The most that its files may take; 0: no limit. */
  readonly sizeBytes: number;
}

const known = ['type', 'o', 'device', 'size'];
/** What each option needs beside it. */
const needs: readonly (readonly [option: string, others: readonly string[]])[] = [
  ['device', ['type']],
  ['type', ['device']],
  ['o', ['device', 'type']],
];

/**
 * Reads the options `type`, `device`, `o` and `size`.
 * @throws EngineError invalid, in Docker's words
 */
export function parseLocalOptions(options: Readonly<Record<string, string>>): LocalSettings {
  for (const option of Object.keys(options)) {
    refuse(!known.includes(option), `invalid option: "${option}"`);
  }
  const { type, device, o = '', size } = options;
  if (type === 'cifs' && device !== undefined) refuseBadShare(device);
  const sizeBytes = size === undefined ? 0 : parseSize(size, 1024);
  for (const [option, others] of needs) {
    const missing = others.find((other) => options[option] !== undefined && options[other] === undefined);
    refuse(missing !== undefined, `missing required option: "${missing}"`);
  }
  if (type === undefined || device === undefined) return { sizeBytes };
  refuse(sizeBytes > 0, 'the option "size" is for volumes without a device; a tmpfs takes it in "o"');
  return { source: { type, device, options: o }, sizeBytes };
}

/** A share of CIFS is given as `//host/share`. */
function refuseBadShare(device: string): void {
  refuse(
    device.startsWith(':'),
    `error parsing mount device url: parse ${JSON.stringify(device)}: missing protocol scheme`,
  );
  refuse(/^\/\/[^/]*:\d+(\/|$)/.test(device), "port not allowed in CIFS device URL, include 'port' in 'o='");
}
