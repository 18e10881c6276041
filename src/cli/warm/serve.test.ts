import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../testing/fake-daemon.ts';
import { encodeFrame, FrameReader, frameKind } from './frames.ts';
import { serveCallers } from './serve.ts';

/** What the warm client said to a caller, kind by kind, until the connection was closed. */
interface Said {
  readonly kinds: string;
  readonly out: string;
  readonly error: string;
  readonly exitCode: number | undefined;
}

describe('serveCallers()', () => {
  let folder: string;
  let daemon: FakeDaemon;
  let served: Promise<void>;
  const leaving = new AbortController();
  const streams: Duplex[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-test-'));
    daemon = await startFakeDaemon(join(folder, 'daemon'), {
      'GET /containers/json': ({ headers }) => ({ body: [], headers: { 'X-Seen': String(headers['x-me']) } }),
      'POST /containers/*/kill': {},
      'DELETE /containers/*': ({ headers, path }) =>
        path.endsWith('/none')
          ? { status: 404, body: { message: `No such container: ${headers['x-me']}` } }
          : { status: 204 },
      'POST /containers/*/exec': { status: 201, body: { Id: 'e1' } },
      'POST /exec/e1/kill': { status: 204 },
      'GET /exec/e1/json': { body: { ExitCode: 7 } },
      'POST /exec/e1/start': {
        hijack: (stream) => {
          streams.push(stream);
          stream.on('error', () => undefined);
        },
      },
    });
    served = serveCallers({ path: join(folder, 'warm'), idleMs: 60_000, lifeMs: 60_000 }, leaving.signal);
  });
  after(async () => {
    leaving.abort();
    await served;
    await daemon.close();
    rmSync(folder, { recursive: true });
  });

  const call = (line: string, me = 'nobody') => {
    const facts = [
      'pwharf',
      'd/',
      'eHOME=/nobody',
      `eDOCKER_HOST=${daemon.host}`,
      `eDOCKER_CUSTOM_HEADERS=X-Me=${me}`,
    ];
    const words = line.split(' ').map((word) => `a${word}`);
    return encodeFrame(frameKind.call, Buffer.from([...facts, ...words].map((fact) => `${fact}\0`).join('')));
  };

  function open(frame: Uint8Array): Socket {
    const socket = connect(join(folder, 'warm'));
    // Who is declined may find that only by writing.
    socket.on('error', () => undefined);
    socket.write(frame);
    return socket;
  }

  async function listen(socket: Socket): Promise<Said> {
    const reader = new FrameReader();
    const said = { kinds: '', out: '', error: '', exitCode: undefined as number | undefined };
    socket.on('data', (bytes) => {
      for (const { kind, payload } of reader.push(bytes)) {
        said.kinds += String.fromCharCode(kind);
        if (kind === frameKind.willing) socket.write(encodeFrame(frameKind.go));
        if (kind === frameKind.out) said.out += payload;
        if (kind === frameKind.error) said.error += payload;
        if (kind === frameKind.exit) said.exitCode = payload[0];
      }
    });
    if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    return said;
  }

  const converse = async (line: string, me?: string) => listen(open(call(line, me)));
  /** Runs a command whose output nobody takes. */
  const start = async (line: string) => {
    const socket = open(call(line));
    await once(socket, 'data');
    socket.pause().write(encodeFrame(frameKind.go));
    return socket;
  };
  const nextStream = async (): Promise<Duplex> => {
    for (;;) {
      const stream = streams.shift();
      if (stream !== undefined) return stream;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  /** Whoever has gone is noticed by writing to them. */
  const closed = async (stream: Duplex) => {
    while (!stream.destroyed) {
      stream.write('?');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test('a command runs when its caller says go, with its output and exit code', async () => {
    assert.deepEqual(await converse('rm a'), { kinds: 'WOX', out: 'a\n', error: '', exitCode: 0 });
    const failed = await converse('rm none', 'ada');
    assert.deepEqual(failed, {
      kinds: 'WEX',
      out: '',
      error: 'Error response from daemon: No such container: ada\n',
      exitCode: 1,
    });
  });

  test('nothing is done for a caller who says nothing more', async () => {
    daemon.seen.length = 0;
    const socket = open(call('rm a'));
    await once(socket, 'data');
    socket.destroy();
    await converse('rm b');
    assert.deepEqual(
      daemon.seen.map(({ path }) => path),
      ['/containers/b'],
    );
  });

  test('what it cannot do is declined without a word', async () => {
    for (const line of ['logs a', 'exec -i a cat', 'rm --nonsense a', '-H tcp://host:1 ps', 'nonsense']) {
      assert.equal((await converse(line)).kinds, '', line);
    }
  });

  test('who does not keep to the conversation is left alone with it', async () => {
    const frames = [
      encodeFrame(frameKind.go),
      encodeFrame(frameKind.call, Buffer.from('nonsense')),
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.concat([call('rm a'), call('rm b')]),
      Buffer.concat([call('rm a'), encodeFrame(frameKind.go)]),
    ];
    daemon.seen.length = 0;
    for (const frame of frames) assert.equal((await listen(open(frame))).out, '');
    assert.deepEqual(daemon.seen, []);
  });

  test('many callers at once each get their own', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `user${index}`);
    const all = await Promise.all(names.map((name) => converse('rm none', name)));
    assert.deepEqual(
      all.map(({ error }) => error.trim().split(' ').at(-1)),
      names,
    );
  });

  test('callers beyond its means are declined', async () => {
    const waiting: Socket[] = [];
    while (waiting.length < 256) waiting.push(open(Buffer.alloc(1)));
    assert.equal((await converse('rm a')).kinds, '');
    for (const socket of waiting) socket.destroy();
    while ((await converse('rm a')).kinds === '') await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('a caller that does not read holds up nobody', async () => {
    const stuck = await start('exec a yes');
    const stream = await nextStream();
    const part = Buffer.alloc(1 << 16, 'y');
    while (stream.write(part)) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await converse('rm a')).exitCode, 0);
    stuck.destroy();
    await closed(stream);
  });

  test('signals come to the command that asked for them, and its exit code back', async () => {
    const socket = open(call('exec a sleep'));
    const said = listen(socket);
    const stream = await nextStream();
    daemon.seen.length = 0;
    socket.write(encodeFrame(frameKind.signal, Uint8Array.of(10)));
    while (daemon.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([daemon.seen[0]?.path, daemon.seen[0]?.query], ['/exec/e1/kill', { signal: 'USR1' }]);
    stream.end();
    assert.equal((await said).exitCode, 7);
  });

  test('a caller who leaves takes the connections of its command along', async () => {
    const socket = await start('exec a sleep');
    const stream = await nextStream();
    socket.destroy();
    await closed(stream);
  });

  for (const [why, idleMs, lifeMs] of [
    ['nobody has come for a while', 20, 60_000],
    ['it has become old', 60_000, 20],
  ] as const) {
    test(`it leaves when ${why}, and nothing stays behind`, async () => {
      const path = join(folder, 'brief');
      writeFileSync(`${path}.lock`, '');
      await serveCallers({ path, idleMs, lifeMs }, leaving.signal);
      assert.equal(existsSync(path), false);
      assert.equal(existsSync(`${path}.lock`), false);
    });
  }

  test('it leaves when it is told to, after what is under way', async () => {
    const socket = open(call('exec a sleep'));
    const said = listen(socket);
    const stream = await nextStream();
    leaving.abort();
    stream.end();
    assert.equal((await said).exitCode, 7);
    await served;
    assert.equal(existsSync(join(folder, 'warm')), false);
  });
});
