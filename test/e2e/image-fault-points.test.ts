import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { ImageCheckReport } from '#api';
import { dockerArchive, type FixtureImage, sha256 } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of eight, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 8;

const shared = makeTar([{ path: 'shared', content: 'by both' }]);
const base: FixtureImage = { name: 'base:1', layers: [shared] };
const boatLayer = makeTar([{ path: 'boat', content: Buffer.alloc(50_000, 'b') }]);
const boat: FixtureImage = { name: 'boat:1', layers: [shared, boatLayer] };

interface Verb {
  readonly name: string;
  /** What is there before, beside `base:1`. */
  readonly hasBoat: boolean;
  perform(): Promise<unknown>;
  /** The tags that may be there afterwards, sorted. */
  readonly outcomes: readonly string[];
}

describe('a daemon that is killed before any effect of', () => {
  const suite = useWharf([base]);
  const { ok, docker } = suite;
  const tool = () => `${suite.wharf.folder}/kill-at-effect`;
  let registry: TestRegistry;
  let remote: string;
  before(async () => {
    await buildKillAtEffect(tool());
    registry = await startRegistry();
    await registry.push(boat);
    remote = `${registry.address}/boat:1`;
  });
  after(() => registry[Symbol.asyncDispose]());

  const loadBoat = () => ok('load -q', { input: dockerArchive(boat) });
  const verbs: readonly Verb[] = [
    { name: 'load', hasBoat: false, perform: loadBoat, outcomes: ['base:1', 'base:1 boat:1'] },
    {
      name: 'pull',
      hasBoat: false,
      perform: () => ok(['pull', '-q', remote]),
      outcomes: ['base:1', 'PULLED base:1'],
    },
    {
      name: 'tag',
      hasBoat: true,
      perform: () => ok('tag boat:1 ship:1'),
      outcomes: ['base:1 boat:1', 'base:1 boat:1 ship:1'],
    },
    {
      name: 'rmi',
      hasBoat: true,
      perform: () => ok('rmi boat:1'),
      outcomes: ['base:1 boat:1', '<none>:<none> base:1', 'base:1'],
    },
    {
      name: 'prune',
      hasBoat: true,
      perform: () => ok(['image', 'prune', '-af', '--filter', 'label!=none']),
      outcomes: [
        'base:1 boat:1',
        'base:1',
        'boat:1',
        '',
        '<none>:<none> base:1',
        '<none>:<none> boat:1',
        '<none>:<none>',
      ],
    },
  ];

  /** Sorted. */
  async function tags(): Promise<string> {
    const lines = await ok(['images', '--format', '{{.Repository}}:{{.Tag}}']);
    return lines.replace(remote, 'PULLED').split('\n').sort().join(' ');
  }

  async function prepare({ hasBoat }: Verb): Promise<void> {
    const wanted = hasBoat ? 'base:1 boat:1' : 'base:1';
    if ((await tags()) === wanted) return;
    const ids = (await ok('images -aq')).split('\n').filter(Boolean);
    if (ids.length > 0) await docker(['rmi', '-f', ...new Set(ids)]);
    await ok('load -q', { input: hasBoat ? dockerArchive(base, boat) : dockerArchive(base) });
  }

  async function check(query = ''): Promise<ImageCheckReport> {
    const { text } = await exchange(suite.wharf.socketPath, 'POST', `/images/check${query}`);
    return JSON.parse(text.trim().split('\n').at(-1) ?? '').aux;
  }

  /** The store is whole, and holds nothing that no image needs. */
  async function verify(verb: Verb): Promise<void> {
    const outcome = await tags();
    assert.ok(verb.outcomes.includes(outcome), `images: ${outcome}`);
    const { Findings, Layers, Documents } = await check();
    assert.deepEqual(Findings, []);
    const layers = readdirSync(`${suite.wharf.dataRoot}/layers`);
    assert.equal(layers.filter((name) => !name.startsWith('leaving-')).length, Layers);
    assert.equal(readdirSync(`${suite.wharf.dataRoot}/content`).length, Documents);
  }

  for (const verb of verbs) {
    test(`${verb.name}: the images are as before or as after, and the store is whole`, async () => {
      let effect: string | undefined = 'none';
      for (let n = Math.ceil(Math.random() * stride); effect !== undefined; n += stride) {
        await prepare(verb);
        effect = await strike(tool(), suite.wharf, n, verb.perform);
        await verify(verb).catch((cause) => {
          throw new Error(`killed before effect ${n} of ${verb.name}, a ${effect}`, { cause });
        });
      }
    });
  }

  test('check --repair: what was damaged is damaged as before, or whole', async () => {
    const file = `${suite.wharf.dataRoot}/layers/${sha256(boatLayer).slice('sha256:'.length)}/layer.tar`;
    const damaged = Buffer.from(boatLayer);
    damaged[30_000] = 1;
    await ok(['pull', '-q', remote]);
    const repair: Verb = {
      name: 'check',
      hasBoat: false,
      perform: () => check('?repair=1'),
      outcomes: ['PULLED base:1', 'PULLED'],
    };
    let effect: string | undefined = 'none';
    for (let n = Math.ceil(Math.random() * stride); effect !== undefined; n += stride) {
      writeFileSync(file, damaged);
      effect = await strike(tool(), suite.wharf, n, repair.perform);
      const problems = (await check()).Findings.map(({ Problem }) => Problem);
      assert.deepEqual(problems, problems.length === 0 ? [] : ['damaged'], `before effect ${n}, a ${effect}`);
      await check('?repair=1');
      await verify(repair);
      assert.deepEqual(readFileSync(file), boatLayer);
    }
  });
});
