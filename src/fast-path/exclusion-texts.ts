import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Exclusion } from '../domain/placement/exclusions.ts';
import type { PrintSelection } from './print-selection.ts';

/** The maximum length of all remembered texts and their keys together, in characters. */
const MAX_LENGTH = 5_000_000;

/**
 * Creates and remembers the JSON of exclusions, which are the cells that a placement rules out. The JSON of exclusions with equal values is
 * created only once, even if they are different objects. This is useful because most exclusions occur in many placements, each time as a
 * new object.
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

  /** Returns each exclusion as JSON, with the fields that are selected in `field`. Throws if one of these fields has an error. */
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

  /** Returns a number that identifies an object. No other object has the same number, not even an object that was garbage-collected. */
  #numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#lastNumber += 1;
    this.#numbers.set(object, this.#lastNumber);
    return this.#lastNumber;
  }
}
