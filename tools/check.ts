/** What can be checked without root: format and lint, types, layers, unit tests (`--no-tests` leaves those out). */
import { run } from './run.ts';

run('biome', ['ci', '--error-on-warnings', '.']);
run('tsc', ['-p', '.']);
run('tsc', ['-p', 'src/registry-page']);
run('bun', ['tools/layers.ts']);
if (!process.argv.includes('--no-tests')) run('bun', ['test', './src', './tools', './bench']);
