/**
 * Writes src/runtime/seccomp/syscall-names.ts from the kernel's headers: `bun tools/syscall-tables.ts UAPI`,
 * where UAPI is usr/lib/linux/uapi of Debian's linux-libc-dev (6.12 or newer: it holds every architecture).
 */
import { readFileSync, writeFileSync } from 'node:fs';

const headers = {
  x86_64: 'x86/asm/unistd_64.h',
  x86: 'x86/asm/unistd_32.h',
  x32: 'x86/asm/unistd_x32.h',
  aarch64: 'arm64/asm/unistd_64.h',
  arm: 'arm/asm/unistd-eabi.h',
} as const;

const lineWidth = 104;

/** `name` at its number; gaps of more than one number become `@next`. */
function wordsOf(header: string): string[] {
  const definitions = header.matchAll(/^#define __NR_(\w+)\s+(?:\(\w+ \+ )?(\d+)\)?/gm);
  const numbered = Array.from(definitions, ([, name = '', number]) => ({ name, number: Number(number) }));
  numbered.sort((one, other) => one.number - other.number);
  let expected = 0;
  return numbered.flatMap(({ name, number }) => {
    const jump = number === expected ? [] : [`@${number}`];
    expected = number + 1;
    return [...jump, name];
  });
}

function wrap(words: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((text) => `    ${text}`).join('\n');
}

const uapi = process.argv[2];
if (uapi === undefined) throw new Error('usage: bun tools/syscall-tables.ts UAPI_DIRECTORY');
const tables = Object.entries(headers).map(([architecture, path]) => {
  const words = wordsOf(readFileSync(`${uapi}/${path}`, 'latin1'));
  return `  ${architecture}: \`\n${wrap(words)}\n  \`,`;
});
const text = `/**
 * System call names in the order of their numbers, from 0; \`@n\` goes on at n. Generated from the kernel's
 * headers by tools/syscall-tables.ts: do not edit.
 */
export const syscallNames = {
${tables.join('\n')}
} as const;
`;
writeFileSync('src/runtime/seccomp/syscall-names.ts', text);
