import assert from 'node:assert/strict';
import { repository, runProgram } from './programs.ts';

const unpacked = `${repository}build/deb`;
const libraries = `${unpacked}/usr/lib/x86_64-linux-gnu:${unpacked}/lib/x86_64-linux-gnu`;

/** Runs Debian's skopeo, which must succeed, with a folder that it may write to; its standard output. */
export async function skopeo(folder: string, args: readonly string[]): Promise<string> {
  const env = { LD_LIBRARY_PATH: libraries, HOME: folder, XDG_RUNTIME_DIR: folder, TMPDIR: folder };
  const output = await runProgram(`${unpacked}/usr/bin/skopeo`, ['--insecure-policy', ...args], { env });
  assert.equal(output.code, 0, output.stderr);
  return output.stdout;
}
