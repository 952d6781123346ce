/** The fields of the form at which a message can stand. */
export type FieldName = 'gpu' | 'memory' | 'count' | 'place' | 'price' | 'certifications';

/** What is wrong with the visitor's needs. */
export interface Problem {
  /** The field with the invalid value; null if the message is about no field. */
  readonly field: FieldName | null;
  /** The gateway's message. */
  readonly message: string;
}

/** The field of each need. */
const FIELDS: Readonly<Record<string, FieldName>> = {
  gpuTypeIds: 'gpu',
  minMemoryGb: 'memory',
  minTotalMemoryGb: 'memory',
  gpuCount: 'count',
  maxPricePerHour: 'price',
  regions: 'place',
  countryCodes: 'place',
  dataCenterIds: 'place',
  compliance: 'certifications',
};

/** How messages begin that do not name a need. */
const SUBJECTS: readonly (readonly [start: RegExp, field: FieldName])[] = [
  [/GPU type/, 'gpu'],
  [/data center|country|more than one id/i, 'place'],
  [/certification|compliance/, 'certifications'],
];

/** The beginning of a message about the type of a value. The field shows the value, so the page leaves it out. */
const VARIABLE = /^Variable "\$needs" got invalid value .* at "needs[^"]*"; /;

/** Finds the field that a message of the gateway is about. */
export function problemOf(message: string): Problem {
  const need = /\bneeds\.(\w+)/.exec(message)?.[1] ?? /^(\w+)/.exec(message)?.[1] ?? '';
  const field = FIELDS[need] ?? SUBJECTS.find(([start]) => start.test(message))?.[1] ?? null;
  return { field, message: message.replace(VARIABLE, '') };
}
