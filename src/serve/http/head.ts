import { ProtocolError } from './protocol-error.ts';

export type HttpVersion = '1.0' | '1.1';

/** Names in lower case; values of a repeated name joined with `, `. */
export type HeaderMap = ReadonlyMap<string, string>;

export interface RequestLine {
  readonly method: string;
  /** Path and query as sent; `*` for a server-wide OPTIONS. */
  readonly target: string;
  readonly version: HttpVersion;
}

export interface RequestHead extends RequestLine {
  readonly headers: HeaderMap;
}

/** How the end of a request's body is found. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a value must not hold.
const forbiddenInValue = /[\x00-\x08\x0a-\x1f\x7f]/;
const visible = /^[\x21-\x7e\x80-\xff]+$/;

/** @throws ProtocolError */
export function parseRequestLine(line: string): RequestLine {
  const parts = line.split(' ');
  const [method = '', target = '', protocol = ''] = parts;
  if (parts.length !== 3 || !token.test(method) || !visible.test(target)) {
    throw new ProtocolError(400, 'malformed request line');
  }
  if (protocol !== 'HTTP/1.1' && protocol !== 'HTTP/1.0') {
    const known = /^HTTP\/\d\.\d$/.test(protocol);
    throw new ProtocolError(
      known ? 505 : 400,
      known ? 'unsupported protocol version' : 'malformed HTTP version',
    );
  }
  return { method, target: originForm(method, target), version: protocol === 'HTTP/1.1' ? '1.1' : '1.0' };
}

/** Path and query of any form a client may send to an origin server. */
function originForm(method: string, target: string): string {
  if (target.startsWith('/') || (target === '*' && method === 'OPTIONS')) return target;
  const absolute = /^https?:\/\/[^/?#]+(.*)$/i.exec(target);
  if (absolute === null) throw new ProtocolError(400, 'malformed request target');
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** One header line without its line end. @throws ProtocolError */
export function parseHeaderLine(line: string): readonly [name: string, value: string] {
  if (line.startsWith(' ') || line.startsWith('\t')) throw new ProtocolError(400, 'folded header line');
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!token.test(name)) throw new ProtocolError(400, 'malformed header name');
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (forbiddenInValue.test(value)) throw new ProtocolError(400, 'malformed header value');
  return [name.toLowerCase(), value];
}

/**
 * The framing of a request's body. Whatever two parsers could read differently is refused, so that nothing
 * can be smuggled past a proxy.
 * @throws ProtocolError
 */
export function framingOf({ version, headers }: RequestHead): Framing {
  checkHost(version, headers.get('host'));
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (length !== undefined) throw new ProtocolError(400, 'both Content-Length and Transfer-Encoding');
    if (version === '1.0') throw new ProtocolError(400, 'Transfer-Encoding in HTTP/1.0');
    if (coding.toLowerCase() !== 'chunked') throw new ProtocolError(501, 'unsupported transfer encoding');
    return { kind: 'chunked' };
  }
  if (length === undefined) return { kind: 'none' };
  if (!/^\d{1,15}$/.test(length)) throw new ProtocolError(400, 'bad Content-Length');
  return length === '0' ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
}

function checkHost(version: HttpVersion, host: string | undefined): void {
  if (host === undefined && version === '1.0') return;
  if (host === undefined) throw new ProtocolError(400, 'missing required Host header');
  if (/[\s,/?#@]/.test(host) && !host.startsWith('/')) throw new ProtocolError(400, 'malformed Host header');
}

/** The size of a chunk's line `1a;name=value`. @throws ProtocolError */
export function parseChunkSize(line: string): number {
  const match = /^([0-9A-Fa-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line);
  if (match === null) throw new ProtocolError(400, 'malformed chunk size');
  return Number.parseInt(match[1] ?? '', 16);
}

/** The comma-separated tokens of a header, in lower case. */
export function headerTokens(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').map((entry) => entry.trim().toLowerCase());
}
