import type { Mount } from '#api';
import { EngineError } from '#base';

/** Makes the error of a mount that cannot be, in Docker's words. */
export type Refuse = (reason: string) => EngineError;

/** What `--mount type=tmpfs` asks for, as mount(8) takes it. @throws EngineError invalid, in Docker's words */
export function tmpfsOptions(options: Mount['TmpfsOptions'], bad: Refuse): string[] {
  const words: string[] = [];
  if (options?.SizeBytes) words.push(`size=${options.SizeBytes}`);
  if (options?.Mode) words.push(`mode=${options.Mode.toString(8)}`);
  for (const option of options?.Options ?? []) {
    const [name, ...value] = option ?? [];
    if (name === undefined || value.length > 1) throw bad('invalid option array length');
    if (!['exec', 'noexec'].includes(name)) throw bad(`invalid option: ${name}`);
    if (value.length > 0) throw new EngineError('invalid', `invalid tmpfs option "${name}"`);
    words.push(name);
  }
  return words;
}

const flags = new Set(
  [
    'ro',
    'rw',
    'suid',
    'nosuid',
    'dev',
    'nodev',
    'exec',
    'noexec',
    'sync',
    'async',
    'dirsync',
    'remount',
  ].concat(
    ['mand', 'nomand', 'atime', 'noatime', 'diratime', 'nodiratime', 'relatime', 'norelatime', 'strictatime'],
    ['nostrictatime', 'defaults', 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
    ['unbindable', 'runbindable', 'rbind', 'bind'],
  ),
);
const valued = ['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol'];

/** Refuses an option of `--tmpfs` that a tmpfs does not have. @throws EngineError invalid, in Docker's words */
export function refuseBadTmpfs(options: string): void {
  for (const option of options.split(',').filter(Boolean)) {
    const [name = '', value] = option.split('=', 2);
    const isKnown = value === undefined ? flags.has(name) : valued.includes(name);
    if (!isKnown) throw new EngineError('invalid', `invalid tmpfs option "${name}"`);
  }
}
