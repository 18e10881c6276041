import { mount, portBinding, resourceFields, restartPolicy } from './host-config.ts';
import { type DecodedBy, list, map, nullable, omittable, struct, text, words } from './schema.ts';

/**
 * The body of `POST /containers/{id}/update`: what is zero, empty or missing stays as it is. The fields after
 * RestartPolicy are our own.
 */
export const containerUpdateRequest = struct('UpdateConfig', {
  ...resourceFields,
  RestartPolicy: restartPolicy,
  /** `null` removes a label. */
  Labels: omittable(map(nullable(text))),
  /** `NAME=value` sets a variable, `NAME` removes it. */
  Env: omittable(list(text)),
  Cmd: omittable(words),
  Entrypoint: omittable(words),
  PortsAdd: omittable(map(list(portBinding))),
  /** `80/tcp` all of a port's bindings, `8080:80/tcp` or `127.0.0.1:8080:80/tcp` one. */
  PortsRemove: omittable(list(text)),
  MountsAdd: omittable(list(mount)),
  /** Paths in the container. */
  MountsRemove: omittable(list(text)),
});
export type ContainerUpdateRequest = DecodedBy<typeof containerUpdateRequest>;

export interface ContainerUpdateResponse {
  readonly Warnings: readonly string[] | null;
}
