import { type OptionSpec, optionSpecs } from './options.ts';

const column = 34;

export function helpText(): string {
  const lines = Object.values<OptionSpec>(optionSpecs).map((spec) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    const operand = spec.type === 'flag' ? '' : spec.type === 'text' ? ' string' : ' list';
    return `  ${short}--${spec.flag}${operand}`.padEnd(column) + spec.help;
  });
  return ['Usage:  wharfd [OPTIONS]', '', 'A container engine.', '', 'Options:', ...lines].join('\n');
}
