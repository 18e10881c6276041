/** Everything that can be checked without root: format and lint, types, layers, unit tests. */
import { run } from './run.ts';

run('biome', ['ci', '--error-on-warnings', '.']);
run('tsc', ['-p', '.']);
run('bun', ['tools/layers.ts']);
run('bun', ['test', './src', './tools']);
