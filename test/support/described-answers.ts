import * as fc from 'fast-check';
import { resolve, type Schema, type Schemas } from '../../src/cli/doctor/described-fields.ts';
import { readDescriptionDocument } from '../../src/cli/doctor/description.ts';

const { schemas } = readDescriptionDocument().components;

const named = (name: string): Schema => resolve(schemas, { $ref: `#/components/schemas/${name}` });

/**
 * Generates bodies that match the schema `name` in schema/upstream-rest.json. Some texts occur often in the bodies, so that several rows
 * have the same id.
 */
export const anyBody = (name: string): fc.Arbitrary<unknown> => anyOf(schemas, named(name));

/** Returns a body that matches the schema `name` in schema/upstream-rest.json and has every property of that schema. */
export const wholeBody = (name: string): unknown => wholeOf(schemas, named(name));

/** Texts that occur often in the generated bodies. */
export const USUAL_TEXTS = ['EU-RO-1', 'US-TX-3', 'X', 'unknown'];

function anyOf(all: Schemas, reference: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(all, reference);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  return fc.oneof(...[schema.type ?? []].flat().map((type) => anyOfType(all, schema, type)));
}

function anyOfType(all: Schemas, schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(([key, below]) => [key, anyOf(all, below)]);
      return fc.record<Record<string, unknown>>(Object.fromEntries(properties), {
        requiredKeys: [...(schema.required ?? [])],
      });
    }
    case 'array':
      return fc.array(anyOf(all, schema.items ?? {}), { maxLength: 5 });
    case 'string':
      return anyText(schema.pattern);
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer());
    case 'number':
      return fc.oneof(
        fc.integer({ min: 0, max: 2000 }).map((cents) => cents / 100),
        fc.double(FINITE),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`the description uses a type that no answer is made of: ${type}`);
  }
}

const FINITE = { noNaN: true, noDefaultInfinity: true };

function anyText(pattern: string | undefined): fc.Arbitrary<string> {
  const text = fc.oneof(fc.constantFrom(...USUAL_TEXTS), fc.string({ unit: 'grapheme' }));
  if (pattern === undefined) return text;
  const form = new RegExp(pattern, 'u');
  // A random text rarely matches a pattern that covers the whole text. So the texts for such a pattern are generated from the pattern
  // itself.
  return pattern.startsWith('^') ? fc.stringMatching(form) : text.filter((value) => form.test(value));
}

function wholeOf(all: Schemas, reference: Schema): unknown {
  const { type, properties = {}, items = {}, enum: words, pattern } = resolve(all, reference);
  if (words !== undefined) return words[0];
  switch ([type].flat()[0]) {
    case 'object':
      return Object.fromEntries(Object.entries(properties).map(([key, below]) => [key, wholeOf(all, below)]));
    case 'array':
      return [wholeOf(all, items)];
    case 'string':
      return pattern?.includes('d') === true ? '12.8' : 'text';
    case 'boolean':
      return true;
    default:
      return 7;
  }
}
