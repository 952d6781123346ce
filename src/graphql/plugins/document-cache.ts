import type { DocumentNode, ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** The maximum memory of all cached documents together, in bytes. */
const MAX_BYTES = 20_000_000;

/** The maximum length of a cached document, in characters. Longer documents are parsed and validated for each request. */
const MAX_TEXT_LENGTH = 20_000;

/** The estimated memory of each token, in bytes (370 to 510 bytes were measured). */
const TOKEN_BYTES = 512;
/** The estimated memory of a document without its tokens and its text, in bytes. */
const DOCUMENT_BYTES = 1000;

interface CachedDocument {
  readonly document: DocumentNode;
  /** The names of the validation rules that the document has passed. */
  readonly rules: string;
  readonly bytes: number;
}

/**
 * Caches parsed and validated documents in a limited amount of memory. Yoga's own cache limits only the number of documents, so a thousand
 * long documents would exceed the memory of the process. Documents with errors are not cached, because the errors may take far more memory
 * than the text.
 */
export function useDocumentCache(): Plugin {
  const cached = new LRUCache<string, CachedDocument>({ maxSize: MAX_BYTES, sizeCalculation: ({ bytes }) => bytes });
  /** The text of each parsed document. Validation uses the text as the cache key. */
  const texts = new WeakMap<DocumentNode, string>();

  return {
    onParse({ params, setParsedDocument }) {
      const text = String(params.source);
      if (text.length > MAX_TEXT_LENGTH) return undefined;
      const known = cached.get(text);
      if (known !== undefined) setParsedDocument(known.document);
      return ({ result }) => {
        if (isDocument(result)) texts.set(result, text);
      };
    },
    onValidate({ params: { documentAST, rules = [] }, setResult }) {
      const text = texts.get(documentAST);
      if (text === undefined) return undefined;
      const names = rules.map((rule: ValidationRule) => rule.name).join();
      if (cached.get(text)?.rules === names) setResult([]);
      return ({ valid }) => {
        const bytes = sizeOf(documentAST, text);
        if (valid && cached.peek(text)?.rules !== names)
          cached.set(text, { document: documentAST, rules: names, bytes });
      };
    },
  };
}

const isDocument = (result: unknown): result is DocumentNode =>
  typeof result === 'object' && result !== null && 'kind' in result;

/** Estimates the memory of a document. The estimate is an upper bound. */
function sizeOf({ loc }: DocumentNode, text: string): number {
  let tokens = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) tokens += 1;
  // A character takes up to two bytes.
  return DOCUMENT_BYTES + TOKEN_BYTES * tokens + 2 * text.length;
}
