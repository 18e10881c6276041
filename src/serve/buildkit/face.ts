import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { EngineError } from '#base';
import { OwnSteps } from '#engine/builder';
import { type GrpcCall, type MessageOf, type Method, serveGrpc, serverStream, unary } from '#grpc';
import { cacheMethods } from './cache.ts';
import { ContextFolders } from './context-folders.ts';
import { defineBuilt, readBuilt } from './definition.ts';
import { type ExportParts, exportImage } from './export/export.ts';
import { BuildFailure, statusOf } from './failure.ts';
import { solveDockerfile } from './frontend.ts';
import { type Job, Jobs } from './jobs.ts';
import { empty, healthResponse, infoResponse } from './messages/common.ts';
import * as control from './messages/control.ts';
import * as gateway from './messages/gateway.ts';
import { type BuiltContexts, checkCaches, type FrontendOptions } from './options.ts';
import { type SessionFacts, Sessions } from './sessions.ts';
import { encodeEvents } from './status.ts';
import type { Answer } from './subrequests.ts';
import { buildkitVersion, frontendCapabilities, stepCapabilities, workerOf } from './worker.ts';

export interface BuildkitParts extends ExportParts {
  /** Where what clients send is kept. */
  readonly contextRoot: string;
}

/** BuildKit's services over connections that clients have upgraded. */
export interface BuildkitFace {
  /** Serves a client that builds, until it goes. */
  serve(connection: Duplex): void;
  /** Takes the connection by which a client gives builds what they ask for. */
  addSession(connection: Duplex, facts: SessionFacts): void;
}

export function createBuildkitFace(parts: BuildkitParts): BuildkitFace {
  const sessions = new Sessions();
  const service = new BuildService(parts, sessions);
  const methods = service.methods();
  return {
    serve: (connection) => serveGrpc(connection, methods, { statusOf }),
    addSession: (connection, facts) => sessions.add(connection, facts),
  };
}

type GatewaySolve = MessageOf<typeof gateway.bridgeSolveRequest>;
type GatewayReturn = MessageOf<typeof gateway.returnRequest>;

const frontends = ['dockerfile.v0', 'gateway.v0'];

class BuildService {
  readonly #parts: BuildkitParts;
  readonly #sessions: Sessions;
  readonly #folders: ContextFolders;
  readonly #jobs = new Jobs();
  readonly #worker = workerOf(randomUUID());

  constructor(parts: BuildkitParts, sessions: Sessions) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#folders = new ContextFolders(parts.contextRoot);
  }

  methods(): ReadonlyMap<string, Method> {
    const list = unary(control.listWorkersRequest, control.listWorkersResponse, async () => ({
      record: [this.#worker],
    }));
    return new Map<string, Method>([
      ...cacheMethods(this.#parts.builder),
      ['/grpc.health.v1.Health/Check', unary(empty, healthResponse, async () => ({ status: 1 }))],
      ['/moby.buildkit.v1.Control/ListWorkers', list],
      ['/moby.buildkit.v1.Control/Info', unary(empty, infoResponse, async () => ({ buildkitVersion }))],
      [
        '/moby.buildkit.v1.Control/Solve',
        unary(control.solveRequest, control.solveResponse, (request, call) => this.#build(request, call)),
      ],
      [
        '/moby.buildkit.v1.Control/Status',
        serverStream(control.statusRequest, control.statusResponse, ({ Ref }, call) =>
          this.#status(Ref, call),
        ),
      ],
      [
        '/moby.buildkit.v1.frontend.LLBBridge/Ping',
        unary(empty, gateway.pongResponse, async () => this.#pong()),
      ],
      [
        '/moby.buildkit.v1.frontend.LLBBridge/Solve',
        unary(gateway.bridgeSolveRequest, gateway.bridgeSolveResponse, (request, call) =>
          this.#solve(request, call),
        ),
      ],
      [
        '/moby.buildkit.v1.frontend.LLBBridge/Evaluate',
        unary(gateway.evaluateRequest, empty, async ({ ref }, call) => this.#evaluate(ref, call)),
      ],
      [
        '/moby.buildkit.v1.frontend.LLBBridge/Return',
        unary(gateway.returnRequest, empty, async (request, call) => this.#return(request, call)),
      ],
    ]);
  }

  /** A build from its beginning to its export; the client may steer it meanwhile. */
  async #build(request: control.SolveRequest, { signal }: GrpcCall) {
    const job = this.#jobs.begin(request, signal);
    try {
      const ids =
        request.Frontend === ''
          ? await job.returned()
          : [(await this.#frontend(job, request.Frontend, request.FrontendAttrs)).id];
      const [id] = ids;
      if (id === undefined) return {};
      const session = () => this.#sessions.get(request.Session, signal);
      const result = { image: job.result(id), session, signal };
      const steps = new OwnSteps((event) => job.tell(event));
      return { ExporterResponse: await exportImage(this.#parts, request, result, steps) };
    } finally {
      await this.#jobs.end(job);
    }
  }

  async *#status(ref: string, { signal }: GrpcCall) {
    const job = await this.#jobs.when(ref, signal);
    for await (const events of job.events()) yield encodeEvents(events);
  }

  async #solve({ Frontend, FrontendOpt, FrontendInputs, Definition }: GatewaySolve, call: GrpcCall) {
    const job = this.#jobOf(call);
    if (Frontend === '' && Definition !== undefined) {
      throw new EngineError('notImplemented', 'definitions without a frontend are not solved');
    }
    const built = new Map(FrontendInputs.map(({ key, value }) => [key, readBuilt(key, value)]));
    const { id, answer } = await this.#frontend(job, Frontend, FrontendOpt, built);
    const ref = id === undefined ? undefined : { id, def: defineBuilt(job.result(id).config) };
    return { result: { ref, refs: undefined, metadata: answer } };
  }

  /** @returns what the image is called, or the answer to what was asked instead */
  async #frontend(
    job: Job,
    name: string,
    options: FrontendOptions,
    built: BuiltContexts = new Map(),
  ): Promise<{ readonly id?: string; readonly answer: Answer }> {
    checkCaches(job.request);
    if (!frontends.includes(name)) throw new EngineError('notFound', `frontend ${name} not found`);
    const session = await this.#sessions.get(job.request.Session, job.signal);
    const { builder } = this.#parts;
    const parts = { builder, folders: this.#folders };
    const result = await solveDockerfile(parts, { job, session, options, built });
    if (result.kind === 'answer') return { answer: result.answer };
    return { id: await job.addResult(result.image), answer: {} };
  }

  /** What has a name has been built already. */
  #evaluate(ref: string, call: GrpcCall) {
    this.#jobOf(call).result(ref);
    return {};
  }

  #return({ result, error }: GatewayReturn, call: GrpcCall) {
    const job = this.#jobOf(call);
    const refs = [result?.ref, ...Object.values(result?.refs?.refs ?? {})];
    // A client whose own part failed returns an empty name, and tells of the failure itself.
    if (error === undefined) job.return(refs.flatMap((ref) => ref?.id || []));
    else job.fail(new BuildFailure(error.message, error.details));
    return {};
  }

  #pong() {
    return { FrontendAPICaps: frontendCapabilities, LLBCaps: stepCapabilities, Workers: [this.#worker] };
  }

  #jobOf({ metadata }: GrpcCall): Job {
    return this.#jobs.get(metadata['buildkit-controlapi-buildid'] ?? '');
  }
}
