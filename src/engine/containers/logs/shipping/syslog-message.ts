import type { ShippedLine } from './types.ts';

export const syslogFormats = ['', 'rfc3164', 'rfc5424', 'rfc5424micro'] as const;
export type SyslogFormat = (typeof syslogFormats)[number];

/** What all messages of a container have in common. */
export interface SyslogHeader {
  readonly format: SyslogFormat;
  readonly facility: number;
  readonly tag: string;
  readonly hostname: string;
  /** The sender's process id. */
  readonly pid: number;
}

const severity = { stdout: 6, stderr: 3 } as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** One syslog message, with a line feed at its end. */
export function encodeSyslog(line: ShippedLine, header: SyslogHeader): Buffer {
  const priority = `<${header.facility * 8 + severity[line.stream]}>`;
  const head = Buffer.from(priority + formatHead(line.timeNs, header));
  return Buffer.concat([head, line.text, Buffer.from('\n')]);
}

/** The form for connections over TLS: its length before the message (RFC 5425). */
export function countOctets(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

function formatHead(timeNs: bigint, { format, tag, hostname, pid }: SyslogHeader): string {
  switch (format) {
    case '':
      return `${formatStamp(timeNs)} ${tag}[${pid}]: `;
    case 'rfc3164':
      return `${formatStamp(timeNs)} ${hostname} ${tag}[${pid}]: `;
    case 'rfc5424':
    case 'rfc5424micro': {
      const time = formatTime(timeNs, format === 'rfc5424micro');
      return `1 ${time} ${hostname} ${tag} ${pid} ${tag} - `;
    }
  }
}

/** `Jan  2 15:04:05` in local time. */
function formatStamp(timeNs: bigint): string {
  const time = new Date(Number(timeNs / 1_000_000n));
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
  return `${months[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock}`;
}

/** RFC 3339, in whole seconds or with microseconds. */
function formatTime(timeNs: bigint, micro: boolean): string {
  const seconds = new Date(Number(timeNs / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = ((timeNs / 1000n) % 1_000_000n).toString().padStart(6, '0');
  return micro ? `${seconds}.${fraction}Z` : `${seconds}Z`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
