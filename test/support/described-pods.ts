import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { readDescriptionDocument } from '../../src/cli/doctor/description.ts';

/** The parts of schema/upstream-rest.json that are used here. */
interface PodsDocument {
  readonly servers: readonly [{ readonly url: string }];
  readonly components: object;
}

const { servers, components } = readDescriptionDocument() as unknown as PodsDocument;

/** The URL of the request that creates a pod. */
export const DESCRIBED_URL = `${servers[0].url}/pods`;

const ajv = new Ajv2020({ allErrors: true });
ajv.addVocabulary(['components', 'x-needed']);
ajv.addSchema({ $id: 'rest', components });

/**
 * Creates a function that checks a body against a schema in schema/upstream-rest.json. That function returns one line for each violation of
 * the schema.
 */
export function createBodyCheck(name: 'CreatePodRequest' | 'Pod'): (body: unknown) => readonly string[] {
  const validate = ajv.getSchema(`rest#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`schema/upstream-rest.json has no schema ${name}`);
  return (body) => (validate(body) === true ? [] : (validate.errors ?? []).map(toLine));
}

const toLine = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath}: ${message} ${JSON.stringify(params)}`;
