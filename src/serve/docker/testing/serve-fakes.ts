import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { silentLog } from '#base';
import { createHttpServer } from '#serve/http';
import { createDockerApi } from '../index.ts';
import { type Fakes, fakeParts } from './fake-parts.ts';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** The API over fakes, on a socket of its own that lives as long as the tests of a file. */
export interface FakeApi {
  readonly socketPath: string;
  /** What the engine does from now on. */
  fakes: Fakes;
  /** One request through Node's client; a body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends raw text, ends the writing side, and gives all that comes back. */
  talk(text: string): Promise<string>;
}

/** Serves while the tests of the calling file run. */
export function serveFakes(): FakeApi {
  const directory = mkdtempSync(join(tmpdir(), 'wt-docker-api-'));
  const socketPath = join(directory, 'api.sock');
  const api: FakeApi = {
    socketPath,
    fakes: {},
    call: (method, path, body, headers = {}) => call({ socketPath, method, path, headers }, body),
    talk: (text) => talk(socketPath, text),
  };
  const server = createHttpServer(createDockerApi({ ...fakeParts(() => api.fakes), log: silentLog }));
  before(() => server.listen({ kind: 'unix', path: socketPath }));
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });
  return api;
}

interface Target {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function call(target: Target, body: unknown): Promise<Answer> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = payload === undefined ? {} : { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...target, headers: { ...type, ...target.headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    request.on('error', reject);
    request.end(payload);
  });
}

function talk(socketPath: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ path: socketPath, allowHalfOpen: true });
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(seen);
    });
    socket.end(text);
  });
}
