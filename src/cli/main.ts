/**
 * main: the entry of `wharf`. Reads the global flags, finds the command, loads it, runs it, and turns
 * what it throws into the stock client's words and exit code. Everything else is loaded on demand.
 */
import { runCommandLine } from './command-line.ts';

const program = /(^|\/)docker$/.test(process.argv0) ? 'docker' : 'wharf';

runCommandLine(program, process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
