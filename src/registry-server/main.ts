/** wharf-registry: reads the command line, then serves until it is told to stop. */
import { errorMessage } from '#base';
import { type ServerSignals, serve } from './serve.ts';
import { helpText, parseFlags } from './settings/parse-flags.ts';
import { loadSettings } from './settings/resolve.ts';
import { loadTls } from './settings/tls.ts';

process.title = 'wharf-registry';
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const flags = parseFlags(argv);
    if (flags.get('help')?.at(-1) === 'true') return print(helpText());
    const settings = loadSettings(flags);
    if (flags.get('validate')?.at(-1) === 'true') {
      if (settings.tls !== undefined) loadTls(settings.tls);
      return print('configuration OK');
    }
    await serve(settings, listenForSignals());
    return 0;
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\n`);
    return 1;
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function listenForSignals(): ServerSignals {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  let onHangUp = () => {};
  process.on('SIGHUP', () => onHangUp());
  return {
    stop: stop.signal,
    onReload(act) {
      onHangUp = act;
    },
  };
}
