import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exchange } from '../testing/exchange.ts';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { type Lan, makeLan } from '../testing/lan.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

interface Summary {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly IPAM: { readonly Config: readonly { readonly Gateway: string }[] };
}

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of three, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 3;
const subject = '/networks/subject';

describe('a daemon that is killed before any effect of', () => {
  let lan: Lan;
  let wharf: TestWharf;
  const tool = () => `${wharf.folder}/kill-at-effect`;
  before(async () => {
    lan = await makeLan();
    wharf = await startWharf({ program: lan.wharfd });
    await buildKillAtEffect(tool());
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await lan?.[Symbol.asyncDispose]();
  });

  const ask = (method: string, path: string, body?: unknown) =>
    exchange(wharf.socketPath, method, path, body);
  const target = {
    get pid() {
      return wharf.pid;
    },
    stop: (signal: 'SIGKILL') => wharf.stop(signal),
    start: () => wharf.start([], lan.wharfd),
  };
  const bridges = async (): Promise<Summary[]> => {
    const networks: Summary[] = JSON.parse((await ask('GET', '/networks')).text);
    return networks.filter(({ Driver }) => Driver === 'bridge');
  };

  /** Devices, addresses and tables of the host are those of the networks that are told. */
  async function verify(): Promise<void> {
    const networks = await bridges();
    const devices = networks.map(({ Id, Name }) =>
      Name === 'bridge' ? wharf.bridge : `br-${Id.slice(0, 12)}`,
    );
    const links = lan.host.run('ip', '-br', 'link', 'show', 'type', 'bridge').trim().split('\n');
    assert.deepEqual(links.map((line) => line.split(' ')[0]).sort(), [...devices].sort());
    const tables = [...lan.host.run('nft', 'list', 'tables').matchAll(/^table ip (\S+)$/gm)];
    assert.deepEqual(tables.map(([, name]) => name).sort(), [...devices].sort());
    networks.forEach(({ IPAM }, place) => {
      const addresses = lan.host.run('ip', 'addr', 'show', devices[place] ?? '');
      for (const { Gateway } of IPAM.Config) assert.match(addresses, new RegExp(` ${Gateway}/`));
    });
  }

  for (const [name, method, path, body] of [
    ['network create', 'POST', '/networks/create', { Name: 'subject' }],
    ['network rm', 'DELETE', subject, undefined],
  ] as const) {
    test(`${name}: the network is there, or it is not`, { timeout: 240_000 }, async () => {
      const isThere = async () => (await ask('GET', subject)).status === 200;
      const wanted = method === 'DELETE';
      for (let n = 1 + Math.floor(Math.random() * stride); ; n += stride) {
        if ((await isThere()) !== wanted) {
          await (wanted ? ask('POST', '/networks/create', { Name: 'subject' }) : ask('DELETE', subject));
        }
        const effect = await strike(tool(), target, n, () => ask(method, path, body));
        await verify();
        if (effect === undefined) break;
      }
      assert.equal(await isThere(), !wanted);
    });
  }
});
