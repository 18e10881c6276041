import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, linkSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { folderOf } from '../testing/folder-of.ts';
import { dockerPlugins, eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('buildx clients that break off or misbehave', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  const context = (files: Readonly<Record<string, string | Uint8Array>>) =>
    folderOf(join(suite.wharf.folder, 'c'), files);

  /** Sockets of the daemon. */
  const sockets = () => {
    const folder = `/proc/${suite.wharf.pid}/fd`;
    return readdirSync(folder).filter((name) => linkOf(join(folder, name)).startsWith('socket:')).length;
  };
  const steps = () => {
    const folder = join(suite.wharf.execRoot, 'builder');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  /** Kills a client as soon as it has told this. */
  async function killedAt(folder: string, said: RegExp): Promise<void> {
    const env = {
      ...process.env,
      DOCKER_HOST: suite.wharf.host,
      DOCKER_CONFIG: `${suite.wharf.folder}/client`,
    };
    const args = ['build', '--progress=plain', '--no-cache', folder];
    const client = spawn(`${dockerPlugins}/docker-buildx`, args, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    client.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (said.test(text)) client.kill('SIGKILL');
    });
    const [code, signal] = await once(client, 'close');
    assert.deepEqual([code, signal], [null, 'SIGKILL'], text);
  }

  test('a client that is killed at any moment leaves nothing', async () => {
    const folder = context({
      Dockerfile: 'FROM base:1\nCOPY . /c\nRUN echo said; sleep 7781',
      ...Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}`, randomBytes(50_000)])),
    });
    await ok(['buildx', 'build', '-q', '-f', '-', folder], { input: 'FROM base:1' });
    const before = await eventually('all is quiet', () => sockets());
    for (const said of [
      /load build definition/,
      /load \.dockerignore/,
      /load build context/,
      /COPY/,
      /said/,
    ]) {
      await killedAt(folder, said);
      await eventually(
        `steps and sockets end after ${said}`,
        () => steps().length === 0 && sockets() <= before,
      );
    }
    const input = 'FROM base:1\nCOPY . /c\nRUN ls /c | wc -l';
    const { code, stderr } = await docker(['buildx', 'build', '--progress=plain', '-f', '-', folder], {
      input,
    });
    assert.equal(code, 0, stderr);
    assert.match(stderr, / 201\n/);
  });

  test('bytes that are no protocol end only their own connection', async () => {
    const heads = ['/grpc', '/session'].map(
      (path) =>
        `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX-Docker-Expose-Session-Uuid: u\r\n\r\n`,
    );
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    for (const head of heads) {
      for (const noise of [randomBytes(3000), Buffer.concat([Buffer.from(preface), randomBytes(3000)])]) {
        const socket = connect(suite.wharf.socketPath);
        socket.on('error', () => undefined);
        socket.write(head);
        await once(socket, 'data');
        socket.end(noise);
        socket.resume();
        await once(socket, 'close');
      }
    }
    assert.match(await ok('buildx inspect'), /Status: +running/);
  });

  test('hard links of a context are made while their content is on its way', async () => {
    const folder = context({ Dockerfile: 'FROM base:1\nCOPY . /c\nRUN cat /c/a /c/z', a: 'linked' });
    linkSync(join(folder, 'a'), join(folder, 'z'));
    const { code, stderr } = await docker(['buildx', 'build', '--progress=plain', folder]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /linkedlinked/);
  });

  test('a failure in a Dockerfile of any length is told', async () => {
    const folder = context({ Dockerfile: `FROM base:1\n${'RUN true\n'.repeat(10_000)}RUNN` });
    const { code, stderr } = await docker(['buildx', 'build', folder]);
    assert.equal(code, 1);
    assert.match(stderr, /unknown instruction: RUNN/);
  });

  test('--push brings what was built to its registry', async () => {
    await using registry = await startRegistry();
    const folder = context({ Dockerfile: 'FROM base:1\nRUN echo pushed > /p' });
    const name = `${registry.address}/pushed:1`;
    const { code, stderr } = await docker(['buildx', 'build', '--push', '-t', name, folder]);
    assert.equal(code, 0, stderr);
    await ok(['rmi', name]);
    assert.equal(await ok(['run', '--rm', '-q', name, 'cat', '/p']), 'pushed');
  });
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
