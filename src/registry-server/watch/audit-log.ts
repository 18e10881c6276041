import { closeSync, openSync, writeSync } from 'node:fs';
import { errorMessage, type Log } from '#base';
import type { Exchanged } from './exchanged.ts';

/** A file that takes down who did what, where and when, with what result: a line of JSON each, in order. */
export interface AuditLog extends Disposable {
  note(exchanged: Exchanged): void;
  /** Goes on in a new file of the same name, after the old one was moved away; in the old one when there can be none. */
  reopen(): void;
}

/** Opens the file, which is made when it is missing. Lines that can't be written are told to the log once. */
export function openAuditLog(path: string, log: Log): AuditLog {
  let fd = openSync(path, 'a', 0o640);
  let lines = '';
  let isFailing = false;
  const flush = () => {
    try {
      writeSync(fd, lines);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error(`the audit log can't be written: ${errorMessage(error)}`);
      isFailing = true;
    }
    lines = '';
  };
  return {
    note(exchanged) {
      // One write for all requests of one turn of the loop.
      if (lines === '') setImmediate(flush);
      lines += `${formatAuditLine(new Date(), exchanged)}\n`;
    },
    reopen() {
      flush();
      try {
        const old = fd;
        fd = openSync(path, 'a', 0o640);
        closeSync(old);
      } catch (error) {
        log.error(`the audit log goes on in its old file: ${errorMessage(error)}`);
      }
    },
    [Symbol.dispose]() {
      flush();
      closeSync(fd);
    },
  };
}

/** One line of the audit log. */
export function formatAuditLine(time: Date, exchanged: Exchanged): string {
  const {
    user = '',
    address = '',
    method,
    route,
    repository = '',
    path,
    status,
    sentBytes,
    durationMs,
  } = exchanged;
  return JSON.stringify({
    time: time.toISOString(),
    user,
    address,
    method,
    what: route,
    repository,
    path,
    status,
    result: resultOf(status),
    bytes: sentBytes,
    ms: Math.round(durationMs),
  });
}

function resultOf(status: number): string {
  if (status === 401 || status === 403) return 'denied';
  return status < 400 ? 'done' : 'failed';
}
