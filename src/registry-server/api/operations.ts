import type { Action } from '../access/authorizer.ts';
import { deleteBlob, getBlob, headBlob } from './blobs.ts';
import type { Asking, Operation } from './exchange.ts';
import { listCatalog, listReferrers, listTags } from './lists.ts';
import { deleteManifest, getManifest, putManifest } from './manifests.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { Route, RouteKind, RouteOf } from './routes.ts';
import { beginUpload, deleteUpload, getUpload, patchUpload, putUpload } from './uploads.ts';

type Methods<R extends Route> = Readonly<Record<string, Operation<R>>>;
type Operations = { readonly [K in RouteKind]: Methods<RouteOf<K>> };

/** The distribution API: what every method does at every route. HEAD is GET where it has no row of its own. */
const operations: Operations = {
  base: { GET: { action: 'enter', run: () => jsonReply({}) } },
  catalog: { GET: { action: 'list', run: listCatalog } },
  tags: { GET: { action: 'pull', run: listTags } },
  referrers: { GET: { action: 'pull', run: listReferrers } },
  manifest: {
    GET: { action: 'pull', run: getManifest },
    PUT: { action: 'push', run: putManifest },
    DELETE: { action: 'delete', run: deleteManifest },
  },
  blob: {
    GET: { action: 'pull', run: getBlob },
    HEAD: { action: 'pull', run: headBlob },
    DELETE: { action: 'delete', run: deleteBlob },
  },
  uploads: { POST: { action: 'push', run: beginUpload } },
  upload: {
    GET: { action: 'push', run: getUpload },
    PATCH: { action: 'push', run: patchUpload },
    PUT: { action: 'push', run: putUpload },
    DELETE: { action: 'push', run: deleteUpload },
  },
};

/** One operation, bound to what a path names. */
export interface BoundOperation {
  readonly action: Action;
  run(asking: Asking): Reply | Promise<Reply>;
}

/** What a method does at a route; undefined when there is no such operation. */
export function operationOf(route: Route, method: string): BoundOperation | undefined {
  switch (route.kind) {
    case 'base':
      return bind(operations.base, route, method);
    case 'catalog':
      return bind(operations.catalog, route, method);
    case 'tags':
      return bind(operations.tags, route, method);
    case 'manifest':
      return bind(operations.manifest, route, method);
    case 'blob':
      return bind(operations.blob, route, method);
    case 'uploads':
      return bind(operations.uploads, route, method);
    case 'upload':
      return bind(operations.upload, route, method);
    case 'referrers':
      return bind(operations.referrers, route, method);
  }
}

/** The methods of a route, for the Allow header. */
export function methodsOf({ kind }: Route): string {
  return Object.keys(operations[kind]).join(', ');
}

function bind<R extends Route>(methods: Methods<R>, route: R, method: string): BoundOperation | undefined {
  const operation = methods[method] ?? (method === 'HEAD' ? methods.GET : undefined);
  if (operation === undefined) return undefined;
  return { action: operation.action, run: (asking) => operation.run({ ...asking, route }) };
}
