import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FixtureImage } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { dockerPlugins, dockerProgram, type Output, repository, runProgram } from '../testing/programs.ts';
import { type OwnRegistry, startOwnRegistry } from '../testing/registry-server.ts';

const image = (architecture: string): FixtureImage => ({
  name: 'boat:1',
  architecture,
  layers: [makeTar([{ path: architecture, content: architecture }])],
});

/** Command lines in their order; `REG` is the registry. Each must end, say and leave behind the same with both clients. */
const lines = [
  'inspect REG/lib/amd:1',
  'inspect -v REG/lib/amd:1',
  'inspect REG/lib/boat:1',
  'inspect -v REG/lib/boat:1',
  'inspect REG/lib/none',
  'create REG/lib/fleet:1 REG/lib/amd:1 REG/lib/arm:1 REG/far/ppc:1',
  'create REG/lib/fleet:1 REG/lib/amd:1',
  'create -a REG/lib/fleet:1 REG/lib/amd:1',
  'create REG/lib/other REG/lib/boat:1',
  'create REG/lib/other REG/lib/none',
  'inspect REG/lib/fleet:1',
  'inspect -v REG/lib/fleet:1',
  'inspect REG/lib/fleet:1 REG/lib/arm:1',
  'inspect REG/lib/fleet:1 REG/lib/none',
  'annotate REG/lib/fleet:1 REG/lib/arm:1 --os nope',
  'annotate REG/lib/fleet:1 REG/lib/none --os linux',
  'annotate REG/lib/fleet:1 REG/lib/arm:1 --variant v8 --os-features a,b --os-version 10',
  'annotate REG/lib/fleet:1 REG/lib/arm:1 --os-features b,c',
  'inspect -v REG/lib/fleet:1 REG/lib/arm:1',
  'push REG/lib/fleet:1',
  'push -p REG/lib/fleet:1',
  'inspect REG/lib/fleet:1',
  'inspect -v REG/lib/fleet:1',
  'rm REG/lib/fleet:1',
  'create REG/lib/small REG/lib/amd:1',
  'rm REG/lib/small REG/lib/none',
  'create elsewhere.test/small REG/lib/amd:1',
  'inspect elsewhere.test/small',
  'push elsewhere.test/small',
  'rm elsewhere.test/small',
];

const needsInsecure = /^(inspect|create|push)/;

describe('manifest lists', () => {
  let folder: string;
  let registry: TestRegistry;
  let own: OwnRegistry;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-manifest-'));
    symlinkSync(`${repository}bin/wharf`, join(folder, 'docker'));
    mkdirSync(join(folder, 'plugged'));
    writeFileSync(
      join(folder, 'plugged', 'config.json'),
      JSON.stringify({ cliPluginsExtraDirs: [dockerPlugins] }),
    );
    registry = await startRegistry();
    await registry.push(image('amd64'), 'lib/amd:1');
    await registry.push(image('arm64'), 'lib/arm:1');
    await registry.push(image('ppc64le'), 'far/ppc:1');
    await registry.pushIndex('lib/boat:1', [image('amd64'), image('arm64')]);
    own = await startOwnRegistry();
  });
  after(async () => {
    await own[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const call = (program: string, settings: string, words: readonly string[]): Promise<Output> =>
    runProgram(program, words, { env: { DOCKER_CONFIG: join(folder, settings) } });
  const ok = async (program: string, words: readonly string[]): Promise<string> => {
    const output = await call(program, 'plugged', words);
    assert.equal(output.stderr, '', words.join(' '));
    return output.stdout;
  };

  test('say the same as with the stock client', async () => {
    for (const line of lines) {
      const [verb = '', ...rest] = line.replaceAll('REG', registry.address).split(' ');
      const words = ['manifest', verb, ...(needsInsecure.test(line) ? ['--insecure'] : []), ...rest];
      const theirs = await call(dockerProgram, 'theirs', words);
      assert.deepEqual(await call(join(folder, 'docker'), 'ours', words), theirs, line);
    }
  });

  test('begun by one client go on with the other', async () => {
    const list = `${registry.address}/lib/shared:1`;
    const [amd, arm] = [`${registry.address}/lib/amd:1`, `${registry.address}/lib/arm:1`];
    const wharf = join(folder, 'docker');
    await ok(dockerProgram, ['manifest', 'create', '--insecure', list, amd]);
    await ok(wharf, ['manifest', 'create', '-a', '--insecure', list, arm]);
    await ok(dockerProgram, ['manifest', 'annotate', list, arm, '--variant', 'v8']);
    const digest = (await ok(wharf, ['manifest', 'push', '--insecure', list])).trimEnd().split('\n').at(-1);
    assert.equal(
      (await ok(dockerProgram, ['manifest', 'push', '--insecure', list])).trimEnd().split('\n').at(-1),
      digest,
    );
  });

  test('are copied to our registry by imagetools and read there by both clients', async () => {
    const [from, to] = [`${registry.address}/lib/boat:1`, `${own.address}/lib/boat:2`];
    const copy = await call(dockerProgram, 'plugged', ['buildx', 'imagetools', 'create', '-t', to, from]);
    assert.equal(copy.code, 0, copy.stderr);
    const raw = await ok(dockerProgram, ['buildx', 'imagetools', 'inspect', '--raw', to]);
    assert.equal(raw, await ok(dockerProgram, ['buildx', 'imagetools', 'inspect', '--raw', from]));
    assert.match(
      await ok(dockerProgram, ['buildx', 'imagetools', 'inspect', to]),
      /Platform:\s+linux\/arm64/,
    );
    const inspect = ['manifest', 'inspect', '--insecure', '-v', to];
    assert.equal(await ok(join(folder, 'docker'), inspect), await ok(dockerProgram, inspect));
  });
});
