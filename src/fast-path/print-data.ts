/** A list of rows in the result of an operation. Each row is already JSON. */
export class RowList {
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
  }
}

/** Returns the JSON of a response with this `data`. The lists of rows in `data` are `RowList` objects. */
export function printData(data: object): string {
  // All pieces are joined in one step. Joining them one by one would copy the rows each time.
  const pieces = ['{"data":'];
  addValue(data, pieces);
  pieces.push('}');
  return pieces.join('');
}

function addValue(value: unknown, pieces: string[]): void {
  if (value instanceof RowList) addRows(value, pieces);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) addObject(value, pieces);
  else pieces.push(JSON.stringify(value));
}

function addObject(value: object, pieces: string[]): void {
  let before = '{"';
  // The keys are GraphQL names, which need no escaping.
  for (const [key, field] of Object.entries(value)) {
    pieces.push(before, key, '":');
    addValue(field, pieces);
    before = ',"';
  }
  pieces.push(before === '{"' ? '{}' : '}');
}

function addRows({ texts }: RowList, pieces: string[]): void {
  let before = '[';
  for (const text of texts) {
    pieces.push(before, text);
    before = ',';
  }
  pieces.push(texts.length === 0 ? '[]' : ']');
}
