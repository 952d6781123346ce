import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { PROJECT } from '../../project-folder.ts';
import { type DescribedField, fieldsOf, type Schemas } from './described-fields.ts';

/** The name of the schema that describes a kind of response body. */
export type DescribedBody = 'GpuList' | 'DataCenterList' | 'Problem';

/**
 * A difference between a response body and the schema that describes it. If several rows of a list differ in the same way at the same path,
 * they count as one difference.
 */
export interface Difference {
  /** The path of a field, such as `gpus[].price.secure`. */
  readonly path: string;
  readonly kind: 'missing' | 'malformed' | 'new word' | 'new field';
  /** Whether stock or its price would be unknown or wrong without the field. */
  readonly needed: boolean;
  /** The number of rows that have this difference. */
  readonly count: number;
  /** The number of all rows at this path of the response. */
  readonly total: number;
}

/** The description of the responses of RunPod's REST API, from schema/upstream-rest.json. */
export interface Description {
  /**
   * Returns every difference between a parsed body and the description, in order of first occurrence. No difference contains a value of the
   * body.
   */
  readonly differences: (name: DescribedBody, body: unknown) => readonly Difference[];
  /**
   * Returns the fields that the description lists for the response body called `name`. The keys are the paths of the fields in the body.
   */
  readonly fields: (name: DescribedBody) => ReadonlyMap<string, DescribedField>;
}

/** The parts of schema/upstream-rest.json that are used. The document is OpenAPI 3.1, whose schemas are JSON Schema 2020-12. */
export interface DescriptionDocument {
  readonly components: { readonly schemas: Schemas };
}

/** Reads schema/upstream-rest.json. */
export function readDescriptionDocument(): DescriptionDocument {
  return JSON.parse(readFileSync(new URL('schema/upstream-rest.json', PROJECT), 'utf8'));
}

/** Creates a description of the responses, which it takes from an OpenAPI document. */
export function createDescription(document: DescriptionDocument = readDescriptionDocument()): Description {
  const { schemas } = document.components;
  const ajv = new Ajv2020({ allErrors: true, verbose: true });
  ajv.addVocabulary(['components', 'x-needed']);
  ajv.addSchema({ $id: 'rest', components: closed({ schemas }) });

  function validatorOf(name: DescribedBody) {
    const validator = ajv.getSchema(`rest#/components/schemas/${name}`);
    if (validator === undefined) throw new Error(`schema/upstream-rest.json has no schema ${name}`);
    return validator;
  }

  return {
    fields: (name) => fieldsOf(schemas, name),
    differences(name, body) {
      const validate = validatorOf(name);
      void validate(body);
      const fields = fieldsOf(schemas, name);
      const byKey = new Map<string, Difference>();
      for (const error of validate.errors ?? []) {
        // If a field must have one of several string values, the validator reports two errors for a value of another type: an `enum` error
        // and a `type` error. Only the `type` error is kept, and described as 'malformed'.
        if (error.keyword === 'enum' && typeof error.data !== 'string') continue;
        const { kind, segments } = locate(error);
        const path = toPath(segments);
        const key = `${kind} ${path}`;
        const known = byKey.get(key);
        // Counting the rows reads the whole body, so it is done only once for each path.
        const total = known?.total ?? countRows(body, segments.at(-1) === '[]' ? segments : segments.slice(0, -1));
        byKey.set(key, { path, kind, count: (known?.count ?? 0) + 1, total, needed: isNeeded(fields, path) });
      }
      return [...byKey.values()];
    },
  };
}

/**
 * Returns a copy of the schemas in which no object may have a field that is not described. With this copy, the validator also reports such
 * fields.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return copy['type'] === 'object' ? { ...copy, additionalProperties: false } : copy;
}

function locate({ keyword, instancePath, params }: ErrorObject): Pick<Difference, 'kind'> & { segments: string[] } {
  // `instancePath` is a JSON pointer. Positions in a list do not matter, so each position becomes `[]`.
  const here = instancePath.split('/').slice(1).map(toSegment);
  if (keyword === 'required') return { kind: 'missing', segments: [...here, String(params['missingProperty'])] };
  if (keyword === 'additionalProperties') {
    return { kind: 'new field', segments: [...here, String(params['additionalProperty'])] };
  }
  return { kind: keyword === 'enum' ? 'new word' : 'malformed', segments: here };
}

const toSegment = (part: string): string => (/^\d+$/.test(part) ? '[]' : part);

/** Joins segments into a path. A name that is not an identifier is replaced, because it could contain any text, even an API key. */
const toPath = (segments: readonly string[]): string =>
  segments
    .map((segment) => (segment === '[]' || /^[A-Za-z]\w{0,40}$/.test(segment) ? segment : '(not an identifier)'))
    .join('.')
    .replaceAll('.[]', '[]');

/** Returns the number of values at a path. */
function countRows(value: unknown, [first, ...rest]: readonly string[]): number {
  if (first === undefined) return 1;
  if (first === '[]')
    return Array.isArray(value) ? value.reduce<number>((sum, row) => sum + countRows(row, rest), 0) : 0;
  const next = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[first] : undefined;
  return next === undefined ? 0 : countRows(next, rest);
}

/**
 * Whether the gateway needs the field at `path`. A path that ends with `[]` stands for the rows of a list, which are needed if the list is
 * needed.
 */
function isNeeded(fields: ReadonlyMap<string, DescribedField>, path: string): boolean {
  return fields.get(path.replace(/\[\]$/, ''))?.needed ?? path === '';
}
