import { createWriteStream } from 'node:fs';
import { defineCommand, noOperands } from '../command.ts';
import { readStdin } from '../stream/stdin.ts';

/** What the far end of an `ssh://` address runs: it joins its standard streams to the daemon's socket. */
export const command = defineCommand({
  synopsis: [''],
  operands: noOperands,
  flags: {},
  async run({ client }) {
    const wire = await client.connect();
    void (async () => {
      for await (const chunk of readStdin()) await wire.write(chunk);
      wire.end();
    })().catch(() => wire.destroy());
    // Not by writeOut(): a reader that waits must not keep us from taking what it sends.
    const output = createWriteStream('', { fd: standardOutput, autoClose: false });
    for (let chunk = await wire.read(); chunk !== undefined; chunk = await wire.read()) {
      await new Promise<void>((resolve, reject) => {
        output.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
  },
});

const standardOutput = 1;
