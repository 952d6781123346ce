import type { DocumentNode, ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** The most memory that all kept documents may take together, in bytes. */
const MAX_BYTES = 20_000_000;

/** Longer texts are parsed and validated for each request. */
const MAX_TEXT_LENGTH = 20_000;

/** The memory of a document in bytes, for each token (370 to 510 bytes were measured) and for the document itself. */
const TOKEN_BYTES = 512;
const DOCUMENT_BYTES = 1000;

interface KeptDocument {
  readonly document: DocumentNode;
  /** The names of the validation rules that the document passed. */
  readonly rules: string;
  readonly bytes: number;
}

/**
 * Keeps parsed and validated documents, in a bounded amount of memory. Yoga's own cache limits their number only: a thousand long
 * documents take more memory than the process has. Documents with errors are not kept, because they may take far more memory than
 * their text.
 */
export function useDocumentCache(): Plugin {
  const kept = new LRUCache<string, KeptDocument>({ maxSize: MAX_BYTES, sizeCalculation: ({ bytes }) => bytes });
  /** The texts of documents between parsing and validation. */
  const texts = new WeakMap<DocumentNode, string>();

  return {
    onParse({ params, setParsedDocument }) {
      const text = String(params.source);
      if (text.length > MAX_TEXT_LENGTH) return undefined;
      const known = kept.get(text);
      if (known !== undefined) setParsedDocument(known.document);
      return ({ result }) => {
        if (isDocument(result)) texts.set(result, text);
      };
    },
    onValidate({ params: { documentAST, rules = [] }, setResult }) {
      const text = texts.get(documentAST);
      if (text === undefined) return undefined;
      const names = rules.map((rule: ValidationRule) => rule.name).join();
      if (kept.get(text)?.rules === names) setResult([]);
      return ({ valid }) => {
        const bytes = sizeOf(documentAST, text);
        if (valid && kept.peek(text)?.rules !== names) kept.set(text, { document: documentAST, rules: names, bytes });
      };
    },
  };
}

const isDocument = (result: unknown): result is DocumentNode =>
  typeof result === 'object' && result !== null && 'kind' in result;

/** Estimates the memory of a document, rather too high than too low. */
function sizeOf({ loc }: DocumentNode, text: string): number {
  let tokens = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) tokens += 1;
  // A character takes up to two bytes.
  return DOCUMENT_BYTES + TOKEN_BYTES * tokens + 2 * text.length;
}
