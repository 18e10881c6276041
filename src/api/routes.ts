/** One operation of the API. `{id}` stands for one path segment, `{name*}` for one or more. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly operation: string;
  /** The minor version of the API that brought it; 24 is the oldest that is served. */
  readonly since?: number;
}

/** Every operation this engine serves, in the order in which they are matched. */
export const routes = [
  { method: 'GET', path: '/_ping', operation: 'ping' },
  { method: 'HEAD', path: '/_ping', operation: 'ping' },
  { method: 'GET', path: '/version', operation: 'version' },
  { method: 'GET', path: '/info', operation: 'info' },
  { method: 'POST', path: '/auth', operation: 'auth' },
  { method: 'GET', path: '/events', operation: 'events' },
  { method: 'GET', path: '/system/df', operation: 'diskUsage' },
  { method: 'GET', path: '/plugins', operation: 'pluginList' },
  { method: 'GET', path: '/debug/vars', operation: 'debugVars' },
  { method: 'GET', path: '/debug/pprof/', operation: 'debugProfile' },
  { method: 'GET', path: '/debug/pprof/{name*}', operation: 'debugProfile' },

  { method: 'GET', path: '/containers/json', operation: 'containerList' },
  { method: 'POST', path: '/containers/create', operation: 'containerCreate' },
  { method: 'POST', path: '/containers/prune', operation: 'containerPrune', since: 25 },
  { method: 'GET', path: '/containers/{id}/json', operation: 'containerInspect' },
  { method: 'GET', path: '/containers/{id}/changes', operation: 'containerChanges' },
  { method: 'GET', path: '/containers/{id}/export', operation: 'containerExport' },
  { method: 'POST', path: '/commit', operation: 'containerCommit' },
  { method: 'GET', path: '/containers/{id}/top', operation: 'containerTop' },
  { method: 'GET', path: '/containers/{id}/logs', operation: 'containerLogs' },
  { method: 'DELETE', path: '/containers/{id}/logs', operation: 'containerLogsClear' },
  { method: 'GET', path: '/containers/{id}/stats', operation: 'containerStats' },
  { method: 'POST', path: '/containers/{id}/resize', operation: 'containerResize' },
  { method: 'POST', path: '/containers/{id}/start', operation: 'containerStart' },
  { method: 'POST', path: '/containers/{id}/stop', operation: 'containerStop' },
  { method: 'POST', path: '/containers/{id}/restart', operation: 'containerRestart' },
  { method: 'POST', path: '/containers/{id}/kill', operation: 'containerKill' },
  { method: 'POST', path: '/containers/{id}/rename', operation: 'containerRename' },
  { method: 'POST', path: '/containers/{id}/update', operation: 'containerUpdate' },
  { method: 'POST', path: '/containers/{id}/pause', operation: 'containerPause' },
  { method: 'POST', path: '/containers/{id}/unpause', operation: 'containerUnpause' },
  { method: 'POST', path: '/containers/{id}/attach', operation: 'containerAttach' },
  { method: 'GET', path: '/containers/{id}/attach/ws', operation: 'containerAttachWebSocket' },
  { method: 'POST', path: '/containers/{id}/wait', operation: 'containerWait' },
  { method: 'HEAD', path: '/containers/{id}/archive', operation: 'archiveStat' },
  { method: 'GET', path: '/containers/{id}/archive', operation: 'archiveRead' },
  { method: 'PUT', path: '/containers/{id}/archive', operation: 'archiveWrite' },

  { method: 'GET', path: '/containers/{id}/checkpoints', operation: 'checkpointList' },
  { method: 'POST', path: '/containers/{id}/checkpoints', operation: 'checkpointCreate' },
  { method: 'DELETE', path: '/containers/{id}/checkpoints/{name}', operation: 'checkpointRemove' },
  // The name of a link has a slash; what else begins like it stands before.
  { method: 'DELETE', path: '/containers/{id*}', operation: 'containerRemove' },

  { method: 'POST', path: '/containers/{id}/exec', operation: 'execCreate' },
  { method: 'POST', path: '/exec/{id}/start', operation: 'execStart' },
  { method: 'POST', path: '/exec/{id}/resize', operation: 'execResize' },
  // Ours.
  { method: 'POST', path: '/exec/{id}/kill', operation: 'execKill' },
  { method: 'GET', path: '/exec/{id}/json', operation: 'execInspect' },

  { method: 'GET', path: '/images/json', operation: 'imageList' },
  { method: 'POST', path: '/images/create', operation: 'imageCreate' },
  { method: 'POST', path: '/images/load', operation: 'imageLoad' },
  { method: 'GET', path: '/images/get', operation: 'imageSave' },
  { method: 'POST', path: '/images/prune', operation: 'imagePrune', since: 25 },
  { method: 'GET', path: '/images/search', operation: 'imageSearch' },
  // Ours.
  { method: 'POST', path: '/images/check', operation: 'imageCheck' },
  { method: 'GET', path: '/images/{name*}/diff', operation: 'imageDiff' },
  { method: 'POST', path: '/build', operation: 'build' },
  { method: 'POST', path: '/session', operation: 'session' },
  { method: 'POST', path: '/grpc', operation: 'grpc' },
  { method: 'POST', path: '/build/prune', operation: 'buildPrune', since: 31 },
  { method: 'GET', path: '/images/{name*}/json', operation: 'imageInspect' },
  // Ours.
  { method: 'GET', path: '/images/{name*}/tags', operation: 'imageRemoteTags' },
  { method: 'GET', path: '/images/{name*}/get', operation: 'imageSaveOne' },
  { method: 'GET', path: '/images/{name*}/history', operation: 'imageHistory' },
  { method: 'POST', path: '/images/{name*}/tag', operation: 'imageTag' },
  { method: 'POST', path: '/images/{name*}/push', operation: 'imagePush' },
  { method: 'DELETE', path: '/images/{name*}', operation: 'imageRemove' },

  { method: 'GET', path: '/distribution/{name*}/json', operation: 'distributionInspect', since: 30 },

  { method: 'GET', path: '/networks', operation: 'networkList' },
  { method: 'GET', path: '/networks/', operation: 'networkList' },
  { method: 'POST', path: '/networks/create', operation: 'networkCreate' },
  { method: 'POST', path: '/networks/{id*}/connect', operation: 'networkConnect' },
  { method: 'POST', path: '/networks/{id*}/disconnect', operation: 'networkDisconnect' },
  { method: 'POST', path: '/networks/prune', operation: 'networkPrune', since: 25 },
  { method: 'GET', path: '/networks/{id*}', operation: 'networkInspect' },
  { method: 'DELETE', path: '/networks/{id*}', operation: 'networkRemove' },

  { method: 'GET', path: '/volumes', operation: 'volumeList' },
  { method: 'POST', path: '/volumes/create', operation: 'volumeCreate' },
  { method: 'POST', path: '/volumes/prune', operation: 'volumePrune', since: 25 },
  // Ours.
  { method: 'GET', path: '/volumes/{name}/export', operation: 'volumeExport' },
  { method: 'POST', path: '/volumes/{name}/import', operation: 'volumeImport' },
  { method: 'POST', path: '/volumes/{name}/clone', operation: 'volumeClone' },
  { method: 'POST', path: '/volumes/{name}/rename', operation: 'volumeRename' },
  { method: 'POST', path: '/volumes/{name}/snapshots', operation: 'volumeSnapshotCreate' },
  { method: 'POST', path: '/volumes/{name}/restore', operation: 'volumeRestore' },
  { method: 'GET', path: '/volume-snapshots', operation: 'volumeSnapshotList' },
  { method: 'DELETE', path: '/volume-snapshots/{ref}', operation: 'volumeSnapshotRemove' },
  { method: 'HEAD', path: '/volumes/{name}/archive', operation: 'volumePathStat' },
  { method: 'GET', path: '/volumes/{name}/archive', operation: 'volumePathRead' },
  { method: 'PUT', path: '/volumes/{name}/archive', operation: 'volumePathWrite' },
  { method: 'GET', path: '/volumes/{name*}', operation: 'volumeInspect' },
  { method: 'DELETE', path: '/volumes/{name*}', operation: 'volumeRemove' },

  { method: 'GET', path: '/secrets', operation: 'secretList', since: 25 },
  { method: 'POST', path: '/secrets/create', operation: 'secretCreate', since: 25 },
  { method: 'GET', path: '/secrets/{id}', operation: 'secretInspect', since: 25 },
  { method: 'POST', path: '/secrets/{id}/update', operation: 'secretUpdate', since: 25 },
  { method: 'DELETE', path: '/secrets/{id}', operation: 'secretRemove', since: 25 },
  { method: 'GET', path: '/configs', operation: 'configList', since: 30 },
  { method: 'POST', path: '/configs/create', operation: 'configCreate', since: 30 },
  { method: 'GET', path: '/configs/{id}', operation: 'configInspect', since: 30 },
  { method: 'POST', path: '/configs/{id}/update', operation: 'configUpdate', since: 30 },
  { method: 'DELETE', path: '/configs/{id}', operation: 'configRemove', since: 30 },
] as const satisfies readonly Route[];

export type Operation = (typeof routes)[number]['operation'];
