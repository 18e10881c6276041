import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { plainEntry, type TarEntry, type TarStreamItem } from '#oci';
import { openDirectory } from './open-directory.ts';
import { writeMembers } from './write-members.ts';

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o600 };
const entry = (name: string, more: Partial<TarEntry> = {}): TarEntry => ({
  ...plainEntry(name),
  ...own,
  ...more,
});

async function write(path: string, entries: readonly TarEntry[]): Promise<void> {
  async function* members(): AsyncGenerator<TarStreamItem> {
    for (const each of entries) yield { kind: 'entry', entry: each };
  }
  using root = openDirectory(path);
  await writeMembers(members(), { root, path: '/' }, {});
}

test('writeMembers() blames the archive for a member that has no place', async () => {
  const folder = mkdtempSync('/tmp/wharf-test-members-');
  const refused = async (entries: readonly TarEntry[], message: string) =>
    await assert.rejects(write(folder, entries), { kind: 'invalid', message });
  try {
    const nowhere = entry('link', { type: 'symlink', linkName: '/nowhere' });
    await refused([nowhere, entry('link/x')], 'cannot write "link/x": EEXIST');
    await refused([entry('hard', { type: 'hardlink', linkName: 'none' })], 'cannot write "hard": ENOENT');
    await refused([entry('file'), entry('file/x')], 'cannot write "file/x": ENOTDIR');
    await refused([entry('n'.repeat(300))], `cannot write "${'n'.repeat(255)}": ENAMETOOLONG`);
    assert.equal(readFileSync(`${folder}/file`, 'utf8'), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
