import { posix } from 'node:path';
import { EngineError } from '#base';
import type { GitVertex, HttpVertex } from '../graph/types.ts';

interface RemoteOptions {
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean | undefined;
}

/** Of a download whose address has no name in it. */
export const unnamed = '__unnamed__';

const gitHosts = ['github.com/', 'gitlab.com/', 'bitbucket.org/'];

/**
 * What an ADD or a build context downloads: a git repository or one file; undefined for a local path.
 * @throws EngineError invalid, for a checksum that is none
 */
export function remoteSource(source: string, options: RemoteOptions): GitVertex | HttpVertex | undefined {
  if (isGit(source)) return gitSource(source, options);
  if (!/^https?:\/\//.test(source)) return undefined;
  const { checksum } = options;
  if (checksum !== undefined && !/^sha256:[0-9a-f]{64}$/.test(checksum)) {
    throw new EngineError('invalid', `invalid checksum digest format: ${checksum}`);
  }
  return { op: 'http', name: source, range: undefined, url: source, fileName: fileNameOf(source), checksum };
}

/** A download is called as the last part of its address. */
function fileNameOf(url: string): string {
  if (!URL.canParse(url)) throw new EngineError('invalid', `invalid address: ${url}`);
  return decodedName(posix.basename(new URL(url).pathname)) || unnamed;
}

function decodedName(name: string): string {
  try {
    const decoded = decodeURIComponent(name);
    return /[/\0]/.test(decoded) || decoded === '.' || decoded === '..' ? name : decoded;
  } catch {
    return name;
  }
}

function isGit(source: string): boolean {
  const [address = ''] = source.split(/[#?]/);
  if (/^(git|ssh):\/\//.test(source) || /^[\w.-]+@[\w.-]+:/.test(source)) return true;
  if (gitHosts.some((host) => source.startsWith(host))) return true;
  return /^https?:\/\//.test(source) && address.endsWith('.git');
}

/** `REPOSITORY[#REF[:SUBDIRECTORY]]`, or with the same told by a query. */
function gitSource(source: string, { checksum, keepGitDir }: RemoteOptions): GitVertex {
  const [, remote = '', query = '', fragment = ''] = /^([^#?]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(source) ?? [];
  const [fragmentRef = '', fragmentDirectory = ''] = fragment.split(':', 2);
  const asked = new URLSearchParams(query);
  const queryRef = asked.get('ref') ?? asked.get('branch') ?? asked.get('tag') ?? '';
  const keeps = asked.get('keep-git-dir');
  return {
    op: 'git',
    name: source,
    range: undefined,
    remote: gitHosts.some((host) => remote.startsWith(host)) ? `https://${remote}` : remote,
    ref: fragmentRef || queryRef,
    subdirectory: fragmentDirectory || (asked.get('subdir') ?? ''),
    keepGitDir: keeps === null ? (keepGitDir ?? false) : keeps !== 'false' && keeps !== '0',
    checksum: checksum ?? asked.get('checksum') ?? undefined,
  };
}
