/** wharfd: reads the command line, then serves until it is told to stop. */
import { errorMessage } from '#base';
import { helpText } from './config/help.ts';
import { parseFlags } from './config/parse-flags.ts';
import { withFile } from './config/read-file.ts';
import { resolveSettings } from './config/settings.ts';
import { runDaemon } from './daemon.ts';
import { product } from './product.ts';

process.title = 'wharfd';
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const flags = parseFlags(argv);
    if (flags.help) return print(helpText());
    if (flags.version) return print(`${product.name} version ${product.version}, build ${product.gitCommit}`);
    const settings = resolveSettings(withFile(flags));
    if (flags.validate) return print('configuration OK');
    await runDaemon(settings, stopSignal());
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

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}
