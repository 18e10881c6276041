import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** A store that is healthy after a while, an API that waits for that, and a server that waits for the API. */
const project = `
name: harbour
services:
  store:
    image: base:1
    command: sh -c "sleep 0.3; touch /tmp/ready; echo store up; exec sleep 99"
    stop_grace_period: 0s
    volumes: [ "cargo:/cargo" ]
    healthcheck:
      test: [ "CMD", "test", "-e", "/tmp/ready" ]
      interval: 1s
      start_period: 5s
      start_interval: 100ms
  api:
    image: base:1
    command: sh -c "echo api up; exec sleep 99"
    stop_grace_period: 0s
    environment: { COLOUR: "\${COLOUR:-red}" }
    depends_on: { store: { condition: service_healthy } }
  web:
    image: base:1
    command: httpd -f -p 80 -h /www
    stop_grace_period: 0s
    ports: [ "80" ]
    depends_on: [ api ]
volumes: { cargo: {} }
`;

describe('docker compose', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const compose = (args: string, env?: NodeJS.ProcessEnv) =>
    suite.ok(['compose', '-f', `${suite.wharf.folder}/compose.yaml`, ...args.split(' ')], env && { env });
  const started = (name: string) => suite.ok(['inspect', '-f', '{{.State.StartedAt}}', name]);
  const names = async () => (await suite.ok(['ps', '--format', '{{.Names}}'])).split('\n').sort();

  before(() => writeFileSync(`${suite.wharf.folder}/compose.yaml`, project));

  test('brings three services up, each when what it depends on is ready', async () => {
    await compose('up -d');
    assert.deepEqual(await names(), ['harbour-api-1', 'harbour-store-1', 'harbour-web-1']);
    assert.equal(await suite.ok(['inspect', '-f', '{{.State.Health.Status}}', 'harbour-store-1']), 'healthy');
    assert.ok((await started('harbour-store-1')) < (await started('harbour-api-1')));
    assert.ok((await started('harbour-api-1')) < (await started('harbour-web-1')));
    const [port = ''] = (await compose('port web 80')).split(':').slice(-1);
    assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /Hello from Wharf/);
    const network = await suite.ok(['network', 'inspect', '-f', '{{len .Containers}}', 'harbour_default']);
    assert.equal(network, '3');
    const logs = await compose('logs --no-color');
    assert.match(logs, /^api-1 +\| api up$/m);
    assert.match(logs, /^store-1 +\| store up$/m);
  });

  test('does nothing when nothing has changed', async () => {
    const before = await started('harbour-api-1');
    await compose('up -d');
    assert.equal(await started('harbour-api-1'), before);
  });

  test('scales a service, and makes anew what has changed', async () => {
    await compose('up -d --scale api=3');
    const scaled = ['harbour-api-1', 'harbour-api-2', 'harbour-api-3'];
    assert.deepEqual((await names()).slice(0, 3), scaled);
    const store = await started('harbour-store-1');
    await compose('up -d --scale api=2', { COLOUR: 'blue' });
    assert.match(await compose('exec -T api env', { COLOUR: 'blue' }), /^COLOUR=blue$/m);
    assert.equal((await names()).filter((name) => name.startsWith('harbour-api-')).length, 2);
    assert.equal(await started('harbour-store-1'), store);
  });

  test('stops, starts and runs one command', async () => {
    await compose('stop');
    assert.deepEqual(await names(), ['']);
    await compose('start');
    assert.equal((await names()).length, 4);
    assert.equal(await compose('run --rm --no-deps api echo once'), 'once');
  });

  test('takes everything down', async () => {
    await compose('down -v');
    assert.equal(await suite.ok('ps -aq'), '');
    assert.equal(await suite.ok('volume ls -q'), '');
    assert.equal(await suite.ok('network ls -q -f name=harbour'), '');
  });
});
