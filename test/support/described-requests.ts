import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Schema } from '../../src/cli/doctor/described-fields.ts';
import { readDescriptionDocument } from '../../src/cli/doctor/description.ts';

/**
 * A refusal of a request because of wrong parameters. RunPod refuses missing and unknown parameters with 400, and malformed values with
 * 422.
 */
export interface Refusal {
  readonly status: 400 | 422;
  readonly errors: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The part of schema/upstream-rest.json that describes requests. */
interface RequestsDocument {
  readonly paths: Readonly<Record<string, { readonly get: { readonly parameters: readonly Parameter[] } }>>;
}

/**
 * Creates a function that checks the parameters of a request. That function returns a refusal if schema/upstream-rest.json does not allow
 * the parameters, else `null`.
 */
export function createRequestCheck(path: string): (parameters: Readonly<Record<string, string>>) => Refusal | null {
  const document = readDescriptionDocument() as unknown as RequestsDocument;
  const described = document.paths[path]?.get.parameters ?? [];
  const ajv = new Ajv2020({ allErrors: true, coerceTypes: true });
  const validate = ajv.compile({
    type: 'object',
    properties: Object.fromEntries(described.map(({ name, schema }) => [name, schema])),
    required: described.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  });
  const isList = new Set(described.filter(({ schema }) => schema.type === 'array').map(({ name }) => name));

  return (parameters) => {
    const values = Object.entries(parameters).map(([name, text]) => [name, isList.has(name) ? text.split(',') : text]);
    if (validate(Object.fromEntries(values))) return null;
    const errors = validate.errors ?? [];
    const isCombination = errors.some(({ keyword }) => keyword === 'required' || keyword === 'additionalProperties');
    const texts = errors.map(({ instancePath, message }) => `${instancePath}: ${message}`);
    return { status: isCombination ? 400 : 422, errors: texts };
  };
}
