import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ours, theirs } from '../testing/lan.ts';
import { eventually } from '../testing/programs.ts';
import { useLan } from '../testing/use-lan.ts';

/** Calls without end, four at a time, and prints `lost` with what went wrong for each that got no answer. */
const load = `
  const { connect } = require('node:net');
  let answers = 0;
  process.on('SIGTERM', () => { console.log('answers ' + answers); process.exit(0); });
  const call = () => {
    const socket = connect(808, '${ours.ipv4}', () => socket.write('?'));
    let text = '';
    socket.on('data', (data) => { text += data; });
    socket.on('error', (error) => console.log('lost ' + error.code));
    socket.on('close', () => {
      if (text.endsWith('\\n')) answers++;
      else console.log('lost an answer');
      call();
    });
  };
  for (let caller = 0; caller < 4; caller++) call();`;

/** Calls 40 times, one after the other, and prints what is answered. */
const calls = `
  const { connect } = require('node:net');
  const call = (left) => {
    if (left === 0) return;
    const socket = connect(808, '${ours.ipv4}').on('data', (data) => process.stdout.write(data));
    socket.on('error', (error) => console.log(error.code)).on('close', () => call(left - 1));
  };
  call(40);`;

/** Calls once, and prints `called`, the answer and the end. */
const oneCall = `
  const socket = require('node:net').connect(808, '${ours.ipv4}', () => {
    console.log('called');
    socket.write('?');
  });
  socket.on('data', (data) => console.log(String(data).trim())).on('end', () => console.log('end'));
  socket.on('error', (error) => console.log(error.code));`;

/** Who does not answer by then has begun a long answer. */
const soon = { patienceMs: 400 };

describe('containers of a group share a published port', () => {
  const suite = useLan();
  const { ok } = suite;
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  const member = (name: string, options = '', command = '80') =>
    ok(`run -d --name ${name} -h ${name} --label wharf.group=web -p 808:80 ${options} answer:1 ${command}`);
  const health = (name: string) => ok(`inspect -f {{.State.Health.Status}} ${name}`);
  /** Who answers, of so many calls that everyone has had a turn. */
  const answering = () => {
    const answers = suite.lan.client.run(process.execPath, '-e', calls).trim().split('\n');
    return [...new Set(answers.map((answer) => answer.replace(`${theirs.ipv4} `, '')))].sort();
  };

  test('J16 connections are dealt out to all of them, and to nobody who has left', async () => {
    for (const name of ['one', 'two', 'three']) await member(name);
    await eventually('all take part', () => answering().length === 3 || undefined);
    await ok('rm -f two');
    assert.deepEqual(answering(), ['one', 'three']);
    await ok('stop one');
    assert.deepEqual(answering(), ['three']);
    await ok('start one');
    await eventually('it is back', () => answering().length === 2 || undefined);
  });

  test('J16 whoever is not of the group is refused', async () => {
    await member('one');
    const other = await suite.wharf.docker(words('run -d --label wharf.group=mail -p 808:80 answer:1'));
    assert.match(other.stderr, /Bind for 0\.0\.0\.0:808 failed: port is already allocated/);
  });

  test('`wharf update` puts a running container into a group, and takes it out', async () => {
    const update = (line: string) => suite.wharf.wharf(['update', ...words(line)]);
    await ok('run -d --name one -h one -p 808:80 answer:1');
    assert.equal((await update('--label-add wharf.group=web one')).code, 0);
    await member('two');
    await eventually('both take part', () => answering().length === 2 || undefined);
    const alone = await update('--label-rm wharf.group two');
    assert.match(alone.stderr, /port is already allocated/);
    assert.equal(answering().length, 2);
    await ok('rm -f one');
    assert.equal((await update('--label-rm wharf.group two')).code, 0);
    assert.deepEqual(answering(), ['two']);
    const three = await suite.wharf.docker(words('run -d --label wharf.group=web -p 808:80 answer:1'));
    assert.match(three.stderr, /port is already allocated/);
  });

  test('a newcomer gets connections only when it takes them', async () => {
    await member('one');
    await member('late', '', '80 700');
    assert.deepEqual(answering(), ['one']);
    await eventually('it takes part', () => answering().length === 2 || undefined);
  });

  test('a container with a health check takes part while it is healthy', async () => {
    const check = '--health-cmd cat_/tmp/well --health-interval 100ms --health-retries 1 --health-timeout 5s';
    const options = [...words(check).map((word) => word.replace('_', ' ')), '--label', 'wharf.group=web'];
    await member('one');
    await suite.wharf.dockerOk([
      'run',
      '-d',
      '--name',
      'two',
      '-h',
      'two',
      '-p',
      '808:80',
      ...options,
      'answer:1',
    ]);
    await eventually('it is unhealthy', async () => (await health('two')) === 'unhealthy' || undefined);
    assert.deepEqual(answering(), ['one']);
    await ok('exec two touch /tmp/well');
    await eventually('it takes part', () => answering().length === 2 || undefined);
    await ok('exec two rm /tmp/well');
    await eventually('it does no more', () => answering().length === 1 || undefined);
    await suite.wharf.stop();
    await suite.wharf.start([], suite.lan.wharfd);
    assert.deepEqual(answering(), ['one']);
    await ok('rm -f one');
    // Better one that is not well than nobody.
    assert.deepEqual(answering(), ['two']);
  });

  test('the last one stays until its successor answers', async () => {
    await member('one');
    await member('late', '', '80 500');
    await ok('stop one');
    assert.deepEqual(answering(), ['late']);
  });

  test('a container that stops answers first what it has begun, for as long as it is given', async () => {
    await member('one', '', '80 0 600');
    using call = suite.lan.client.start(oneCall);
    await call.line(/called/);
    await ok('stop one');
    assert.equal(await call.line(), `${theirs.ipv4} one`);

    await member('two', '--label wharf.drain=0', '80 0 5000');
    using cut = suite.lan.client.start(oneCall);
    await cut.line(/called/);
    await ok('stop two');
    assert.match(await cut.line(), /end|ECONNRESET/);
  });

  test('a container that dies while it drains is waited for no longer', async () => {
    await member('one', '--label wharf.drain=600', '80 0 60000');
    using call = suite.lan.client.start(oneCall);
    await call.line(/called/);
    const stopped = suite.wharf.docker(['stop', 'one']);
    await eventually(
      'it drains',
      () => suite.lan.client.ask(ours.ipv4, 808, soon) === 'ECONNREFUSED' || undefined,
    );
    await ok('kill one');
    assert.equal((await stopped).code, 0);
  });

  test('a container whose drain ended with the daemon serves again, by its sockets too', async () => {
    await member('one', '--label wharf.drain=600', '80 0 60000');
    using call = suite.lan.client.start(oneCall);
    await call.line(/called/);
    const stopped = suite.wharf.docker(['stop', 'one']);
    await eventually(
      'it drains',
      () => suite.lan.client.ask(ours.ipv4, 808, soon) === 'ECONNREFUSED' || undefined,
    );
    await suite.wharf.stop('SIGKILL');
    assert.notEqual((await stopped).code, 0);
    await suite.wharf.start([], suite.lan.wharfd);
    for (const address of [ours.ipv4, '::1']) assert.equal(suite.lan.host.ask(address, 808, soon), 'silence');
  });

  test('a group is as it was for the next daemon', async () => {
    for (const name of ['one', 'two']) await member(name);
    await eventually('both take part', () => answering().length === 2 || undefined);
    await suite.wharf.stop('SIGKILL');
    assert.deepEqual(answering(), ['one', 'two']);
    await suite.wharf.start([], suite.lan.wharfd);
    assert.deepEqual(answering(), ['one', 'two']);
    await ok('stop one');
    assert.deepEqual(answering(), ['two']);
  });

  test('wish 41: twenty new versions take over under load, and no connection is lost', async () => {
    await member('version-0', '--rm', '80 0 20');
    using callers = suite.lan.client.start(load);
    for (let version = 1; version <= 20; version++) {
      await member(`version-${version}`, '--rm', '80 20 20');
      await ok(`stop version-${version - 1}`);
    }
    callers.end();
    const said = await callers.line();
    assert.match(said, /^answers \d{3,}$/);
  });

  test('a label that is no time is refused', async () => {
    const { stderr } = await suite.wharf.docker(words('create --label wharf.drain=soon answer:1'));
    assert.match(stderr, /invalid label wharf\.drain=soon: it should be a number of seconds up to 3600/);
  });
});
