import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerProgram, repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** In place of ssh: notes how it was called, and runs the command here as the far end would. */
const ssh = (folder: string) => `#!/bin/sh
echo "$@" >> ${folder}/calls
while [ "$1" != -- ]; do shift; done
shift
[ "$1" = nowhere ] && { echo "ssh: Could not resolve hostname nowhere" >&2; exit 255; }
shift
PATH=${folder}/far:/usr/bin:/bin DOCKER_HOST=$FAR exec sh -c "$*"
`;

describe('a daemon by way of ssh', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const folder = () => `${suite.wharf.folder}/ssh`;
  before(() => {
    mkdirSync(`${folder()}/far`, { recursive: true });
    mkdirSync(`${folder()}/near`);
    writeFileSync(`${folder()}/near/ssh`, ssh(folder()));
    chmodSync(`${folder()}/near/ssh`, 0o755);
    for (const name of ['wharf', 'docker']) symlinkSync(`${repository}bin/wharf`, `${folder()}/far/${name}`);
  });
  const call = (program: string, args: readonly string[], input?: Uint8Array) =>
    runProgram(program, args, {
      ...(input === undefined ? {} : { input }),
      env: {
        PATH: `${folder()}/near:${process.env.PATH}`,
        FAR: suite.wharf.host,
        DOCKER_HOST: '',
        DOCKER_CONFIG: `${suite.wharf.folder}/client`,
      },
    });

  for (const program of [`${repository}bin/wharf`, dockerProgram]) {
    const name = program.split('/').at(-1);
    test(`${name} lists, uploads and streams both ways through dial-stdio`, async () => {
      const listed = await call(program, ['-H', 'ssh://ada@far:2222', 'images', '-q']);
      assert.equal(listed.code, 0, listed.stderr);
      assert.match(listed.stdout, /^[0-9a-f]{12}\n$/);
      assert.match(readFileSync(`${folder()}/calls`, 'utf8'), /-l ada -p 2222 -- far /);
      const sent = Buffer.alloc(2_000_000, 'sixteen letters\n');
      const echoed = await call(program, ['-H', 'ssh://far', 'run', '--rm', '-i', 'base:1', 'cat'], sent);
      assert.equal(echoed.code, 0, echoed.stderr);
      assert.ok(Buffer.from(echoed.stdout).equals(sent));
    });
  }

  test('a context may name it too', async () => {
    const config = `${suite.wharf.folder}/contexts`;
    const wharf = `${repository}bin/wharf`;
    await call(wharf, ['--config', config, 'context', 'create', 'far', '--docker', 'host=ssh://far']);
    const listed = await call(wharf, ['--config', config, '-c', 'far', 'images', '-q']);
    assert.equal(listed.code, 0, listed.stderr);
  });

  test('says why the far end cannot be reached', async () => {
    const { code, stderr } = await call(`${repository}bin/wharf`, ['-H', 'ssh://nowhere', 'ps']);
    assert.equal(code, 1);
    assert.match(stderr, /has exited with status 255: ssh: Could not resolve hostname nowhere/);
  });
});
