import type { ProgressDetail, ProgressMessage } from '#api';
import type { Caller } from './caller/index.ts';
import { decimalSize } from './format/size.ts';

export interface ProgressTarget {
  readonly quiet: boolean;
  readonly toStderr: boolean;
  /** Takes what is meant for the program and not for its user. */
  readonly onAux?: (aux: unknown) => void;
}

/**
 * Shows a stream of progress. On a terminal each id has its own line, drawn anew in place; elsewhere
 * only what is no moving bar is written, a line each.
 * @throws Error when the stream says that the work failed
 */
export async function showProgress(
  caller: Caller,
  messages: AsyncIterable<ProgressMessage>,
  target: ProgressTarget,
): Promise<void> {
  const descriptor = target.toStderr ? 2 : 1;
  const write = (text: string) => (target.toStderr ? caller.writeError(text) : caller.writeOut(text));
  const screen = caller.isTerminal(descriptor)
    ? new ProgressScreen(write, caller.terminalSize(descriptor)?.columns ?? defaultWidth)
    : undefined;
  for await (const message of messages) {
    const failure = message.errorDetail?.message ?? message.error;
    if (failure) throw new Error(failure);
    if (message.aux !== undefined) target.onAux?.(message.aux);
    if (target.quiet || message.aux !== undefined) continue;
    if (screen === undefined) write(plainLine(message));
    else screen.show(message);
  }
}

const defaultWidth = 200;

function plainLine(message: ProgressMessage): string {
  if (message.stream !== undefined) return message.stream;
  if (message.progressDetail?.current || message.progressDetail?.total) return '';
  return `${prefixed(message, message.status ?? '')}\n`;
}

function prefixed(message: ProgressMessage, text: string): string {
  return message.id ? `${message.id}: ${text}` : text;
}

/** Lines on a terminal, by id; the cursor stands below the last one. */
class ProgressScreen {
  readonly #write: (text: string) => unknown;
  readonly #width: number;
  readonly #rows = new Map<string, number>();

  constructor(write: (text: string) => unknown, width: number) {
    this.#write = write;
    this.#width = width;
  }

  show(message: ProgressMessage): void {
    const text = this.#describe(message);
    if (!message.id || !isProgress(message)) {
      this.#rows.clear();
      this.#write(message.stream ?? `${text}\n`);
      return;
    }
    const known = this.#rows.get(message.id);
    const row = known ?? this.#rows.size;
    if (known === undefined) {
      this.#rows.set(message.id, row);
      this.#write('\n');
    }
    const up = this.#rows.size - row;
    this.#write(`\x1b[${up}A\x1b[2K\r${text}\r\x1b[${up}B`);
  }

  #describe(message: ProgressMessage): string {
    const bar = progressBar(message.progressDetail, this.#width);
    const status = message.status ?? '';
    return prefixed(message, isProgress(message) ? `${status} ${bar}` : status);
  }
}

/** A message of a layer; others (the digest, the final status) are said once, below. */
function isProgress(message: ProgressMessage): boolean {
  return message.progressDetail !== undefined || message.progress !== undefined;
}

const barLength = 50;
const narrowTerminal = 110;

/** `[====>   ]  1.2MB/3.4MB`; on a narrow terminal without the bar. */
export function progressBar(detail: ProgressDetail = {}, width: number): string {
  const { current = 0, total = 0, hidecounts: hidden = false } = detail;
  if (current <= 0 && total <= 0) return '';
  if (total <= 0) return describeCount(detail);
  const filled = Math.min(barLength, Math.trunc((current / total) * barLength));
  const bar = width > narrowTerminal ? `[${'='.repeat(filled)}>${' '.repeat(barLength - filled)}] ` : '';
  return `${bar}${hidden ? '' : describeCount(detail)}`;
}

/** How much is done, and of how much when that is known: in bytes, or in units of its own. */
function describeCount({ current = 0, total = 0, units = '' }: ProgressDetail): string {
  const knowsTotal = total > 0 && current <= total;
  if (units !== '') return knowsTotal ? `${current}/${total} ${units}` : `${current} ${units}`;
  const shown = decimalSize(current).padStart(8);
  return knowsTotal ? `${shown}/${decimalSize(total)}` : shown;
}
