import type { DocumentNode, ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** Memory that all kept documents may take together, in bytes. */
const MAX_BYTES = 20_000_000;

/** Longer texts are parsed and validated each time. */
const MAX_TEXT_LENGTH = 20_000;

/** Memory that a document takes for each of its tokens (370 to 510 bytes were measured), and besides them. */
const TOKEN_BYTES = 512;
const DOCUMENT_BYTES = 1000;

interface KeptDocument {
  readonly document: DocumentNode;
  /** The names of the rules by which it is valid. */
  readonly rules: string;
  readonly bytes: number;
}

/**
 * Keeps parsed documents that are valid, in a bounded amount of memory. Yoga's own cache is bounded by their number: a thousand long ones
 * take more memory than the process has. Nothing is kept of documents with errors, which may take far more memory than their text.
 */
export function useKeptDocuments(): Plugin {
  const kept = new LRUCache<string, KeptDocument>({ maxSize: MAX_BYTES, sizeCalculation: ({ bytes }) => bytes });
  /** The texts of documents on their way from parsing to validation. */
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

/** An estimate that is rather too large than too small. */
function sizeOf({ loc }: DocumentNode, text: string): number {
  let tokens = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) tokens += 1;
  // A character may take two bytes.
  return DOCUMENT_BYTES + TOKEN_BYTES * tokens + 2 * text.length;
}
