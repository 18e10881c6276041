import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, errorKind } from '#base';
import { sourcePath } from '../copy/source-paths.ts';
import type { GitVertex } from '../graph/types.ts';
import { runGit } from './git-program.ts';

export interface Checkout {
  /** The directory that was asked for. */
  readonly path: string;
  readonly commit: string;
}

/**
 * Fetches one commit of a repository into a folder, with its submodules; of its history no more than the server makes
 * us take.
 * @throws EngineError unavailable, when it can't be had; invalid, when it is not the commit that its checksum says;
 * notFound, for a subdirectory that is not there
 */
export async function checkOut(vertex: GitVertex, folder: string, signal: AbortSignal): Promise<Checkout> {
  const git = (...args: readonly string[]): Promise<string> => runGit(folder, args, signal);
  await mkdir(folder, { recursive: true });
  await git('init', '--quiet', '.');
  await git('remote', 'add', 'origin', '--', vertex.remote);
  const commit = await fetchCommit(vertex, git);
  checkCommit(vertex, commit);
  await git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--force', commit);
  await git('submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1');
  if (!vertex.keepGitDir) await rm(join(folder, '.git'), { recursive: true });
  const place = sourcePath(folder, vertex.subdirectory);
  return { path: place === '/' ? folder : folder + place, commit };
}

type Git = (...args: readonly string[]) => Promise<string>;

async function fetchCommit({ ref, remote }: GitVertex, git: Git): Promise<string> {
  const wanted = ref === '' ? 'HEAD' : ref;
  if (wanted.startsWith('-')) throw new EngineError('invalid', `invalid git ref ${wanted}`);
  try {
    await git('fetch', '--quiet', '--depth=1', '--no-tags', 'origin', wanted);
    return await git('rev-parse', '--verify', 'FETCH_HEAD^{commit}');
  } catch (error) {
    if (errorKind(error) !== 'unavailable') throw error;
    return await fetchAll(wanted, remote, git);
  }
}

/** Some servers give no single commit, and others no part of a history. */
async function fetchAll(wanted: string, remote: string, git: Git): Promise<string> {
  try {
    await git(
      'fetch',
      '--quiet',
      '--tags',
      'origin',
      '+HEAD:refs/remotes/origin/HEAD',
      '+refs/heads/*:refs/remotes/origin/*',
    );
    for (const name of [`refs/remotes/origin/${wanted}`, `refs/tags/${wanted}`]) {
      const found = await git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => '');
      if (found !== '') return found;
    }
    return await git('rev-parse', '--verify', `${wanted}^{commit}`);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const text = `failed to fetch remote ${remote} at ${wanted}: ${cause.message}`;
    throw new EngineError(cause.kind, text, { cause });
  }
}

function checkCommit({ checksum }: GitVertex, commit: string): void {
  if (checksum === undefined || commit.startsWith(checksum)) return;
  throw new EngineError('invalid', `expected checksum to match ${checksum}, got ${commit}`);
}
