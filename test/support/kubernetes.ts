import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

/** The kinds of resources that a test can check, with their Kubernetes schemas. */
const KINDS = [Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service];

/** A resource in a Kubernetes manifest. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Reads the resources in a manifest. */
export const parseManifest = (text: string): readonly Resource[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Resource);

/** Returns the resource with this kind and name. */
// oxlint-disable typescript/no-explicit-any
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape its resource has
export function findResource(resources: readonly Resource[], kind: string, name: string): any {
  const found = resources.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
  return found;
}

/**
 * Returns the errors in a resource according to the schema of its kind. Unknown names count as errors, although Kubernetes ignores them
 * silently.
 */
export function problemsOf(resource: Resource): readonly string[] {
  const Kind = KINDS.find(({ apiVersion, kind }) => apiVersion === resource.apiVersion && kind === resource.kind);
  if (Kind === undefined) return [`${resource.apiVersion} ${resource.kind} is of no known kind`];
  const { watched, unread } = watchReads(resource, resource.kind);
  // Calls the method `validate` of the class with the watched resource. The constructor would copy the resource, and so read all names in
  // it.
  const validate = Kind.prototype.validate.bind(watched);
  try {
    validate();
  } catch (error) {
    return [String(error)];
  }
  return unread().map((path) => `${path} is unknown`);
}

/** Wraps an object to find the names in it that are never read. A schema never reads a name that it does not know. */
function watchReads(root: object, rootPath: string) {
  const objects: { readonly path: string; readonly value: object; readonly read: Map<string, unknown> }[] = [];
  const watch = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const read = new Map<string, unknown>();
    objects.push({ path, value, read });
    return new Proxy(value, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name);
        if (typeof name !== 'string' || !Object.hasOwn(target, name)) return found;
        if (!read.has(name)) read.set(name, watch(found, `${path}.${name}`));
        return read.get(name);
      },
    });
  };
  const unread = () =>
    objects.flatMap(({ path, value, read }) =>
      Object.keys(value)
        .filter((name) => !read.has(name))
        .map((name) => `${path}.${name}`),
    );
  return { watched: watch(root, rootPath), unread };
}
