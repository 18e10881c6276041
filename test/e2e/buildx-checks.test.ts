import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { folderOf } from '../testing/folder-of.ts';
import { useWharf } from '../testing/use-wharf.ts';

const dockerfile = [
  '# VERSION of all',
  'ARG VERSION=3',
  '# one makes it',
  'FROM base:1 AS one',
  'ARG VERSION',
  'RUN --mount=type=secret,id=token,required=true --mount=type=cache,target=/c true',
  'FROM base:1',
  'MAINTAINER me',
  'COPY --from=one /etc /x',
].join('\n');

describe('what docker buildx tells of Dockerfiles and builds', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker } = suite;

  async function build(text: string, ...args: readonly string[]) {
    const folder = folderOf(join(suite.wharf.folder, 'c'), { Dockerfile: text, file: 'content' });
    const { code, stdout, stderr } = await docker(['buildx', 'build', '--progress=plain', ...args, folder]);
    return { code, stdout, stderr };
  }

  test('--check finds without building, with the lines', async () => {
    const { code, stdout, stderr } = await build(dockerfile, '--check');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^Check complete, 1 warning has been found!\n\nWARNING: MaintainerDeprecated - https:/,
    );
    assert.match(stdout, /\n +8 \| >>> MAINTAINER me\n/);
    assert.doesNotMatch(stderr, /RUN|load metadata/);
    const good = await build('FROM base:1', '--check');
    assert.deepEqual([good.code, good.stdout], [0, 'Check complete, no warnings found.\n']);
    const broken = await build('FROM base:1\nRUNN x', '--check');
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /unknown instruction: RUNN/);
  });

  test('--call tells targets and what they take', async () => {
    const targets = await build(dockerfile, '--call=targets');
    assert.match(targets.stdout, /^TARGET +DESCRIPTION\none +makes it\n\(default\)/);
    const outline = await build(dockerfile, '--call=outline', '--build-arg', 'VERSION=4');
    assert.match(outline.stdout, /^BUILD ARG +VALUE +DESCRIPTION\nVERSION +4 +of all\n/);
    assert.match(outline.stdout, /\nSECRET +REQUIRED\ntoken +true\n/);
    const unknown = await build(dockerfile, '--call=other');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /unsupported request frontend\.other/);
  });

  test('builds warn, and fail where the Dockerfile says so', async () => {
    const { code, stderr } = await build('FROM base:1\nMAINTAINER x');
    assert.equal(code, 0);
    assert.match(stderr, /1 warning found.*\n.* - MaintainerDeprecated: .* \(line 2\)\n/);
    const strict = await build('# check=error=true\nFROM base:1\nMAINTAINER x');
    assert.equal(strict.code, 1);
    assert.match(strict.stderr, /lint violation found for rules: MaintainerDeprecated\n$/);
  });

  test('progress has what a build does beside its instructions, with sizes', async () => {
    const { stderr } = await build('FROM base:1 AS a\nFROM a\nCOPY file /f', '-t', 'told:1');
    assert.match(
      stderr,
      /\[internal\] load build definition from Dockerfile\n.* transferring dockerfile: \d+B.* done\n/,
    );
    assert.match(stderr, /\[internal\] load \.dockerignore\n.* transferring context: \d+B.* done\n/);
    assert.match(stderr, /\[internal\] load metadata for docker\.io\/library\/base:1\n/);
    assert.match(stderr, /\[a 1\/1\] FROM docker\.io\/library\/base:1\n/);
    assert.match(stderr, /\[internal\] load build context\n.* transferring context: \d+B.* done\n/);
    assert.match(
      stderr,
      /exporting to image\n.* writing image sha256:[0-9a-f]{64} done\n.* naming to docker\.io\/library\/told:1 done\n/,
    );
  });

  test('what cannot be had is refused', async () => {
    const refused: [string[], RegExp][] = [
      [['--cache-to', 'type=inline'], /cache export to inline is not supported/],
      [['--platform', 'linux/amd64,linux/arm64'], /builds for several platforms are not supported/],
      [['--provenance=true'], /Attestations are not supported/],
      [['-o', 'type=docker,dest=-,compression=zstd'], /exporter option compression=zstd is not supported/],
    ];
    for (const [args, text] of refused) {
      const { code, stderr } = await build('FROM base:1', ...args);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, text);
    }
    const other = await build('# syntax=some/frontend:1\nFROM base:1');
    assert.match(other.stderr, /frontend image some\/frontend:1 is not supported/);
    assert.equal((await build('# syntax=docker/dockerfile:1\nFROM base:1')).code, 0);
  });

  test('an agent is refused only where a command wants it', async () => {
    const socket = join(suite.wharf.folder, 'agent.sock');
    const agent = createServer((connection) => void connection.on('error', () => undefined));
    await new Promise<void>((resolve) => void agent.listen(socket, resolve));
    try {
      const wants = await build('FROM base:1\nRUN --mount=type=ssh true', '--ssh', `default=${socket}`);
      assert.equal(wants.code, 1);
      assert.match(wants.stderr, /agents are not forwarded to ssh mounts/);
      assert.equal((await build('FROM base:1\nRUN true', '--ssh', `default=${socket}`)).code, 0);
    } finally {
      agent.close();
    }
  });
});
