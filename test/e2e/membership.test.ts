import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('networks of a container that does not run', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const networksOf = async (name: string) => {
    const { text } = await exchange(suite.wharf.socketPath, 'GET', `/containers/${name}/json`);
    return JSON.parse(text).NetworkSettings.Networks;
  };
  before(async () => {
    await ok('network create --subnet 10.221.7.0/24 quay');
    await ok('create --name boat base:1 sleep 99');
    await ok('create --name guest --network host base:1');
    await ok('create --name alone --network none base:1');
  });

  test('are joined at its next start, with the wishes that were told', async () => {
    await ok('network connect --alias dinghy --ip 10.221.7.9 quay boat');
    assert.deepEqual(Object.keys(await networksOf('boat')), ['bridge', 'quay']);
    await ok('network disconnect bridge boat');
    assert.deepEqual(Object.keys(await networksOf('boat')), ['quay']);
    await suite.wharf.stop();
    await suite.wharf.start();
    await ok('start boat');
    const { quay } = await networksOf('boat');
    assert.deepEqual([quay.IPAddress, quay.Aliases], ['10.221.7.9', ['dinghy']]);
    await ok('kill boat');
    await ok('network disconnect quay boat');
    await ok('start boat');
    assert.deepEqual(await networksOf('boat'), {});
    await ok('rm -f boat');
  });

  test('are refused in Docker’s words', async () => {
    const refused: readonly (readonly [
      verb: string,
      network: string,
      container: string,
      status: number,
      text: string,
    ])[] = [
      ['connect', 'quay', '', 400, 'invalid name or ID supplied: ""'],
      ['connect', 'quay', 'nosuch', 404, 'No such container: nosuch'],
      [
        'connect',
        'host',
        'guest',
        400,
        'container sharing network namespace with another container or host cannot be connected to any other network',
      ],
      [
        'connect',
        'quay',
        'alone',
        400,
        'container cannot be connected to multiple networks with one of the networks in private (none) mode',
      ],
      [
        'disconnect',
        'host',
        'guest',
        400,
        'cannot disconnect container from host network - container was created in host network mode',
      ],
    ];
    for (const [verb, network, container, status, message] of refused) {
      const path = `/networks/${network}/${verb}`;
      const answer = await exchange(suite.wharf.socketPath, 'POST', path, { Container: container });
      assert.deepEqual([answer.status, JSON.parse(answer.text).message], [status, message]);
    }
    const { text } = await exchange(suite.wharf.socketPath, 'POST', '/networks/bridge/disconnect', {
      Container: 'alone',
    });
    assert.match(text, /is not connected to the network bridge/);
    const bad = { Container: 'alone', EndpointConfig: { MacAddress: 'zz' } };
    const answer = await exchange(suite.wharf.socketPath, 'POST', '/networks/quay/connect', bad);
    assert.match(answer.text, /invalid MAC address zz/);
  });
});
