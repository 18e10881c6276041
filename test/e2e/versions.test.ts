import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type Exchanged, exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

const oldest = 24;
const newest = 51;
const versions = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index);

/** What the versions of the API differ in, for containers, execs and the system. */
describe('every version of the API', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const ask = (minor: number, method: string, path: string, body?: unknown) =>
    exchange(suite.wharf.socketPath, method, `/v1.${minor}${path}`, body);
  const json = async (minor: number, path: string) => JSON.parse((await ask(minor, 'GET', path)).text);
  /** Asks all versions and tells in which of them something holds. */
  const holdsIn = async (
    path: string,
    holds: (answer: Exchanged) => boolean,
    method = 'GET',
    body?: unknown,
  ) => {
    const answers = await Promise.all(
      versions.map(async (minor) => ({ minor, held: holds(await ask(minor, method, path, body)) })),
    );
    return answers.flatMap(({ minor, held }) => (held ? [minor] : []));
  };
  const from = (minor: number) => versions.filter((version) => version >= minor);
  const below = (minor: number) => versions.filter((version) => version < minor);

  before(async () => {
    await ok('network create quay');
    await ok(
      'run -d --name box --network quay --network-alias pier --annotation a=b base:1 sh -c'
        .split(' ')
        .concat('echo out; exec sleep 999'),
    );
    await ok('run -d --name plain base:1 sleep 999');
  });

  test('is served from 1.24 to 1.51, and told so', async () => {
    assert.deepEqual(
      await holdsIn('/_ping', ({ status, text }) => status === 200 && text === 'OK'),
      versions,
    );
    const tooOld = await ask(23, 'GET', '/info');
    assert.match(
      tooOld.text,
      /client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade/,
    );
    const tooNew = await ask(52, 'GET', '/info');
    assert.match(tooNew.text, /client version 1.52 is too new. Maximum supported API version is 1.51/);
    const { ApiVersion, MinAPIVersion } = await json(30, '/version');
    assert.deepEqual([ApiVersion, MinAPIVersion], ['1.51', '1.24']);
    const errors = await holdsIn('/containers/nosuch/json', ({ status, text }) => {
      return status === 404 && JSON.parse(text).message === 'No such container: nosuch';
    });
    assert.deepEqual(errors, versions);
  });

  test('has the pages that it had', async () => {
    const filters = encodeURIComponent('{"label":["nobody"]}');
    const pruned = await holdsIn(
      `/containers/prune?filters=${filters}`,
      ({ status }) => status === 200,
      'POST',
    );
    assert.deepEqual(pruned, from(25));
  });

  test('shows a container as its clients expect', async () => {
    const settings = ({ text }: Exchanged) => JSON.parse(text).NetworkSettings;
    const legacy = await holdsIn('/containers/plain/json', (answer) => settings(answer).IPAddress !== '');
    assert.deepEqual(legacy, versions);
    const shortId = (await ok('ps -q --filter name=box')).slice(0, 12);
    const aliased = await holdsIn('/containers/box/json', (answer) =>
      settings(answer).Networks.quay.Aliases.includes(shortId),
    );
    assert.deepEqual(aliased, below(45));
    const named = await holdsIn('/containers/box/json', (answer) =>
      settings(answer).Networks.quay.DNSNames.includes('pier'),
    );
    assert.deepEqual(named, versions);
    const annotated = await holdsIn('/containers/json', ({ text }) => /"Annotations":\{"a":"b"\}/.test(text));
    assert.deepEqual(annotated, from(46));
  });

  test('understands create as it meant it', async () => {
    const shareable: number[] = [];
    for (const minor of [24, 39, 40, 51]) {
      const { text } = await ask(minor, 'POST', '/containers/create', { Image: 'base:1' });
      const { Id } = JSON.parse(text);
      if ((await json(51, `/containers/${Id}/json`)).HostConfig.IpcMode === 'shareable')
        shareable.push(minor);
      await ok(['rm', Id]);
    }
    assert.deepEqual(shareable, [24, 39]);
    const two = { Image: 'base:1', NetworkingConfig: { EndpointsConfig: { quay: {}, bridge: {} } } };
    const refused = await holdsIn(
      '/containers/create?name=two',
      ({ text }) => /cannot be created with multiple network endpoints: bridge, quay/.test(text),
      'POST',
      two,
    );
    assert.deepEqual(refused, below(44));
    await ok('rm two');
    const mac = { Image: 'base:1', Cmd: ['sleep', '9'], MacAddress: '02:42:00:00:00:77' };
    await ask(43, 'POST', '/containers/create?name=mac', mac);
    await ok('start mac');
    assert.equal((await json(43, '/containers/mac/json')).NetworkSettings.MacAddress, mac.MacAddress);
    await ok('rm -f mac');
  });

  test('names the type of streams as it did', async () => {
    const type = ({ headers }: Exchanged) => headers['content-type'];
    const framed = (answer: Exchanged) => type(answer) === 'application/vnd.docker.multiplexed-stream';
    assert.deepEqual(await holdsIn('/containers/box/logs?stdout=1', framed), from(42));
    const raw = (answer: Exchanged) => type(answer) === 'application/vnd.docker.raw-stream';
    assert.deepEqual(await holdsIn('/containers/box/logs?stdout=1', raw), below(42));
  });

  test('waits as it did', async () => {
    await ok('run --name over base:1 sh -c'.split(' ').concat('exit 3')).catch(() => undefined);
    const refused = await holdsIn(
      '/containers/over/wait?condition=odd',
      ({ status }) => status === 400,
      'POST',
    );
    assert.deepEqual(refused, from(30));
    const early = await holdsIn(
      '/containers/over/wait',
      ({ headers }) => headers['transfer-encoding'] === 'chunked',
      'POST',
    );
    assert.deepEqual(early, from(30));
  });

  test('tells events with the fields of old', async () => {
    const path = `/events?since=0&until=${Math.ceil(Date.now() / 1000)}&filters=${encodeURIComponent('{"event":["create"],"type":["container"]}')}`;
    const old = await holdsIn(path, ({ text }) => {
      const event = JSON.parse(text.split('\n')[0] ?? '');
      return event.status === 'create' && event.from === 'base:1' && event.id === event.Actor.ID;
    });
    assert.deepEqual(old, versions);
  });
});
