import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Exclusion } from '../domain/placement/exclusions.ts';
import type { PrintSelection } from './print-selection.ts';

/** The maximum length of all cached texts and their keys together, in characters. */
const MAX_LENGTH = 5_000_000;

/**
 * Creates and caches the JSON of exclusions. An exclusion tells why a pod in a data center does not suit a client. The cache finds an
 * exclusion by its values, because most exclusions occur in many responses, each time as a new object.
 */
export class ExclusionTexts {
  readonly #print: PrintSelection;
  readonly #numbers = new WeakMap<object, number>();
  readonly #texts = new LRUCache<string, string>({
    maxSize: MAX_LENGTH,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  #lastNumber = 0;

  /** `print` is a function that converts one exclusion to JSON. */
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

  /**
   * Returns the cache key of an exclusion, which contains all of its values. The message comes last, because it may contain any character.
   */
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
