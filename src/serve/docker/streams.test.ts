import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { EngineError } from '#base';
import { type Answer, serveFakes } from './testing/serve-fakes.ts';

const api = serveFakes();

test('containerWait sends its header before the container has ended', async () => {
  const gate = Promise.withResolvers<{ exitCode: number; error: string }>();
  let condition = '';
  api.fakes = {
    containers: {
      wait: (_ref, asked) => {
        condition = asked;
        return { result: gate.promise };
      },
    },
  };
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const request = httpRequest({
    socketPath: api.socketPath,
    method: 'POST',
    path: '/containers/a/wait?condition=next-exit',
  });
  request.on('response', (answer) => {
    // The header is here while the container still runs.
    gate.resolve({ exitCode: 3, error: '' });
    let body = '';
    answer.on('data', (chunk) => {
      body += chunk;
    });
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
  });
  request.end();
  const answer = await promise;
  assert.equal(condition, 'next-exit');
  assert.deepEqual([answer.status, answer.body], [200, '{"StatusCode":3}\n']);
  assert.equal(answer.headers['content-type'], 'application/json');
});

/** A process that repeats what it reads in one frame, and says so when its input has ended. */
function echoProcess(): Duplex {
  const output = new PassThrough();
  const input = new PassThrough();
  let seen = '';
  input.on('data', (chunk) => {
    seen += chunk;
  });
  input.on('end', () => output.end(`read ${seen} to its end`));
  return Duplex.from({ readable: output, writable: input });
}

test('containerAttach upgrades, with the type of its stream, and keeps half-close apart', async () => {
  api.fakes = { containers: { attach: async () => ({ stream: echoProcess(), framed: true }) } };
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`;
  const now = await api.talk(`${head('/v1.51/containers/a/attach?stream=1&stdin=1')}hello`);
  assert.match(
    now,
    /^HTTP\/1\.1 101 UPGRADED\r\n.*Content-Type: application\/vnd\.docker\.multiplexed-stream\r\n/s,
  );
  assert.match(now, /Connection: Upgrade\r\nUpgrade: tcp\r\n.*\r\nread hello to its end$/s);
  const then = await api.talk(`${head('/v1.41/containers/a/attach')}hello`);
  assert.match(then, /vnd\.docker\.raw-stream\r\n/);
  const plain = await api.talk('POST /containers/a/attach HTTP/1.1\r\nHost: x\r\n\r\nhello');
  assert.match(plain, /^HTTP\/1\.1 200 OK\r\n.*Content-Type: [^\r]*\r\n\r\nread hello to its end$/s);
});

test('containerAttach delivers all output of a process that is gone, to a client that goes on writing', async () => {
  const output = Buffer.alloc(4 << 20, 'o');
  const process = Duplex.from({ readable: Readable.from([output]), writable: new PassThrough() });
  process.on('end', () => process.destroy());
  api.fakes = { containers: { attach: async () => ({ stream: process, framed: false }) } };
  const socket = createConnection({ path: api.socketPath });
  let received = 0;
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.write('POST /containers/a/attach HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  const flood = setInterval(() => socket.write('input\n'), 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  socket.resume();
  await ended;
  clearInterval(flood);
  assert.ok(received > output.length, `${received} bytes came`);
});

test('execStart reads its body and then hands over the connection', async () => {
  let seen: unknown;
  api.fakes = {
    containers: {
      startExec: async (id, options) => {
        seen = [id, options];
        return { stream: echoProcess(), framed: false };
      },
    },
  };
  const body = '{"Detach":false,"Tty":true,"ConsoleSize":[24,80]}';
  const fields = `Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const answer = await api.talk(`POST /v1.44/exec/e1/start HTTP/1.1\r\n${fields}\r\n${body}hi`);
  assert.match(answer, /^HTTP\/1\.1 101 UPGRADED.*raw-stream.*read hi to its end$/s);
  assert.deepEqual(seen, ['e1', { detach: false, terminal: true, size: { rows: 24, columns: 80 } }]);
});

test('execStart answers a detached start with 200 and nothing', async () => {
  api.fakes = { containers: { startExec: async () => undefined } };
  const answer = await api.call('POST', '/exec/e/start', { Detach: true });
  assert.deepEqual([answer.status, answer.body], [200, '']);
});

test('containerLogs reads its query and passes on what the engine gives', async () => {
  async function* chunks() {
    yield Buffer.from('as it ');
    yield Buffer.from('is');
  }
  let options: unknown;
  api.fakes = {
    containers: {
      logs: async (_ref, asked) => {
        options = asked;
        return { framed: true, chunks: chunks() };
      },
    },
  };
  const query = 'stderr=1&tail=5&since=1.5&timestamps=true&details=1&follow=0';
  const answer = await api.call('GET', `/containers/a/logs?${query}`);
  assert.equal(answer.body, 'as it is');
  assert.equal(answer.headers['content-type'], 'application/vnd.docker.multiplexed-stream');
  const flags = { stdout: false, stderr: true, follow: false, timestamps: true, details: true };
  assert.deepEqual(options, { ...flags, sinceNs: 1_500_000_000n, tail: 5 });
});

test('containerLogs refuses what names no stream or no moment', async () => {
  const refusal = async (query: string) => (await api.call('GET', `/containers/a/logs?${query}`)).body;
  assert.match(await refusal('follow=1'), /"Bad parameters: you must choose at least one stream"/);
  assert.match(await refusal('stdout=1&since=x'), /"strconv.ParseInt: parsing \\"x\\": invalid syntax"/);
});

test('containerLogsClear answers with nothing', async () => {
  const cleared: string[] = [];
  api.fakes = { containers: { clearLogs: async (ref) => void cleared.push(ref) } };
  const answer = await api.call('DELETE', '/containers/a/logs');
  assert.deepEqual([answer.status, answer.body, cleared], [204, '', ['a']]);
});

test('imagePull tells an error before the first line as a status, later in a line', async () => {
  api.fakes = {
    images: {
      pull: async () => {
        throw new EngineError('notFound', 'pull access denied for x');
      },
    },
  };
  const early = await api.call('POST', '/images/create?fromImage=x&tag=latest');
  assert.deepEqual([early.status, early.body], [404, '{"message":"pull access denied for x"}\n']);
  api.fakes = {
    images: {
      pull: async ({ reference }, tell) => {
        tell({ kind: 'pulling', repository: reference, tag: 'latest' });
        tell({ kind: 'layer', id: 'abc', status: 'Downloading', current: 512, total: 1024 });
        throw new Error('connection reset');
      },
    },
  };
  const late = await api.call('POST', '/images/create?fromImage=x&tag=sha256:12');
  assert.equal(late.status, 200);
  assert.equal(late.headers['transfer-encoding'], 'chunked');
  assert.deepEqual(
    late.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { status: 'Pulling from x@sha256:12', id: 'latest' },
      {
        status: 'Downloading',
        progressDetail: { current: 512, total: 1024 },
        progress: `[${'='.repeat(25)}>${' '.repeat(24)}]     512B/1.024kB`,
        id: 'abc',
      },
      { errorDetail: { message: 'connection reset' }, error: 'connection reset' },
    ],
  );
});

test('image names may hold slashes and escapes', async () => {
  const seen: string[] = [];
  api.fakes = {
    images: {
      history: (name) => {
        seen.push(name);
        return [];
      },
    },
  };
  await api.call('GET', '/v1.44/images/registry:5000/a/b:c/history');
  await api.call('GET', '/images/a%2Fb%40sha256:1/history');
  assert.deepEqual(seen, ['registry:5000/a/b:c', 'a/b@sha256:1']);
});

test('events begin with their header and carry the legacy fields below 1.52', async () => {
  async function* stream() {
    yield {
      type: 'container',
      action: 'start',
      id: 'c1',
      attributes: { image: 'i', name: 'n' },
      timeNs: 1_700_000_000_123_456_789n,
    } as const;
    yield { type: 'network', action: 'connect', id: 'n1', attributes: {}, timeNs: 1n } as const;
  }
  let query: unknown;
  api.fakes = {
    events: {
      stream: (asked) => {
        query = asked;
        return stream();
      },
    },
  };
  const answer = await api.call('GET', '/v1.44/events?since=0&until=5&filters={"type":{"container":true}}');
  assert.deepEqual(answer.body.split('\n'), [
    '{"status":"start","id":"c1","from":"i","Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"image":"i","name":"n"}},"scope":"local","time":1700000000,"timeNano":1700000000123456789}',
    '{"Type":"network","Action":"connect","Actor":{"ID":"n1","Attributes":{}},"scope":"local","time":0,"timeNano":1}',
    '',
  ]);
  assert.deepEqual(query, { untilNs: 5_000_000_000n, filter: { type: ['container'] } });
});

test('archive answers stat in the header and takes a tar as it comes', async () => {
  const stat = { name: 'f', size: 3, mode: 0o644, mtimeNs: 0n, linkTarget: '' };
  const received: string[] = [];
  async function* tar() {
    yield Buffer.from('tar');
  }
  api.fakes = {
    containers: {
      statPath: async () => stat,
      readArchive: async () => ({ stat, tar: tar() }),
      extractArchive: async (_ref, path, body, options) => {
        for await (const chunk of body) received.push(Buffer.from(chunk).toString());
        received.push(path, JSON.stringify(options));
      },
    },
  };
  const read = await api.call('GET', '/containers/a/archive?path=/f');
  const header = String(read.headers['x-docker-container-path-stat']);
  assert.equal(read.body, 'tar');
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64').toString()), {
    name: 'f',
    size: 3,
    mode: 420,
    mtime: '0001-01-01T00:00:00Z',
    linkTarget: '',
  });
  const head = await api.call('HEAD', '/containers/a/archive?path=/f');
  assert.equal(head.headers['x-docker-container-path-stat'], header);
  const put = await api.call('PUT', '/containers/a/archive?path=/d&copyUIDGID=true', 'tarball', {
    'Content-Type': 'application/x-tar',
  });
  assert.equal(put.status, 200);
  assert.deepEqual(received, ['tarball', '/d', '{"noOverwriteDirNonDir":false,"copyUidGid":true}']);
});

test('a client that leaves ends its event stream', async () => {
  const left = Promise.withResolvers<void>();
  api.fakes = {
    events: {
      async *stream(_query, signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        left.resolve();
      },
    },
  };
  const request = httpRequest({ socketPath: api.socketPath, path: '/events' });
  request.on('error', () => {});
  request.on('response', () => request.destroy());
  request.end();
  await left.promise;
});
