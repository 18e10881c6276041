import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { encodeFrame, frameKind } from '../../src/cli/warm/frames.ts';
import { eventually, type Output, repository, runProgram } from '../testing/programs.ts';
import { endWarmClients } from '../testing/warm-clients.ts';

/** What a client in its own process answers; no daemon is asked for it. */
const cold: Output = { code: 0, stdout: 'default\n', stderr: '' };
const lost: Output = {
  code: 125,
  stdout: '',
  stderr: 'wharf: the client process that ran this command has ended; what it had asked for may be done\n',
};

describe('the program wharf and a client that is not what it should be', () => {
  let folder: string;
  let path: string;
  let environment: NodeJS.ProcessEnv;
  const wharf = () => runProgram(`${repository}bin/wharf`, ['context', 'show'], { env: environment });

  before(async () => {
    folder = mkdtempSync('/var/tmp/wharf-test-');
    environment = { XDG_RUNTIME_DIR: folder, WHARF_WARM: '30', DOCKER_CONFIG: folder, DOCKER_HOST: '' };
    assert.deepEqual(await wharf(), cold);
    const name = await eventually('a client listens', () =>
      readdirSync(`${folder}/wharf`).find((file) => !file.endsWith('.lock')),
    );
    path = join(folder, 'wharf', name);
    await endWarmClients(folder);
  });
  after(async () => {
    await endWarmClients(folder);
    rmSync(folder, { recursive: true });
  });

  /** Runs `wharf` while somebody else listens in the client's place. */
  async function beside(answer: (socket: Socket) => void): Promise<Output> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      answer(socket);
    });
    server.listen(path);
    await once(server, 'listening');
    try {
      return await wharf();
    } finally {
      server.close();
      rmSync(path, { force: true });
    }
  }

  /** Is willing, and says this when told to go. */
  const running = (say: (socket: Socket) => void) => (socket: Socket) => {
    socket.once('data', () => {
      socket.write(encodeFrame(frameKind.willing));
      socket.once('data', () => say(socket));
    });
  };

  const refusals: Readonly<Record<string, (socket: Socket) => void>> = {
    'hangs up': (socket) => socket.destroy(),
    'says nothing': () => undefined,
    'says something else': (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'says half of its answer': (socket) => void socket.write('W'),
  };
  for (const [what, answer] of Object.entries(refusals)) {
    test(`one that ${what} before the command began: it runs here`, async () => {
      assert.deepEqual(await beside(answer), cold);
    });
  }

  const losses: Readonly<Record<string, (socket: Socket) => void>> = {
    'hangs up': (socket) => socket.destroy(),
    'speaks of what nobody knows': (socket) => void socket.write(encodeFrame(0x3f, Buffer.from('?'))),
    'promises more than it says': (socket) => void socket.end(Buffer.from([frameKind.out, 9, 0, 0, 0])),
  };
  for (const [what, say] of Object.entries(losses)) {
    test(`one that ${what} in the middle: that is told, and it runs nowhere else`, async () => {
      assert.deepEqual(await beside(running(say)), lost);
    });
  }

  test('what is said comes out as it is, and ends with the exit code', async () => {
    const said = running((socket) => {
      for (const part of [Buffer.from('o\0ut\n'), Buffer.alloc(0)])
        socket.write(encodeFrame(frameKind.out, part));
      socket.write(encodeFrame(frameKind.error, Buffer.from('error\n')));
      socket.end(encodeFrame(frameKind.exit, Uint8Array.of(250)));
    });
    assert.deepEqual(await beside(said), { code: 250, stdout: 'o\0ut\n', stderr: 'error\n' });
  });
});
