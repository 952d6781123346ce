import { createDescription, type DescribedBody, type Difference } from './description.ts';
import type { Print, Report, Verdict } from './report.ts';

/**
 * The paths whose responses are checked, each with the schema that describes the response. The path `/pods` is missing, because a request
 * to it would create a pod.
 */
const DESCRIBED: readonly (readonly [path: string, schema: DescribedBody])[] = [
  ['/catalog/gpus', 'GpuList'],
  ['/catalog/datacenters', 'DataCenterList'],
];

/** The maximum number of differences that are printed. An entirely different response could differ in thousands of fields. */
const MOST_DIFFERENCES = 30;

/**
 * Compares responses of the REST API with the schemas that describe them. Reports each field that is missing, malformed or new. A field is
 * reported only once, even if it differs in many rows. The values of fields are not printed.
 */
export function checkDescription(bodies: ReadonlyMap<string, string>, { print }: Pick<Report, 'print'>): void {
  const description = createDescription();
  for (const [path, schema] of DESCRIBED) {
    const body = parsed([...bodies].find(([asked]) => asked.endsWith(path))?.[1]);
    if (body === undefined) continue;
    const differences = description.differences(schema, body);
    const isWhole = differences.every((difference) => verdictOf(difference) !== 'FAIL');
    if (isWhole) print('ok', 'description', `GET ${path} has every field that the gateway needs`);
    for (const difference of differences.slice(0, MOST_DIFFERENCES)) printDifference(difference, print);
    const others = differences.length - MOST_DIFFERENCES;
    if (others > 0) print('warn', 'description', `${others} more differences are not shown`);
  }
}

/**
 * Parses JSON. Returns `undefined` if `text` is not JSON. Prints no message in that case, because `doctor` has already reported that the
 * response could not be read.
 */
function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function printDifference(difference: Difference, print: Print): void {
  const { path, kind, count, total } = difference;
  const verdict = verdictOf(difference);
  const text = `${path === '' ? 'the answer' : path} ${PREDICATES[kind]} in ${count} of ${total}`;
  print(verdict, 'description', text, remedyFor(verdict, kind));
}

const PREDICATES: Readonly<Record<Difference['kind'], string>> = {
  missing: 'is missing',
  malformed: 'has another type or form',
  'new word': 'has a word that is not described',
  'new field': 'is new',
};

function verdictOf({ kind, needed }: Difference): Verdict {
  if (kind === 'new field') return 'ok';
  if (kind === 'new word') return needed ? 'warn' : 'ok';
  return needed ? 'FAIL' : 'warn';
}

function remedyFor(verdict: Verdict, kind: Difference['kind']): string | undefined {
  if (verdict === 'ok') return undefined;
  if (verdict === 'FAIL') return 'Without it, stock or its price is unknown or wrong. RunPod may have renamed it.';
  return kind === 'new word' ? "RunPod's description does not have it." : 'The gateway does without it.';
}
