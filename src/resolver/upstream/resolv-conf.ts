import { closeSync, openSync, readSync, statSync } from 'node:fs';

const mostBytes = 65_536;

/** What a resolv.conf(5) says. */
export interface ResolvConf {
  readonly servers: readonly string[];
  readonly searchDomains: readonly string[];
  readonly options: readonly string[];
}

/** The text of a resolv.conf, of a long one the front; empty for what is no plain file. @throws Error, when there is none */
export function readResolvConf(path: string): string {
  if (!statSync(path).isFile()) return '';
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes);
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** Reads the text of a resolv.conf; what it does not know it passes over. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const values = (...keywords: readonly string[]) =>
    lines.flatMap(([word = '', ...rest]) => (keywords.includes(word) && rest.length > 0 ? [rest] : []));
  return {
    // What stands behind the address is a comment.
    servers: values('nameserver').flatMap(([address = '']) => address),
    searchDomains: values('search', 'domain').at(-1) ?? [],
    options: values('options').flat(),
  };
}
