import { main } from './command.ts';

process.exitCode = await main(process.argv.slice(2));
// The addon's threads and half-closed relays must not hold the program back.
process.exit();
