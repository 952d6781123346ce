import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Exclusion } from '../domain/placement/exclusions.ts';
import type { PrintSelection } from './print-selection.ts';

/** The maximum length of all remembered texts and their keys together, in characters. */
const MAX_LENGTH = 5_000_000;

/**
 * Creates the JSON of exclusions. Executes the selection of a field once for exclusions with the same values, and remembers the JSON. Most
 * exclusions are the same in many placements, but their objects are not.
 */
export class ExclusionTexts {
  readonly #print: PrintSelection;
  readonly #numbers = new WeakMap<object, number>();
  readonly #texts = new LRUCache<string, string>({
    maxSize: MAX_LENGTH,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  #lastNumber = 0;

  /** `print` prints an exclusion. */
  constructor(print: PrintSelection) {
    this.#print = print;
  }

  /** Returns each exclusion as JSON, with the selection of `field`. Throws if a field of an exclusion has an error. */
  print(
    field: FieldNode,
    fragments: readonly FragmentDefinitionNode[],
    exclusions: readonly Exclusion[],
  ): readonly string[] {
    return exclusions.map((exclusion) => {
      const key = this.#keyOf(field, exclusion);
      const known = this.#texts.get(key);
      if (known !== undefined) return known;
      const text = this.#print(field, fragments, exclusion);
      this.#texts.set(key, text);
      return text;
    });
  }

  /** Returns a key that contains every value of an exclusion. The message comes last, because it may contain any character. */
  #keyOf(field: FieldNode, { gpuType, dataCenter, gpuCount, reason, message }: Exclusion): string {
    const place = dataCenter === null ? 0 : this.#numberOf(dataCenter);
    return `${this.#numberOf(field)} ${this.#numberOf(gpuType)} ${place} ${gpuCount} ${reason} ${message}`;
  }

  /** Returns the number of an object. It differs from that of every other object, even from one that is in use no more. */
  #numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#lastNumber += 1;
    this.#numbers.set(object, this.#lastNumber);
    return this.#lastNumber;
  }
}
