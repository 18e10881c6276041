import { defineCommand, noOperands } from '../command.ts';
import { writeOut } from '../output.ts';

export const command = defineCommand({
  synopsis: [''],
  offline: true,
  operands: noOperands,
  flags: {},
  async run({ contextName }) {
    writeOut(`${contextName}\n`);
  },
});
