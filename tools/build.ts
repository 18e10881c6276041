/** Makes everything under bin/: the C core and the C front, the addon, and the programs as single files. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildCore, buildFront } from './build-native.ts';
import { run } from './run.ts';

/** Program → its entry points; the first is where it starts, the others are loaded by it as workers. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'wharf-client': ['src/cli/main.ts'],
  wharfd: [
    'src/daemon/main.ts',
    'src/store/snapshots/layers/worker.ts',
    'src/store/snapshots/check/worker.ts',
    'src/store/content/compress/worker.ts',
    'src/store/content/unpack/worker.ts',
  ],
  'wharf-registry': ['src/registry-server/main.ts'],
  'wharf-resolver': ['src/resolver/main.ts'],
  'wharf-runtime': ['src/oci-runtime/main.ts'],
};

/** A program of few steps starts 2 ms sooner as a CommonJS bundle; the daemon waits at the top level of modules. */
const formats: Readonly<Record<string, string>> = { 'wharf-client': 'cjs' };

/** What `version` tells of the sources; a release without a repository sets the two in its environment. */
const origin = ['WHARF_GIT_COMMIT', 'WHARF_BUILD_TIME'].flatMap((name) => defineWord(name));

mkdirSync('bin', { recursive: true });
buildCore(resolve('bin/wharf-core'));
run('sh', ['addon/build.sh']);
copyFileSync('build/wharf.node', 'bin/.wharf.node.new');
renameSync('bin/.wharf.node.new', 'bin/wharf.node');
for (const [name, entries] of Object.entries(programs)) compile(name, entries);
buildPage('registry-page');
// Last: it is called by name at any time, and finds the client beside it.
buildFront(resolve('bin/wharf'));

function compile(name: string, entries: readonly string[]): void {
  const outfile = `bin/.${name}.new`;
  run('bun', [
    'build',
    '--compile',
    '--bytecode',
    '--minify',
    `--format=${formats[name] ?? 'esm'}`,
    // The user's folder must not change the environment of the programs.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    '--root=.',
    ...origin,
    ...entries,
    '--outfile',
    outfile,
  ]);
  chmodSync(outfile, 0o755);
  renameSync(outfile, `bin/${name}`);
}

/** The files of a web page in a folder beside the program that serves it. */
function buildPage(name: string): void {
  const outdir = `bin/${name}`;
  mkdirSync(outdir, { recursive: true });
  run('bun', ['build', '--target=browser', '--minify', `src/${name}/app.ts`, '--outdir', outdir]);
  for (const file of ['index.html', 'style.css']) copyFileSync(`src/${name}/${file}`, `${outdir}/${file}`);
}

function defineWord(name: string): string[] {
  const format = name === 'WHARF_GIT_COMMIT' ? '%h' : '%cI';
  const found = spawnSync('git', ['log', '-1', `--format=${format}`], { encoding: 'utf8' });
  const word = process.env[name] ?? (found.status === 0 ? found.stdout.trim() : undefined);
  return word === undefined ? [] : ['--define', `process.env.${name}=${JSON.stringify(word)}`];
}
