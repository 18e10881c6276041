import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request as the fake daemon saw it; paths come without their version. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What to answer: a status and a body, or a function that speaks on the hijacked connection. */
export interface Answer {
  readonly status?: number;
  /** Sent as JSON, or as it is when a string. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hijack?: (stream: Duplex, head: Buffer) => void;
}

/** Answers by `METHOD /path`; a path may be a pattern with `*` for one part. */
export type Script = Readonly<Record<string, Answer | ((request: SeenRequest) => Answer)>>;

export interface FakeDaemon {
  readonly seen: SeenRequest[];
  /** The address for `--host`. */
  readonly host: string;
  close(): Promise<void>;
}

const apiVersion = '1.50';

/** A daemon that answers by script and keeps what it was asked, on a unix socket at `path`. */
export async function startFakeDaemon(path: string, script: Script): Promise<FakeDaemon> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const { entry, answer } = await answerTo(request, script);
    seen.push(entry);
    const text = bodyText(answer.body);
    response.writeHead(answer.status ?? 200, { ...standardHeaders, ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { entry, answer } = await answerTo(request, script, head.toString());
    seen.push(entry);
    if (answer.hijack === undefined) {
      const text = bodyText(answer.body);
      const lines = [
        `HTTP/1.1 ${answer.status ?? 200} Status`,
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(text)}`,
      ];
      socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
      return;
    }
    const type = answer.headers?.['Content-Type'] ?? 'application/vnd.docker.raw-stream';
    socket.write(
      `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
    );
    answer.hijack(socket, head);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { seen, host: `unix://${path}`, close: () => closeServer(server) };
}

const standardHeaders = {
  'Api-Version': apiVersion,
  Ostype: 'linux',
  'Content-Type': 'application/json',
  'Docker-Experimental': 'false',
  'Builder-Version': '2',
  Server: 'Docker/28.2.2 (linux)',
};

function bodyText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
}

async function answerTo(request: IncomingMessage, script: Script, upgradeBody?: string) {
  const url = new URL(request.url ?? '/', 'http://fake');
  const parts: Buffer[] = [];
  if (upgradeBody === undefined) for await (const part of request) parts.push(part as Buffer);
  const entry: SeenRequest = {
    method: request.method ?? '',
    path: url.pathname.replace(/^\/v\d+\.\d+/, ''),
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: upgradeBody ?? Buffer.concat(parts).toString(),
  };
  if (entry.path === '/_ping')
    return { entry, answer: { body: 'OK', headers: { 'Content-Type': 'text/plain' } } };
  const found = findAnswer(script, `${entry.method} ${entry.path}`);
  const answer: Answer = (typeof found === 'function' ? found(entry) : found) ?? {
    status: 404,
    body: { message: 'page not found' },
  };
  return { entry, answer };
}

function findAnswer(script: Script, line: string): Script[string] | undefined {
  return script[line] ?? Object.entries(script).find(([pattern]) => matches(pattern, line))?.[1];
}

function matches(pattern: string, line: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('[^/]+')}$`).test(line);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
