import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { busyboxImage } from '../fixtures/busybox.ts';
import { createAuthority } from '../fixtures/certificates.ts';
import { receiveUnixDatagrams } from '../testing/datagrams.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

type OnData = (bytes: Buffer, socket: Socket) => void;

/** A receiver of streams on a port; `onData` sees what comes. */
class Receiver implements AsyncDisposable {
  text = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(onData: OnData | undefined, tls: TlsOptions | undefined) {
    const onConnection = (socket: Socket) => {
      this.#sockets.add(socket.on('error', () => undefined));
      // One that gets no function takes nothing from its connections.
      if (onData === undefined) return void socket.pause();
      socket.on('data', (bytes: Buffer) => {
        this.text += bytes.toString('latin1');
        onData(bytes, socket);
      });
    };
    this.#server = tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection);
  }

  static async listen(port: number, onData?: OnData, tls?: TlsOptions): Promise<Receiver> {
    const receiver = new Receiver(onData, tls);
    await once(receiver.#server.listen(port, '127.0.0.1'), 'listening');
    return receiver;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** The numbers of the lines `line N` that came, in their order. */
  get numbers(): number[] {
    return [...this.text.matchAll(/line (\d+)(?=\D)/g)].map(([, number]) => Number(number));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const takeAll = () => undefined;
const journalSocket = '/run/systemd/journal/socket';

describe('log drivers that send', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const run = (name: string, script: string, ...flags: string[]) =>
    ok(['run', '-d', '--name', name, ...flags, 'base:1', 'sh', '-c', script]);
  const syslogTo = (port: number) => [
    ...['--log-driver', 'syslog', '--log-opt', `syslog-address=tcp://127.0.0.1:${port}`],
    ...['--log-opt', 'tag={{.Name}}', '--log-opt', 'syslog-format=rfc5424'],
  ];

  test('syslog: nothing is lost while the receiver is away, or the daemon', async () => {
    const port = await freePort();
    const script = 'for i in $(seq 9999); do [ -e /stop ] && exit; echo line $i; sleep 0.02; done';
    await run('sy', script, ...syslogTo(port));
    await eventually('a warning', () => suite.wharf.log().includes('a log can not be sent at the moment'));
    let got: number[];
    {
      await using receiver = await Receiver.listen(port, takeAll);
      await eventually('lines', () => receiver.numbers.length > 20);
      assert.match(receiver.text, /^<30>1 \d{4}-\S+Z \S+ sy \d+ sy - line 1\n/);
      await suite.wharf.stop('SIGKILL');
      const last = receiver.numbers.at(-1) ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await suite.wharf.start();
      await eventually('more lines', () => (receiver.numbers.at(-1) ?? 0) > last + 20);
      await suite.wharf.stop();
      got = receiver.numbers;
    }
    await suite.wharf.start();
    await using receiver = await Receiver.listen(port, takeAll);
    await ok('exec sy touch /stop');
    await ok('wait sy');
    const written = (await ok('logs sy')).split('\n').length;
    await eventually('the last line', () => receiver.numbers.at(-1) === written);
    // What a killed daemon has not noted is sent twice.
    const all = [...new Set([...got, ...receiver.numbers])];
    assert.deepEqual(all, upTo(written));
    assert.equal(await ok(['inspect', '-f', '{{.LogPath}}', 'sy']), '');
    await ok('rm sy');
  });

  test('syslog over TLS, with certificates on both sides', async () => {
    const port = await freePort();
    const authority = createAuthority(suite.wharf.folder, 'harbour');
    const [server, client] = [authority.issue('server'), authority.issue('client')];
    const [ca, cert, key] = [authority.certificate, server.certificate, server.key].map((path) =>
      readFileSync(path),
    );
    const tls = { ca, cert, key, requestCert: true, rejectUnauthorized: true };
    await using receiver = await Receiver.listen(port, takeAll, tls);
    const own = { 'tls-cert': client.certificate, 'tls-key': client.key, format: 'rfc5424' };
    const send = (line: number, options: Readonly<Record<string, string>>) => {
      const given = Object.entries({ address: `tcp+tls://127.0.0.1:${port}`, ...own, ...options });
      const flags = given.flatMap(([name, value]) => ['--log-opt', `syslog-${name}=${value}`]);
      return ok(['run', '--rm', '--log-driver', 'syslog', ...flags, 'base:1', 'echo', `line ${line}`]);
    };
    await send(1, {});
    await eventually('a refusal', () => /can not be sent.*certificate/.test(suite.wharf.log()));
    await send(2, { 'tls-ca-cert': authority.certificate });
    await send(3, { 'tls-skip-verify': 'true' });
    await eventually('what was trusted', () => receiver.numbers.length === 2);
    assert.deepEqual(receiver.numbers.sort(), [2, 3]);
    assert.match(receiver.text, /^\d+ <30>1 \S+ \S+ [0-9a-f]{12} \d+ [0-9a-f]{12} - line \d\n/);
  });

  test('wish 49: a receiver that hangs does not hold up the container', async () => {
    const port = await freePort();
    await using receiver = await Receiver.listen(port);
    await ok([
      'run',
      '--name',
      'hung',
      ...syslogTo(port),
      'base:1',
      'sh',
      '-c',
      "seq 100000 | sed 's/^/a line of the hung container: /'",
    ]);
    assert.equal((await ok('logs hung')).split('\n').length, 100_000);
    await eventually('a connection', () => receiver.connections > 0);
    await ok('restart hung');
    await ok('rm -f hung');
  });

  test('what a container has written to its end is sent although it is removed', async () => {
    const port = await freePort();
    await using receiver = await Receiver.listen(port, takeAll);
    await ok([
      'run',
      '--rm',
      ...syslogTo(port),
      'base:1',
      'sh',
      '-c',
      'for i in 1 2 3; do echo line $i; done',
    ]);
    await eventually('all lines', () => receiver.numbers.length === 3);
  });

  test('fluentd: entries with what they are about, again when they are not acknowledged', async () => {
    const port = await freePort();
    let refusals = 1;
    const acknowledge = (bytes: Buffer, socket: Socket) => {
      const at = bytes.lastIndexOf('chunk');
      if (at < 0) return;
      if (refusals-- > 0) return void socket.destroy();
      socket.write(Buffer.concat([Buffer.from('\x81\xa3ack', 'latin1'), bytes.subarray(at + 5)]));
    };
    await using receiver = await Receiver.listen(port, acknowledge);
    const options = [
      `fluentd-address=127.0.0.1:${port}`,
      'fluentd-request-ack=true',
      'labels=shop',
      'tag=t-{{.Name}}',
    ];
    const flags = options.flatMap((option) => ['--log-opt', option]);
    await run(
      'fl',
      'for i in 1 2 3; do echo line $i; done; echo oh >&2',
      '--label',
      'shop=yes',
      '--log-driver',
      'fluentd',
      ...flags,
    );
    const first = () => receiver.numbers.filter((number) => number === 1).length;
    await eventually('the first line again', () => first() === 2);
    await eventually('the last line', () => receiver.text.includes('\xa3log\xa2oh'));
    assert.match(
      receiver.text,
      /t-fl.*container_name\xa3\/fl.*shop\xa3yes.*source\xa6stdout\xa3log\xa6line 1/s,
    );
    assert.match(receiver.text, /source\xa6stderr\xa3log\xa2oh/);
    assert.equal((await docker('logs fl')).stderr, 'oh\n');
    await ok('rm -f fl');
  });

  test('gelf: compressed datagrams', async () => {
    const socket = createSocket('udp4');
    const messages: Record<string, unknown>[] = [];
    socket.on('message', (bytes) => messages.push(JSON.parse(gunzipSync(bytes).toString())));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const address = `gelf-address=udp://127.0.0.1:${socket.address().port}`;
    await run('ge', 'echo one; echo two >&2', '--log-driver', 'gelf', '--log-opt', address);
    await eventually('both lines', () => messages.length === 2);
    socket.close();
    const shown = messages.map((message) => [message.short_message, message.level, message._container_name]);
    assert.deepEqual(shown.sort(), [
      ['one', 6, 'ge'],
      ['two', 3, 'ge'],
    ]);
    await ok('rm -f ge');
  });

  test('syslog and journald over unix sockets', { skip: existsSync(journalSocket) }, async () => {
    const path = `${suite.wharf.folder}/syslog.sock`;
    mkdirSync('/run/systemd/journal', { recursive: true });
    try {
      using system = await receiveUnixDatagrams(path);
      using journal = await receiveUnixDatagrams(journalSocket);
      await run(
        'us',
        'echo line 1',
        '--log-driver',
        'syslog',
        '--log-opt',
        `syslog-address=unixgram://${path}`,
      );
      await eventually('the line', () => system.messages.some((text) => /^<30>.*: line 1\n$/.test(text)));
      await run('jo', `echo ${'y'.repeat(60_000)}`, '--log-driver', 'journald', '--log-opt', 'tag=mine');
      await eventually('both parts', () => journal.messages.length === 2);
      const [first = '', second = ''] = journal.messages;
      assert.match(
        first,
        /^CONTAINER_ID=.*^CONTAINER_TAG=mine$.*^PRIORITY=6$.*^CONTAINER_PARTIAL_MESSAGE=true$/ms,
      );
      assert.match(second, /^CONTAINER_NAME=jo$.*^MESSAGE=y+$/ms);
      assert.ok(!second.includes('CONTAINER_PARTIAL_MESSAGE'));
      await ok('rm -f us jo');
    } finally {
      rmSync(journalSocket, { force: true });
    }
  });

  test('what can not be had here is refused at start', { skip: existsSync(journalSocket) }, async () => {
    const refusal = async (...flags: string[]) =>
      (await docker(['run', '--rm', '--log-driver', ...flags, 'base:1', 'true'])).stderr;
    const prefix = 'failed to create task for container: failed to initialize logging driver: ';
    assert.ok((await refusal('journald')).includes(`${prefix}journald is not enabled on this host`));
    const tag = await refusal('json-file', '--log-opt', 'tag={{.Foo}}');
    assert.ok(
      tag.includes(`${prefix}template: log-tag:1:2: executing "log-tag" at <.Foo>: can't evaluate field Foo`),
    );
    assert.match(await refusal('x'), /error looking up logging plugin x: plugin "x" not found/);
  });

  test('the daemon’s own driver and options are for containers that name none, or the same', async () => {
    const port = await freePort();
    await suite.wharf.stop();
    const address = `syslog-address=tcp://127.0.0.1:${port}`;
    await suite.wharf.start(['--log-driver', 'syslog', '--log-opt', address, '--log-opt', 'tag=x']);
    await using receiver = await Receiver.listen(port, takeAll);
    await ok(['run', '--name', 'own', '--log-opt', 'tag=own', 'base:1', 'echo', 'line', '1']);
    await eventually('the line', () => receiver.numbers.length === 1);
    assert.match(receiver.text, / own\[\d+\]: line 1\n$/);
    await ok(['create', '--name', 'other', '--log-driver', 'json-file', 'base:1']);
    const config = (name: string) => ok(['inspect', '-f', '{{json .HostConfig.LogConfig.Config}}', name]);
    assert.deepEqual(JSON.parse(await config('own')), { 'syslog-address': address.slice(15), tag: 'own' });
    assert.equal(await config('other'), '{}');
    await ok('rm own other');
  });
});
