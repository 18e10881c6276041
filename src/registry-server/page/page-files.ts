import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { digestOf, unlessErrno } from '#base';
import type { HttpRequest } from '#serve/http';
import type { Answered, Answerer } from '../answered.ts';
import { type Reply, reply } from '../api/reply.ts';

interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
  readonly tag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The page may run its own script, and talk to its own server; all else is forbidden to it. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // The empty icon.
    'img-src data:',
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'Cache-Control': 'no-cache',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The files of the web page, which are read once: no path of a request ever becomes one of the disk. */
export class PageFiles implements Answerer {
  readonly #files: ReadonlyMap<string, PageFile>;

  /** @param folder undefined, or one that there is not: there is no page */
  constructor(folder: string | undefined) {
    this.#files = new Map(folder === undefined ? [] : readFolder(folder));
  }

  async answer(request: HttpRequest): Promise<Answered> {
    return { reply: this.#reply(request), what: 'page', repository: undefined, user: undefined };
  }

  #reply({ method, path, headers: asked }: HttpRequest): Reply {
    const file = this.#files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) return plainText(404, '404 page not found\n');
    if (method !== 'GET' && method !== 'HEAD') return plainText(405, '405 method not allowed\n');
    const fields = { ...headers, 'Content-Type': file.type, ETag: file.tag };
    if (asked.get('if-none-match') === file.tag) return reply(304, fields);
    return reply(200, fields, file.content);
  }
}

function readFolder(folder: string): (readonly [string, PageFile])[] {
  const names = unlessErrno(['ENOENT'], () => readdirSync(folder)) ?? [];
  return names.flatMap((name) => {
    const type = types[extname(name)];
    if (type === undefined) return [];
    const content = readFileSync(join(folder, name));
    return [[`/${name}`, { type, content, tag: `"${digestOf(content)}"` }] as const];
  });
}

function plainText(status: number, text: string): Reply {
  return reply(status, { 'Content-Type': 'text/plain; charset=utf-8' }, text);
}
