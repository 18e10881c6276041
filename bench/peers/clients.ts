import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { folders } from '../settings.ts';
import { findGoFunction } from './go-binary.ts';

/** Fills a table of over a million entries at every start: 60 ms that the projects' own builds do not spend. */
const slowInitialiser = 'github.com/mattn/go-runewidth.initStrictWidthLUT';
/** `cmp rsp, [r14+16]`: how Go functions begin on amd64. */
const prologue = Buffer.from([0x49, 0x3b, 0x66, 0x10]);
const returnInstruction = 0xc3;

/** Copies of Debian's clients that start as fast as the projects' own builds: the peers at their best. */
export function ensureClients(): void {
  mkdirSync(folders.clients, { recursive: true });
  for (const name of ['docker', 'podman']) {
    const source = `${folders.debian}/usr/bin/${name}`;
    if (!isNewer(clientPath(name), source)) writeWithoutInitialiser(source, clientPath(name));
  }
}

export function clientPath(name: string): string {
  return `${folders.clients}/${name}`;
}

function writeWithoutInitialiser(source: string, target: string): void {
  const binary = readFileSync(source);
  const start = findGoFunction(binary, slowInitialiser);
  if (start !== undefined) {
    if (binary.compare(prologue, 0, prologue.length, start, start + prologue.length) !== 0) {
      throw new Error(`${source}: unexpected code at ${slowInitialiser}`);
    }
    binary[start] = returnInstruction;
  }
  writeFileSync(target, binary);
  chmodSync(target, 0o755);
}

function isNewer(path: string, than: string): boolean {
  return existsSync(path) && statSync(path).mtimeMs > statSync(than).mtimeMs;
}
