import { existsSync, renameSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { repository, runProgram } from './programs.ts';

/** The state of the sources whose containers a daemon of today takes over. */
const commit = 'fa31cf9afcceec00cd6698ec0f9e27e3e1191053';

/**
 * Builds the daemon of an earlier commit with its core, once, below `build/`.
 * @returns its path, undefined when the history does not reach so far back, as in a shallow clone
 */
export async function earlierWharfd(): Promise<string | undefined> {
  const folder = `${repository}build/earlier-${commit.slice(0, 7)}`;
  if (existsSync(folder)) return `${folder}/bin/wharfd`;
  const known = await runProgram('git', ['-C', repository, 'cat-file', '-e', `${commit}^{commit}`]);
  if (known.code !== 0) return undefined;
  const making = `${folder}.new`;
  await rm(making, { recursive: true, force: true });
  await mkdir(`${making}/build`, { recursive: true });
  await symlink(`${repository}node_modules`, `${making}/node_modules`);
  const script = `git -C ${repository} archive ${commit} | tar -x -C ${making}; cd ${making}; npx bun tools/build.ts`;
  const built = await runProgram('sh', ['-ec', script], { timeoutMs: 180_000 });
  if (built.code !== 0) throw new Error(built.stderr);
  renameSync(making, folder);
  return `${folder}/bin/wharfd`;
}
