import { type FieldNode, type GraphQLField, getArgumentValues, Kind, visit } from 'graphql';
import type { VariableValues } from './operation/variables.ts';

/** The arguments of a field, by the values of variables. Throws as graphql-js does when they cannot be. */
export type ReadArguments = (values: VariableValues) => Record<string, unknown>;

/** Stands for the value of a variable. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Which variables have a value may differ between requests, though it hardly does. */
const MAX_SHAPES = 4;

/**
 * What graphql-js makes of the arguments of `field` depends on the variables' values only in where these stand, and on which of
 * them are given, and `null`. So it is asked once for each such shape, and the values are put in place.
 */
export function prepareArguments(definition: GraphQLField<unknown, unknown>, field: FieldNode): ReadArguments {
  const names = variablesOf(field);
  const shapes = new Map<string, ReadArguments>();

  function read(values: VariableValues): ReadArguments {
    const places: Record<string, Place | null> = {};
    for (const name of names) {
      if (values[name] !== undefined) places[name] = values[name] === null ? null : new Place(name);
    }
    return fill(getArgumentValues(definition, field, places)) as ReadArguments;
  }

  return (values) => {
    let shape = '';
    for (const name of names) shape += shapeOf(values[name]);
    const known = shapes.get(shape);
    if (known !== undefined) return known(values);
    if (shapes.size >= MAX_SHAPES) shapes.clear();
    const made = read(values);
    shapes.set(shape, made);
    return made(values);
  };
}

function variablesOf({ arguments: args = [] }: FieldNode): readonly string[] {
  const names = new Set<string>();
  for (const argument of args) visit(argument, { [Kind.VARIABLE]: ({ name }) => void names.add(name.value) });
  return [...names];
}

function shapeOf(value: unknown): string {
  if (value === undefined) return '-';
  return value === null ? 'n' : 'v';
}

/** Makes what is to be filled in once; what has no place in it stays the same value for all. */
function fill(made: unknown): (values: VariableValues) => unknown {
  if (made instanceof Place) return (values) => values[made.name];
  if (!hasPlace(made)) return () => made;
  if (Array.isArray(made)) {
    const items = made.map(fill);
    return (values) => items.map((item) => item(values));
  }
  const fields = Object.entries(made as object).map(([name, value]) => [name, fill(value)] as const);
  return (values) => {
    const filled: Record<string, unknown> = {};
    for (const [name, value] of fields) filled[name] = value(values);
    return filled;
  };
}

function hasPlace(made: unknown): boolean {
  if (made instanceof Place) return true;
  return typeof made === 'object' && made !== null && Object.values(made).some(hasPlace);
}
