/** Builds the static C programs: wharf-core of core/, whose ops.h is generated first, and wharf of front/. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { opsHeader } from '../src/runtime/plan/header.ts';

const root = join(import.meta.dirname, '..');

// Callbacks of one signature need not use every parameter.
const warnings = [
  '-Wno-unused-parameter',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wshadow',
  '-Wvla',
  '-Wstrict-prototypes',
  '-Wmissing-prototypes',
];
const hardening = ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-fPIE', '-fcf-protection'];
const linking = ['-s', '-Wl,-z,relro,-z,now,-z,noexecstack,--gc-sections'];

/** Builds the core as `output`. */
export function buildCore(output: string): void {
  writeIfChanged(join(root, 'core', 'ops.h'), opsHeader());
  compile('core', output);
}

/** Builds the program that users call as `output`. */
export function buildFront(output: string): void {
  compile('front', output);
}

/** Compiles a folder's *.c to `output`: with musl where it is installed, for a small program, else with the system's libc. */
function compile(folder: string, output: string): void {
  const sources = join(root, folder);
  mkdirSync(dirname(output), { recursive: true });
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  const { command, flags } = compiler();
  const dialect = ['-std=c17', '-O2', '-D_GNU_SOURCE', '-ffunction-sections', '-fdata-sections'];
  const args = [
    ...dialect,
    ...warnings,
    ...hardening,
    ...linking,
    ...files.sort(),
    ...flags,
    '-o',
    `${output}.new`,
  ];
  const { status, error } = spawnSync(command, args, { cwd: sources, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} failed with ${status}`);
  renameSync(`${output}.new`, output);
}

/**
 * musl's wrapper knows no static position-independent programs, so their start files are named here; and it has
 * no kernel headers: the system's are looked at last, so that they never hide musl's own.
 */
function compiler(): { command: string; flags: readonly string[] } {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const library = `/usr/lib/${arch}-linux-musl`;
  if (!existsSync('/usr/bin/musl-gcc')) return { command: 'cc', flags: ['-static-pie'] };
  const headers = ['-idirafter', '/usr/include', '-idirafter', `/usr/include/${arch}-linux-gnu`];
  const startFiles = ['rcrt1.o', 'crti.o', 'crtn.o'].map((name) => join(library, name));
  return {
    command: 'musl-gcc',
    flags: [...headers, '-static', '-nostartfiles', '-Wl,-pie,--no-dynamic-linker', ...startFiles],
  };
}

function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
