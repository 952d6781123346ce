/** The fields of the form that can show a message from the gateway. */
export type FieldName = 'gpu' | 'memory' | 'count' | 'place' | 'price' | 'certifications';

/** What is wrong with the visitor's needs. */
export interface Problem {
  /** The field with the invalid value; null if the message does not concern a particular field. */
  readonly field: FieldName | null;
  /** The gateway's message. */
  readonly message: string;
}

/** The field of the form in which the visitor enters each need (an input field of `PlacementNeeds`). */
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

/** If a message does not contain the name of a need, the first matching pattern determines the field of the form. */
const SUBJECTS: readonly (readonly [start: RegExp, field: FieldName])[] = [
  [/GPU type/, 'gpu'],
  [/data center|country|more than one id/i, 'place'],
  [/certification|compliance/, 'certifications'],
];

/**
 * Matches the part of a message that repeats an invalid value, such as `Variable "$needs" got invalid value 0.5 at "needs.gpuCount";`. The
 * page removes this part, because the field shows the value.
 */
const VARIABLE = /^Variable "\$needs" got invalid value .* at "needs[^"]*"; /;

/** Finds the field that a message of the gateway is about. */
export function problemOf(message: string): Problem {
  const need = /\bneeds\.(\w+)/.exec(message)?.[1] ?? /^(\w+)/.exec(message)?.[1] ?? '';
  const field = FIELDS[need] ?? SUBJECTS.find(([start]) => start.test(message))?.[1] ?? null;
  return { field, message: message.replace(VARIABLE, '') };
}
