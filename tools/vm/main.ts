/**
 * The tests on other kernels: boots Debian 13 and 12, both with cgroup v2 and systemd, in an emulated machine and
 * runs `tools/test.ts` inside. `npm run test:vm -- [suite…] [./test/…]`. Needs root, debootstrap and e2fsprogs; the
 * machines are kept in build/vm. Ends with one line a machine, after the names of what failed there.
 */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Emulator, prepareEmulator } from './emulator.ts';
import { packRepository, prepareMachine } from './images.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${repository}build/vm`;
/** A machine whose console says nothing for so long hangs. */
const silenceMs = 20 * 60_000;

const words = process.argv.slice(2);
const chosenSuites = words.filter((word) => !word.startsWith('./'));
const chosenTests = words.filter((word) => word.startsWith('./'));
const suites = chosenSuites.length > 0 ? chosenSuites : ['trixie', 'bookworm'];
const tests = chosenTests.length > 0 ? chosenTests : ['./test/integration', './test/e2e'];

const emulator = prepareEmulator(`${folder}/qemu`);
const results: string[] = [];
for (const suite of suites) results.push(...(await testOn(suite, emulator)));
console.log(results.join('\n'));
process.exit(results.every((result) => result.endsWith(' 0 failed')) ? 0 : 1);

/** Shows the machine's console until it powers off; gives what failed, and the line of results. */
async function testOn(suite: string, start: Emulator): Promise<string[]> {
  const machine = prepareMachine(suite, `${folder}/${suite}`);
  const disk = `${folder}/${suite}/repository.img`;
  packRepository(repository, disk);
  const failures: string[] = [];
  let result = 'the machine stopped before its tests had ended';
  const emulation = start(machine, disk, [`wharf.tests=${tests.join()}`]);
  const silence = setTimeout(() => emulation.kill('SIGKILL'), silenceMs);
  for await (const line of createInterface(emulation.stdout)) {
    silence.refresh();
    console.log(line);
    if (/^\(fail\)|left behind:/.test(line)) failures.push(`${suite}: ${line}`);
    if (/^\d+ passed, \d+ failed$/.test(line)) result = line;
  }
  clearTimeout(silence);
  return [...failures, `${suite}: ${result}`];
}
