/**
 * main: the entry of the client. Reads the global flags, finds the command, loads it, runs it, and turns
 * what it throws into the stock client's words and exit code. Everything else is loaded on demand.
 */
import { ownProcess } from './caller/index.ts';
import { runCommandLine } from './command-line.ts';

const caller = ownProcess();

runCommandLine(caller).then((exitCode) => caller.exit(exitCode));
