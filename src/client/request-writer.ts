import type { ApiRequest, OpenFile, Query } from './types.ts';

/** One path segment, escaped so that it cannot become two. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** An image name as a path: its slashes stay, as the API's routes expect. */
export function imagePath(name: string): string {
  return name.split('/').map(segment).join('/').replaceAll('%3A', ':').replaceAll('%40', '@');
}

/** Query text in order of names, with its question mark; empty for no parameters. */
export function encodeQuery(query: Query = {}): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value === undefined || value === false) continue;
    const values = Array.isArray(value) ? value : [value === true ? '1' : String(value)];
    for (const one of values) parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** The request's head, up to and with its empty line, and a JSON body if there is one. */
export function encodeRequest(request: ApiRequest, versionPrefix: string, extra: readonly string[]): string {
  const json = request.json === undefined ? undefined : JSON.stringify(request.json);
  const lines = [
    `${request.method} ${versionPrefix}${request.path}${encodeQuery(request.query)} HTTP/1.1`,
    'Host: api.moby.localhost',
    'User-Agent: Docker-Client/28.2.2 (linux)',
    ...extra,
  ];
  for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${value}`);
  if (json !== undefined) {
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(json)}`);
  } else if (request.body !== undefined) {
    lines.push(`Content-Type: ${request.contentType ?? 'application/x-tar'}`, 'Transfer-Encoding: chunked');
  } else if (request.method === 'POST' || request.method === 'PUT') {
    lines.push('Content-Length: 0');
  }
  return `${lines.join('\r\n')}\r\n\r\n${json ?? ''}`;
}

/** Header lines that name the body's file and ask for leave to send it. */
export function fileOffer({ fd, dev, ino, size }: OpenFile): string[] {
  return ['Expect: 100-continue', `Wharf-Body-File: fd=${fd}; dev=${dev}; ino=${ino}; size=${size}`];
}
