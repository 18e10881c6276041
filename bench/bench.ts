/**
 * Wharf side by side with the engines it is judged against: every round runs every test on every program, so that
 * what disturbs the machine disturbs all of them; the table at the end has medians, spreads and paired ratios.
 * Each measurement is also kept as a line of JSON under build/bench.
 */
import { cpus, release } from 'node:os';
import { ensureBundles } from './bundles.ts';
import { type Contest, narrow, runRound } from './contest.ts';
import { type Engine, engines, isBuilt, kernelFloor, type Runtime, runtimes } from './engines.ts';
import { ensureArchives, ensurePushed, smallArchive } from './images.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { dockerd, ownRegistry } from './peers/daemons.ts';
import { ensurePeers, startPeers, stopPeers } from './peers/index.ts';
import { runIn } from './peers/world.ts';
import { type Registry, registries } from './registries.ts';
import { Results, readMeasurements } from './results.ts';
import { folders, smallImage } from './settings.ts';
import { outputFile, type Program, time } from './spawner.ts';
import { formatTable } from './table.ts';
import { idleNames } from './tests/commands.ts';
import { engineTests, registryTests, runtimeTests } from './tests/index.ts';
import { ensureTools } from './tools.ts';

const docker = engines[0] as Engine;

await main(parseOptions(process.argv.slice(2)));

async function main(options: Options): Promise<void> {
  const [verb, file] = options.words;
  if (options.help) console.log(usage);
  else if (verb === 'down') stopPeers();
  else if (verb === 'report' && file !== undefined) report(new Results(file));
  else await bench(options);
}

async function bench(options: Options): Promise<void> {
  const contests = chooseContests(options);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  try {
    prepare(contests);
    const results = new Results(`${folders.results}/${new Date().toISOString().replaceAll(':', '-')}.jsonl`);
    await runRounds(contests, options, results, interrupt.signal);
    report(results);
  } finally {
    if (!options.keep) stopPeers();
  }
}

interface Contests {
  readonly engines: Contest<Engine>;
  readonly runtimes: Contest<Runtime>;
  readonly registries: Contest<Registry>;
}

function chooseContests({ words, programs }: Options): Contests {
  const known = [...engineTests, ...runtimeTests, ...registryTests].map(({ name }) => name);
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`no test is called ${unknown}; there are ${known.join(' ')}`);
  return {
    engines: narrow({ programs: engines.filter(isBuilt), tests: engineTests }, words, programs),
    runtimes: narrow({ programs: runtimes.filter(isBuilt), tests: runtimeTests }, words, programs),
    registries: narrow({ programs: registries, tests: registryTests }, words, programs),
  };
}

function prepare(contests: Contests): void {
  ensureTools();
  ensurePeers();
  ensureArchives();
  const daemons = contests.engines.programs.flatMap(({ daemon }) => daemon ?? []);
  const copies = contests.registries.tests.length > 0 ? [ownRegistry] : [];
  startPeers([...new Set([dockerd, ...daemons, ...copies])]);
  ensurePushed(docker);
  for (const engine of new Set([docker, ...contests.engines.programs])) prepareEngine(engine);
  if (contests.runtimes.tests.length > 0) ensureBundles(docker);
  const programs = [...contests.engines.programs, ...contests.runtimes.programs].filter(
    (program) => program !== kernelFloor,
  );
  console.log(`Linux ${release()}, ${cpus().length} processors\n${programs.map(versionLine).join('\n')}\n`);
}

/** Removes what an interrupted run left, and loads the image that containers are started from. */
function prepareEngine(engine: Engine): void {
  time(engine, [...engine.forceRemove, ...idleNames(50)]);
  if (time(engine, ['image', 'inspect', smallImage]).failures === 0) return;
  if (time(engine, ['load', '-i', smallArchive]).failures > 0) {
    throw new Error(`${engine.name} cannot load ${smallArchive}: see the end of ${outputFile}`);
  }
}

function versionLine({ name, place, command, environment }: Program): string {
  return `${name}: ${runIn(place, [...command, '--version'], environment).split('\n')[0]}`;
}

async function runRounds(
  contests: Contests,
  options: Options,
  results: Results,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + options.minutes * 60_000;
  for (let round = 0; round < options.rounds && performance.now() < deadline && !signal.aborted; round++) {
    await runRound(contests.runtimes, round, results, signal);
    await runRound(contests.registries, round, results, signal);
    await runRound(contests.engines, round, results, signal);
  }
}

function report(results: Results): void {
  const measurements = readMeasurements(results.file);
  const contests = [engines, runtimes, registries].map((programs) => programs.map(({ name }) => name));
  for (const names of contests) {
    const part = measurements.filter(({ program }) => names.includes(program));
    if (part.length > 0) console.log(`${formatTable(part)}\n`);
  }
  console.log(`rounds kept in ${results.file}`);
}
