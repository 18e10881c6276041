import {
  type AuthResponse,
  authConfig,
  decodeFilters,
  formatApiVersion,
  newestApiVersion,
  readFlag,
  type SystemVersion,
} from '#api';
import { checkFilterKeys } from '#base';
import { readRequiredJson, sendJson } from './answers.ts';
import { decodeObjectTypes, measureDataRoot, measureDisk } from './disk-usage.ts';
import { registryAuth } from './registry-auth.ts';
import { encodeInfo } from './system-info.ts';
import type { DockerApiParts, Handlers, SystemFacts } from './types.ts';

type SystemOperation = 'ping' | 'version' | 'info' | 'auth' | 'diskUsage' | 'pluginList';

export function systemHandlers(parts: DockerApiParts): Handlers<SystemOperation> {
  return {
    async ping({ request, response }) {
      const fields = {
        'Builder-Version': '2',
        'Cache-Control': 'no-cache, no-store, must-revalidate',
        Pragma: 'no-cache',
        Swarm: 'inactive',
        'Wharf-Takes-Files': '1',
        'Content-Type': 'text/plain; charset=utf-8',
      };
      response.send(200, fields, request.method === 'HEAD' ? '' : 'OK');
    },
    async version(call) {
      sendJson(call, 200, encodeVersion(parts.system.facts()));
    },
    async info(call) {
      sendJson(call, 200, encodeInfo(parts, call.version.minor));
    },
    async auth(call) {
      const credentials = await readRequiredJson(call, authConfig);
      const { serveraddress } = credentials;
      const { identityToken } = await parts.system.logIn(
        serveraddress ?? '',
        registryAuth(credentials),
        call.signal,
      );
      sendJson(call, 200, { IdentityToken: identityToken, Status: 'Login Succeeded' } satisfies AuthResponse);
    },
    async diskUsage(call) {
      const { query } = call.request;
      const usage = await measureDisk(parts, decodeObjectTypes(query), call.version);
      const dataRoot = readFlag(query, 'data-root') ? { DataRoot: await measureDataRoot(parts) } : {};
      sendJson(call, 200, { ...usage, ...dataRoot });
    },
    async pluginList(call) {
      checkFilterKeys(decodeFilters(call.request.query), ['capability', 'enable']);
      sendJson(call, 200, []);
    },
  };
}

function encodeVersion(facts: SystemFacts): SystemVersion {
  const shared = {
    Version: facts.engineVersion,
    ApiVersion: formatApiVersion(newestApiVersion),
    MinAPIVersion: formatApiVersion(facts.oldestVersion),
    GitCommit: facts.gitCommit,
    GoVersion: facts.runtimeVersion,
    Os: 'linux',
    Arch: goArchitecture(),
    KernelVersion: facts.kernelVersion,
    BuildTime: facts.buildTime,
  };
  const { Version, ...details } = shared;
  const engine = { Name: 'Engine', Version, Details: { ...details, Experimental: 'false' } };
  const roles = fixedRoles.map((Name) => ({ Name, Version, Details: { GitCommit: facts.gitCommit } }));
  return { Platform: { Name: 'Wharf' }, Components: [engine, ...roles], ...shared };
}

/** Docker's other programs, whose parts this engine plays itself. */
const fixedRoles = ['containerd', 'runc', 'docker-init'];

function goArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
