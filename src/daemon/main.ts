/** wharfd: reads the command line, then serves until it is told to stop. */
import { errorMessage } from '#base';
import { checkHost } from './check/host.ts';
import { helpText } from './config/help.ts';
import { loadSettings } from './config/load.ts';
import type { Options } from './config/options.ts';
import { parseFlags } from './config/parse-flags.ts';
import { loadTls } from './config/tls.ts';
import { type DaemonSignals, runDaemon } from './daemon.ts';
import { product } from './product.ts';

process.title = 'wharfd';
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const flags = parseFlags(argv);
    if (flags.help) return print(helpText());
    if (flags.version) return print(`${product.name} version ${product.version}, build ${product.gitCommit}`);
    if (flags.validate) return validate(flags);
    if (flags.check) return check(flags);
    await runDaemon(() => loadSettings(flags), listenForSignals());
    return 0;
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\n`);
    return 1;
  }
}

function validate(flags: Options): number {
  const { tls } = loadSettings(flags);
  if (tls !== undefined) loadTls(tls);
  return print('configuration OK');
}

function check(flags: Options): number {
  const format = flags.checkFormat === 'json' ? 'json' : 'text';
  const { report, fit } = checkHost(loadSettings(flags).dataRoot, format);
  print(report);
  return fit ? 0 : 1;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** A SIGHUP that comes before the daemon can reload has nothing to change: it is starting from the file. */
function listenForSignals(): DaemonSignals {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  let onHangUp = () => {};
  process.on('SIGHUP', () => onHangUp());
  // Docker's daemon writes its stacks then; Node would open a debugger, and Bun end.
  process.on('SIGUSR1', () => {});
  return {
    stop: stop.signal,
    onReload(act) {
      onHangUp = act;
    },
  };
}
