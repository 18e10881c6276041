import type { OptionSpec } from './option.ts';
import { optionSpecs } from './options.ts';

const column = 42;

export function helpText(): string {
  const specs = Object.values(optionSpecs).filter(({ flag, inert }) => flag !== undefined && !inert);
  const lines = specs.toSorted((a, b) => (a.flag ?? '').localeCompare(b.flag ?? '')).map(describe);
  const rest = "Docker's other flags and keys are accepted, and told in the log: they have no effect.";
  return ['Usage:  wharfd [OPTIONS]', '', 'A container engine.', '', 'Options:', ...lines, '', rest].join(
    '\n',
  );
}

function describe({ flag, short, kind, help }: OptionSpec): string {
  const names = `${short === undefined ? '    ' : `-${short}, `}--${flag}`;
  return `  ${names}${kind.operand === undefined ? '' : ` ${kind.operand}`}`.padEnd(column) + help;
}
