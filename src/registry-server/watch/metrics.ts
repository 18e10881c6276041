import type { Exchanged } from './exchanged.ts';

const bucketsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/** A figure that is asked for when somebody looks. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  read(): number;
}

/** Figures of the server in the text form of Prometheus. */
export class Metrics {
  readonly #gauges: readonly Gauge[];
  readonly #requests = new Map<string, number>();
  readonly #durations = bucketsSeconds.map(() => 0);
  #answered = 0;
  #seconds = 0;
  #sentBytes = 0;

  constructor(gauges: readonly Gauge[]) {
    this.#gauges = gauges;
  }

  observe({ route, method, status, sentBytes, durationMs }: Exchanged): void {
    const labels = `route="${route}",method="${knownMethod(method)}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    const seconds = durationMs / 1000;
    this.#answered += 1;
    this.#seconds += seconds;
    this.#sentBytes += sentBytes;
    bucketsSeconds.forEach((limit, place) => {
      if (seconds <= limit) this.#durations[place] = (this.#durations[place] ?? 0) + 1;
    });
  }

  format(): string {
    const lines = [
      ...head('wharf_registry_requests_total', 'counter', 'Requests that were answered.'),
      ...[...this.#requests].map(([labels, count]) => `wharf_registry_requests_total{${labels}} ${count}`),
      ...head('wharf_registry_sent_bytes_total', 'counter', 'Bytes of bodies that were sent.'),
      `wharf_registry_sent_bytes_total ${this.#sentBytes}`,
      ...this.#formatDurations('wharf_registry_request_seconds'),
      ...this.#gauges.flatMap(({ name, kind, help, read }) => [
        ...head(name, kind, help),
        `${name} ${read()}`,
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }

  #formatDurations(name: string): string[] {
    return [
      ...head(name, 'histogram', 'Time from a request to the end of its answer.'),
      ...bucketsSeconds.map((limit, place) => `${name}_bucket{le="${limit}"} ${this.#durations[place]}`),
      `${name}_bucket{le="+Inf"} ${this.#answered}`,
      `${name}_sum ${this.#seconds}`,
      `${name}_count ${this.#answered}`,
    ];
  }
}

function head(name: string, kind: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
}

/** Clients may send any word for a method; they must not make up new rows. */
function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? method : 'other';
}
