/** A JSON Schema, limited to the keywords with which schema/upstream-rest.json describes the catalog. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly 'x-needed'?: boolean;
}

/** Schemas by name. One schema may refer to another with `$ref`. */
export type Schemas = Readonly<Record<string, Schema>>;

/** A field of a response. */
export interface DescribedField {
  readonly needed: boolean;
  readonly schema: Schema;
}

/**
 * Returns the schema that `schema` refers to, or `schema` itself if it is not a reference.
 * @throws if the reference has no target.
 */
export function resolve(schemas: Schemas, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = schemas[schema.$ref.replace('#/components/schemas/', '')];
  if (target === undefined) throw new Error(`no schema ${schema.$ref}`);
  return resolve(schemas, target);
}

/** Returns every field below the schema `name`, by its path, such as `gpus[].price.secure`. */
export function fieldsOf(schemas: Schemas, name: string): ReadonlyMap<string, DescribedField> {
  const fields = new Map<string, DescribedField>();

  function add(schema: Schema, path: string): void {
    const { properties = {}, items } = resolve(schemas, schema);
    for (const [property, below] of Object.entries(properties)) {
      const belowPath = path === '' ? property : `${path}.${property}`;
      fields.set(belowPath, { needed: below['x-needed'] === true, schema: resolve(schemas, below) });
      add(below, belowPath);
    }
    if (items !== undefined) add(items, `${path}[]`);
  }

  add({ $ref: `#/components/schemas/${name}` }, '');
  return fields;
}
