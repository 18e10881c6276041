import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { eventually } from '../testing/programs.ts';
import { checkWhole, pullImage, pushImage } from '../testing/registry-content.ts';
import { type OwnRegistry, type OwnRegistryOptions, startOwnRegistry } from '../testing/registry-server.ts';

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of eight, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 8;
const layer = Buffer.alloc(200_000, 'layer');

interface Verb {
  readonly name: string;
  readonly options: OwnRegistryOptions;
  prepare(registry: OwnRegistry): Promise<unknown>;
  perform(registry: OwnRegistry): Promise<unknown>;
}

describe('a registry that is killed before any effect of', () => {
  let folder = '';
  let upstream: OwnRegistry;
  let copied = 0;
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-registry-faults-');
    await buildKillAtEffect(`${folder}/tool`);
    upstream = await startOwnRegistry();
  });
  after(async () => {
    await upstream?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const never = ['--gc-interval', '0'];
  const blobs = (registry: OwnRegistry) => readdirSync(`${registry.dataRoot}/blobs`).length;
  const remove = async (registry: OwnRegistry) => {
    const found = await registry.ask('HEAD', '/v2/team/app/manifests/latest');
    const digest = found.headers.get('docker-content-digest');
    if (found.status === 200) await registry.ask('DELETE', `/v2/team/app/manifests/${digest}`);
  };
  const verbs: readonly Verb[] = [
    {
      name: 'a push',
      options: { args: never },
      prepare: remove,
      perform: (registry) => pushImage(registry, 'team/app', layer),
    },
    {
      name: 'a deletion and the collection of what it leaves',
      options: { args: ['--gc-interval', '40ms', '--gc-grace', '300ms'] },
      prepare: (registry) => pushImage(registry, 'team/app', layer),
      async perform(registry) {
        await remove(registry);
        await eventually('its bytes are gone', () => blobs(registry) === 0);
      },
    },
    {
      name: 'a pull through a copy',
      get options() {
        return { args: ['--cache', `http://${upstream.address}`, '--cache-expiry', '0s', ...never] };
      },
      // What was copied once would not be fetched again.
      prepare: () => pushImage(upstream, `team/far${++copied}`, Buffer.alloc(200_000, `layer ${copied}`)),
      perform: (registry) => pullImage(registry, `team/far${copied}`),
    },
  ];

  for (const verb of verbs) {
    test(`${verb.name}: what it serves is whole, and the same again works`, async () => {
      await using registry = await startOwnRegistry(verb.options);
      let effect: string | undefined = 'none';
      for (let n = Math.ceil(Math.random() * stride); effect !== undefined; n += stride) {
        await verb.prepare(registry);
        effect = await strike(`${folder}/tool`, registry, n, () => verb.perform(registry));
        await checkWhole(registry)
          .then(() => verb.perform(registry))
          .catch((cause) => {
            throw new Error(`killed before effect ${n} of ${verb.name}, a ${effect}`, { cause });
          });
      }
      await registry.stop();
      await registry.start(['--gc-interval', '40ms', '--gc-grace', '0s', '--upload-expiry', '0s']);
      await eventually('no upload is left', () => readdirSync(`${registry.dataRoot}/uploads`).length === 0);
      await checkWhole(registry);
    });
  }
});
