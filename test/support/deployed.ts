import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { findResource, parseManifest } from './kubernetes.ts';

/** The maximum time from the stop signal to the end of the gateway, in seconds, as README.md and docs/operations.md state it. */
export const STOP_SECONDS = 10;

/** The password of Redis that the tests insert into the files of deploy/. */
export const REDIS_PASSWORD = 'f00dfeed';

export const readText = (file: string) => readFileSync(file, 'utf8');

/** The content of compose.yaml. The password of Redis is inserted, as Compose does it. */
export const compose = parse(readText('deploy/compose.yaml').replace(/\$\{REDIS_PASSWORD:\?[^}]*\}/g, REDIS_PASSWORD));

/** The resources in deploy/kubernetes. */
export const resources = parseManifest(readText('deploy/kubernetes/gateway.yaml'));

/** Returns the resource of deploy/kubernetes with this kind and name. */
export const find = (kind: string, name = 'gateway') => findResource(resources, kind, name);

/** The only container of a Deployment in deploy/kubernetes. */
export const containerOf = (name = 'gateway') => find('Deployment', name).spec.template.spec.containers[0];

/** The settings of the gateway in deploy/kubernetes. The password of Redis is inserted, as Kubernetes does it. */
export function kubernetesSettings(): Record<string, string> {
  const env = containerOf().env as readonly { readonly name: string; readonly value?: string }[];
  return Object.fromEntries(
    env.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value.replace('$(REDIS_PASSWORD)', REDIS_PASSWORD)]],
    ),
  );
}
