/** A list in the result of an operation. Each of its items is already JSON. */
export class JsonList {
  readonly texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.texts = texts;
  }
}

/** Returns a response with this `data` as JSON. Long lists in `data` are `JsonList` objects. */
export function printData(data: object): string {
  // All pieces are joined in one step at the end. If they were joined one by one, the lists would be copied each time.
  const pieces = ['{"data":'];
  addValue(data, pieces);
  pieces.push('}');
  return pieces.join('');
}

function addValue(value: unknown, pieces: string[]): void {
  if (value instanceof JsonList) addItems(value, pieces);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) addObject(value, pieces);
  else pieces.push(JSON.stringify(value));
}

function addObject(value: object, pieces: string[]): void {
  let before = '{"';
  // The keys are not escaped. They are GraphQL names, which contain no characters that need escaping.
  for (const [key, field] of Object.entries(value)) {
    pieces.push(before, key, '":');
    addValue(field, pieces);
    before = ',"';
  }
  pieces.push(before === '{"' ? '{}' : '}');
}

function addItems({ texts }: JsonList, pieces: string[]): void {
  let before = '[';
  for (const text of texts) {
    pieces.push(before, text);
    before = ',';
  }
  pieces.push(texts.length === 0 ? '[]' : ']');
}
