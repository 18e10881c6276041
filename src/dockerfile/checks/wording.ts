import type { Dockerfile, Instruction } from '../types.ts';
import type { Finding, Inspect } from './types.ts';

/** Checks of how instructions are spelled. */
export const wording: readonly Inspect[] = [casing, continuations, keyValues, maintainer, ports, secrets];

function allInstructions({ globalArgs, stages }: Dockerfile): Instruction[] {
  return [...globalArgs, ...stages.flatMap(({ from, instructions }) => [from, ...instructions])];
}

/** The majority decides; where there is none, capitals. */
function* casing(file: Dockerfile): Generator<Finding> {
  const instructions = allInstructions(file);
  const isLower = (word: string) => word === word.toLowerCase();
  const isUpper = (word: string) => word === word.toUpperCase();
  const lower = instructions.filter(({ spelled }) => isLower(spelled)).length;
  const upper = instructions.filter(({ spelled }) => isUpper(spelled)).length;
  const [majority, fits] = lower > upper ? ['lowercase', isLower] : ['uppercase', isUpper];
  for (const { spelled, range } of instructions) {
    if (fits(spelled)) continue;
    const text = `Command '${spelled}' should match the case of the command majority (${majority})`;
    yield { check: 'ConsistentInstructionCasing', text, range };
  }
}

function* continuations({ emptyContinuations }: Dockerfile): Generator<Finding> {
  for (const range of emptyContinuations) {
    yield { check: 'NoEmptyContinuation', text: 'Empty continuation line', range };
  }
}

function* keyValues(file: Dockerfile): Generator<Finding> {
  for (const instruction of allInstructions(file)) {
    if ((instruction.kind !== 'env' && instruction.kind !== 'label') || !instruction.spaced) continue;
    const name = instruction.kind.toUpperCase();
    const text = `"${name} key=value" should be used instead of legacy "${name} key value" format`;
    yield { check: 'LegacyKeyValueFormat', text, range: instruction.range };
  }
}

function* maintainer(file: Dockerfile): Generator<Finding> {
  const text = 'Maintainer instruction is deprecated in favor of using label';
  for (const { kind, range } of allInstructions(file)) {
    if (kind === 'maintainer') yield { check: 'MaintainerDeprecated', text, range };
  }
}

function* ports(file: Dockerfile): Generator<Finding> {
  for (const instruction of allInstructions(file)) {
    if (instruction.kind !== 'expose') continue;
    const { range } = instruction;
    for (const word of instruction.words) {
      const protocol = word.split('/')[1] ?? '';
      if (word.includes(':')) {
        const text = `EXPOSE instruction should not define an IP address or host-port mapping, found '${word}'`;
        yield { check: 'ExposeInvalidFormat', text, range };
      }
      if (protocol !== protocol.toLowerCase() && !protocol.includes('$')) {
        const text = `Defined protocol '${word}' in EXPOSE instruction should be lowercase`;
        yield { check: 'ExposeProtoCasing', text, range };
      }
    }
  }
}

const secret = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmless = /(?:_|^)public(?:_|$)/i;

function* secrets(file: Dockerfile): Generator<Finding> {
  for (const instruction of allInstructions(file)) {
    const { kind, range } = instruction;
    const names =
      kind === 'arg'
        ? instruction.args.map(({ name }) => name)
        : kind === 'env'
          ? instruction.pairs.map(([name]) => name)
          : [];
    for (const name of names.filter((word) => secret.test(word) && !harmless.test(word))) {
      const what = `${kind.toUpperCase()} ${JSON.stringify(name)}`;
      const text = `Do not use ARG or ENV instructions for sensitive data (${what})`;
      yield { check: 'SecretsUsedInArgOrEnv', text, range };
    }
  }
}
